import { flagByKey } from '../state/chain.js';
import { compileFlag } from './compile-flag.js';
import { addLanes, digestOf, hexOf, type Lanes } from '../json/digest.js';
import { withFlags } from './flag-table.js';
import { endlessPrerequisites } from '../state/prerequisites.js';
import { inheritanceChain } from '../resolve/resolve.js';
import type { CompiledFlag, Snapshot } from './snapshot.js';
import type { State } from '../state/state.js';
import { touchedFlags } from '../state/touched-flags.js';
import type { Environment, Flag } from '../types.js';
import { perObject } from '../per-object.js';
import { byKey } from '../state/names.js';

export interface CompileOptions {
  /** An earlier snapshot of this environment: what did not change since is taken from it as the same objects. */
  previous?: Snapshot | undefined;
}

/** Resolves and compiles every flag of an environment. A flag that cannot be compiled is reported in it; a cycle above it is thrown. */
export function compileEnvironment(state: State, environment: Environment, options: CompileOptions = {}): Snapshot {
  const chain = inheritanceChain(state, environment);
  const previous = options.previous?.environment === environment.slug ? options.previous : undefined;
  const origin = previous && origins.get(previous);
  const made =
    previous && origin && origin.state.segments === state.segments && sameChain(origin.chain, chain)
      ? recompile(state, chain, previous, origin)
      : compileAll(state, chain, previous?.flags);
  const snapshot: Snapshot = Object.freeze({
    environment: environment.slug,
    revision: state.revision,
    etag:
      previous?.flags === made.flags ? previous.etag : digestOf(`${environment.slug} ${made.flags.size} ${hexOf(made.lanes)}`),
    flags: made.flags,
    chain: chain.map((link) => link.slug),
    endless: made.endless ?? endlessPrerequisites(requirementsOf(made.flags)),
  });
  origins.set(snapshot, { state, chain, lanes: made.lanes });
  return snapshot;
}

/** From what a snapshot was made, for the next one. */
interface Origin {
  state: State;
  chain: readonly Environment[];
  lanes: Lanes;
}

const origins = new WeakMap<Snapshot, Origin>();

interface Made {
  flags: ReadonlyMap<string, CompiledFlag>;
  /** The sum of the digests of the flags. */
  lanes: Lanes;
  /** Known when no prerequisites changed. */
  endless?: Snapshot['endless'];
}

function compileAll(state: State, chain: readonly Environment[], previous: Snapshot['flags'] | undefined): Made {
  const flags = new Map<string, CompiledFlag>();
  let lanes: Lanes = [0, 0, 0, 0];
  for (const flag of liveFlags(state.flags)) {
    const compiled = compileFlag(state, chain, flag, previous?.get(flag.key));
    flags.set(flag.key, compiled);
    lanes = addLanes(lanes, compiled.digest, 1);
  }
  return { flags, lanes };
}

/** Only the flags with a new row; neither the chain nor a segment is another than before. */
function recompile(state: State, chain: readonly Environment[], previous: Snapshot, origin: Origin): Made {
  const changed = new Map<string, CompiledFlag>();
  const keys = { gone: new Set<string>(), added: false };
  let { lanes } = origin;
  let requirementsChanged = false;
  for (const flag of touchedFlags(origin.state, state)) {
    const old = previous.flags.get(flag.key);
    const gone = state.flags.get(flag.id) !== flag;
    if (gone && flagByKey(state, flag.key)) continue;
    const live = !gone && isLive(flag);
    const compiled = live ? compileFlag(state, chain, flag, old) : undefined;
    if (compiled === old) continue;
    requirementsChanged ||= hasPrerequisites(old) || hasPrerequisites(compiled);
    if (old) lanes = addLanes(lanes, old.digest, -1);
    if (compiled) {
      lanes = addLanes(lanes, compiled.digest, 1);
      changed.set(flag.key, compiled);
      keys.added ||= !old;
    } else keys.gone.add(flag.key);
  }
  return {
    flags: changedFlags(previous.flags, changed, keys),
    lanes,
    ...(!requirementsChanged && { endless: previous.endless }),
  };
}

function changedFlags(
  flags: Snapshot['flags'],
  changed: ReadonlyMap<string, CompiledFlag>,
  keys: { gone: ReadonlySet<string>; added: boolean },
): Snapshot['flags'] {
  if (keys.gone.size === 0 && !keys.added) return changed.size === 0 ? flags : withFlags(flags, changed);
  const next = new Map([...flags, ...changed]);
  for (const key of keys.gone) next.delete(key);
  return keys.added ? sortedByKey(next) : next;
}

function requirementsOf(flags: Snapshot['flags']): Map<string, string[]> {
  const requirements = new Map<string, string[]>();
  for (const flag of flags.values()) {
    if (hasPrerequisites(flag))
      requirements.set(
        flag.key,
        flag.program.prerequisites.map((prerequisite) => prerequisite.flag),
      );
  }
  return requirements;
}

function hasPrerequisites(flag: CompiledFlag | undefined): boolean {
  return flag !== undefined && flag.program.prerequisites.length > 0;
}

function sortedByKey(flags: ReadonlyMap<string, CompiledFlag>): Map<string, CompiledFlag> {
  return new Map([...flags].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameChain(a: readonly Environment[], b: readonly Environment[]): boolean {
  return a.length === b.length && a.every((link, depth) => link.id === b[depth]?.id && link.slug === b[depth].slug);
}

/** Sorted by key, once for all environments. */
const liveFlags = perObject((flags: State['flags']): readonly Flag[] => [...flags.values()].filter(isLive).sort(byKey));

/** A row without a key (written past every guard) can be asked for by nobody. */
function isLive(flag: Flag): boolean {
  return flag.archivedAt === null && flag.key !== '';
}
