import { compileFlag } from './compile-flag.js';
import { type Interruptible, runToEnd } from '../interruptible.js';
import { addLanes, digestOf, hexOf, type Lanes } from '../json/digest.js';
import { endlessPrerequisites } from '../state/prerequisites.js';
import { inheritanceChain } from '../resolve/resolve.js';
import type { CompiledFlag, Snapshot } from './snapshot.js';
import type { State } from '../state/state.js';
import type { Environment, Flag } from '../types.js';
import { perObject } from '../per-object.js';
import { byKey } from '../state/names.js';

/**
 * Resolves and compiles every flag of one environment, for who needs no other one and no later one: these share what they have in common in a
 * `CompiledTree`. A flag that cannot be compiled is reported in it; a cycle above the environment is thrown.
 */
export function compileEnvironment(state: State, environment: Environment): Snapshot {
  return runToEnd(slicedCompile(state, environment));
}

/** The same, in parts. */
export function* slicedCompile(state: State, environment: Environment): Interruptible<Snapshot> {
  const chain = inheritanceChain(state, environment);
  const flags = new Map<string, CompiledFlag>();
  let lanes: Lanes = [0, 0, 0, 0];
  for (const flag of liveFlags(state.flags)) {
    const compiled = compileFlag(state, chain, flag, undefined);
    flags.set(flag.key, compiled);
    lanes = addLanes(lanes, compiled.digest, 1);
    yield;
  }
  const place = placeOf(environment, chain);
  return Object.freeze({
    ...place,
    revision: state.revision,
    etag: etagOf(place, flags.size, lanes),
    flags,
    endless: endlessPrerequisites(requirementsOf(flags.values())),
  });
}

/** Where in the tree a snapshot is of. */
export type SnapshotPlace = Pick<Snapshot, 'environment' | 'aliases' | 'chain'>;

export function placeOf({ slug, aliases }: Environment, chain: readonly Environment[]): SnapshotPlace {
  return { environment: slug, aliases, chain: chain.map((link) => link.slug) };
}

/** Of an environment with so many flags, whose digests have this sum. */
export function etagOf({ aliases, chain }: SnapshotPlace, flags: number, lanes: Lanes): string {
  return digestOf(`${JSON.stringify([aliases, chain])} ${String(flags)} ${hexOf(lanes)}`);
}

/** The keys that each flag requires, of those that require any. */
export function requirementsOf(flags: Iterable<CompiledFlag>): Map<string, string[]> {
  const requirements = new Map<string, string[]>();
  for (const { key, program } of flags) {
    if (program.prerequisites.length > 0) requirements.set(key, program.prerequisites.map(({ flag }) => flag)); // prettier-ignore
  }
  return requirements;
}

/** Sorted by key, once for all environments. */
const liveFlags = perObject((flags: State['flags']): readonly Flag[] => [...flags.values()].filter(isLive).sort(byKey));

/** A row without a key (written past every guard) can be asked for by nobody. */
export function isLive(flag: Flag): boolean {
  return flag.archivedAt === null && flag.key !== '';
}
