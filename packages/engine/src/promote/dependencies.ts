import { prerequisitesOf } from '../state/prerequisites.js';
import { flagByKey } from '../state/chain.js';
import { differingFields } from '../compare/diff.js';
import { prerequisiteKeys, segmentsReachedBy } from '../state/references.js';
import { resolveFlag } from '../resolve/resolve.js';
import type { Interruptible } from '../interruptible.js';
import type { State } from '../state/state.js';
import type { Environment, Flag } from '../types.js';

/** What a promoted flag needs in a target: another flag that must be there as it is in the source, or a segment. */
export interface Dependency {
  environment: string;
  flag: string;
  kind: 'prerequisite' | 'segment';
  key: string;
  /** `included`: a prerequisite that is promoted, too. */
  state: 'same' | 'included' | 'differs' | 'missing';
  /** The fields in which a prerequisite differs. */
  fields: string[];
}

interface Promotion {
  source: Environment;
  targets: readonly Environment[];
  flags: readonly string[];
}

/** Compares the source as it was with the targets as they will be. */
export function* slicedDependencies(
  before: State,
  after: State,
  { source, targets, flags }: Promotion,
): Interruptible<Dependency[]> {
  const promoted = new Set(flags);
  const found: Dependency[] = [];
  for (const target of targets) {
    for (const key of flags) {
      const flag = flagByKey(after, key) as Flag;
      const add = (kind: Dependency['kind'], name: string, state: Dependency['state'], fields: string[] = []) =>
        found.push({ environment: target.slug, flag: key, kind, key: name, state, fields });
      const required = flag.prerequisites.length === 0 ? [] : prerequisitesOf(before, [key]);
      const missing = prerequisiteKeys(flag).filter((name) => flagByKey(after, name)?.archivedAt !== null);
      for (const name of missing) add('prerequisite', name, 'missing');
      for (const name of required) {
        const fields = differences(before, after, source, target, flagByKey(after, name) as Flag);
        add('prerequisite', name, fields.length === 0 ? 'same' : promoted.has(name) ? 'included' : 'differs', fields);
      }
      const segments = segmentsReachedBy(after.segments, resolveFlag(after, target, flag).fields.rules.value);
      for (const name of [...segments].sort()) add('segment', name, after.segments.has(name) ? 'same' : 'missing');
      yield;
    }
  }
  return found;
}

function differences(before: State, after: State, source: Environment, target: Environment, flag: Flag): string[] {
  const [there, here] = [resolveFlag(before, source, flag), resolveFlag(after, target, flag)];
  return differingFields(there, here).map(({ field }) => field);
}
