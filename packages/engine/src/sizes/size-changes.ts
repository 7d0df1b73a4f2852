import type { Interruptible } from '../interruptible.js';
import { differingKeys } from '../state/patched-map.js';
import type { State } from '../state/state.js';
import { touchedFlags } from '../state/touched-flags.js';
import type { Flag } from '../types.js';
import { baseBytes, segmentBytes } from './flag-bytes.js';
import { bytesIn, overridingEnvironments, placeOf } from './flag-places.js';
import { isSameTree, slicedSizes, snapshotBytes } from './state-sizes.js';

/** How many rows there may be, archived flags among them, and how many bytes one thing may have, flags as they are resolved. */
export type SizeLimits = Readonly<Record<Counted | Weighed, number>>;
export type Counted = 'flags' | 'environments' | 'segments';
export type Weighed = 'flag' | 'segment' | 'snapshot';

/** Something that a change makes larger or smaller. */
export interface SizeChange {
  of: Counted | Weighed;
  /** Null: of all of them, of a segment, or of a flag where nobody overrides it. */
  environment: string | null;
  /** Of a flag or a segment. */
  key: string | null;
  /** Null: it was not there. Of a new environment, what its parent had. */
  before: number | null;
  after: number;
}

/** Everything that has another size after a change. Costs what the change touches; where environments move, all overrides. */
export function* slicedSizeChanges(before: State, after: State): Interruptible<SizeChange[]> {
  const changes = [...countChanges(before, after), ...segmentChanges(before, after)];
  for (const id of flagsToLookAt(before, after)) {
    const [was, is] = [before.flags.get(id), after.flags.get(id)].map((flag) => (flag?.archivedAt === null ? flag : undefined));
    if (is) changes.push(...flagChanges(before, after, was, is));
    yield;
  }
  const [sizesBefore, sizesAfter] = [yield* slicedSizes(before), yield* slicedSizes(after, before)];
  changes.push(...snapshotChanges(snapshotBytes(before, sizesBefore), snapshotBytes(after, sizesAfter), after));
  return changes.filter((change) => change.before !== change.after);
}

/** What is too large and was not before, or was smaller. */
export function oversized(changes: readonly SizeChange[], limits: SizeLimits): SizeChange[] {
  return changes.filter(({ of, before, after }) => after > Math.max(limits[of], before ?? 0));
}

function flagsToLookAt(before: State, after: State): Set<string> {
  const touched = new Set(touchedFlags(before, after).map(({ id }) => id));
  return isSameTree(before, after) ? touched : new Set([...touched, ...after.overrides.keys()]);
}

/** What a new environment inherits was there before it. */
function snapshotChanges(was: Map<string, number>, is: Map<string, number>, { environments }: State): SizeChange[] {
  const parents = new Map([...environments.values()].map(({ slug, parentId }) => [slug, environments.get(parentId ?? '')?.slug]));
  return Array.from(is, ([environment, after]) => {
    const before = was.get(environment) ?? was.get(parents.get(environment) ?? '') ?? null;
    return { of: 'snapshot', environment, key: null, before, after };
  });
}

function countChanges(before: State, after: State): SizeChange[] {
  return (['flags', 'environments', 'segments'] as const).map((of) => ({
    ...{ of, environment: null, key: null },
    ...{ before: before[of].size, after: after[of].size },
  }));
}

function segmentChanges(before: State, after: State): SizeChange[] {
  return differingKeys(before.segments, after.segments).flatMap((key): SizeChange[] => {
    const [was, is] = [before.segments.get(key), after.segments.get(key)];
    if (!is) return [];
    return [{ of: 'segment', environment: null, key, before: was ? segmentBytes(was) : null, after: segmentBytes(is) }];
  });
}

/** Environments without an override have what one above them has, or the flag itself. */
function* flagChanges(before: State, after: State, was: Flag | undefined, is: Flag): Generator<SizeChange, undefined> {
  const [of, { key }] = ['flag' as const, is];
  yield { of, environment: null, key, before: was ? baseBytes(was) : null, after: baseBytes(is) };
  const [old, now] = [new Map<object, number>(), new Map<object, number>()];
  for (const environment of overridingEnvironments(after, is)) {
    const there = placeOf(before, environment.id);
    const bytes = was && there ? bytesIn(before, there, was, old) : null;
    yield { of, environment: environment.slug, key, before: bytes, after: bytesIn(after, environment, is, now) };
  }
  return undefined;
}
