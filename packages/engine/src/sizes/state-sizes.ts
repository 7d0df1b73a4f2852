import type { Interruptible } from '../interruptible.js';
import { environmentsInTreeOrder } from '../state/chain.js';
import type { State } from '../state/state.js';
import { touchedFlags } from '../state/touched-flags.js';
import type { Flag } from '../types.js';
import { baseBytes, segmentBytes } from './flag-bytes.js';
import { bytesAbove, bytesIn, overridingEnvironments } from './flag-places.js';

/** What a state weighs, in bytes. Environments that override nothing are as large as their parents, and are not looked at. */
export interface StateSizes {
  /** All flags in use, as they are where nobody overrides them. */
  readonly base: number;
  /** All segments: which of them an environment reaches is not asked. */
  readonly segments: number;
  /** By id of the environment: by how much its own overrides make it larger than its parent. */
  readonly own: ReadonlyMap<string, number>;
}

const known = new WeakMap<State, StateSizes>();

/** Where the sizes of `since` are known, this costs what is different since. */
export function* slicedSizes(state: State, since?: State): Interruptible<StateSizes> {
  const there = known.get(state);
  if (there) return there;
  const before = since && known.get(since);
  const sizes = before && since ? yield* followed(before, since, state) : yield* counted(state);
  known.set(state, sizes);
  return sizes;
}

function* counted(state: State): Interruptible<StateSizes> {
  let base = 0;
  for (const flag of state.flags.values()) {
    base += bytesInUse(flag);
    yield;
  }
  return { base, segments: allSegments(state), own: yield* ownOverrides(state) };
}

function* followed(before: StateSizes, since: State, state: State): Interruptible<StateSizes> {
  let { base } = before;
  const isSame = isSameTree(since, state);
  const own = isSame ? new Map(before.own) : yield* ownOverrides(state);
  for (const { id } of touchedFlags(since, state)) {
    const [was, is] = [since.flags.get(id), state.flags.get(id)];
    base += bytesInUse(is) - bytesInUse(was);
    if (isSame && was) addOverrides(own, since, was, -1);
    if (isSame && is) addOverrides(own, state, is, 1);
    yield;
  }
  return { base, segments: since.segments === state.segments ? before.segments : allSegments(state), own };
}

/** New environments have nothing of their own yet, and what a deleted one had is gone with its rows. */
export function isSameTree(before: State, after: State): boolean {
  if (before.environments === after.environments) return true;
  for (const { id, parentId } of after.environments.values()) {
    const was = before.environments.get(id);
    if (was && was.parentId !== parentId) return false;
  }
  return true;
}

function* ownOverrides(state: State): Interruptible<Map<string, number>> {
  const own = new Map<string, number>();
  for (const id of state.overrides.keys()) {
    const flag = state.flags.get(id);
    if (flag) addOverrides(own, state, flag, 1);
    yield;
  }
  return own;
}

function addOverrides(own: Map<string, number>, state: State, flag: Flag, times: 1 | -1): void {
  if (flag.archivedAt !== null) return;
  const parts = new Map<object, number>();
  for (const environment of overridingEnvironments(state, flag)) {
    const more = bytesIn(state, environment, flag, parts) - bytesAbove(state, environment, flag, parts);
    own.set(environment.id, (own.get(environment.id) ?? 0) + times * more);
  }
}

function bytesInUse(flag: Flag | undefined): number {
  return flag?.archivedAt === null ? baseBytes(flag) : 0;
}

function allSegments({ segments }: State): number {
  let bytes = 0;
  for (const segment of segments.values()) bytes += segmentBytes(segment);
  return bytes;
}

/** By slug: how large the snapshots of all environments are. */
export function snapshotBytes(state: State, { base, segments, own }: StateSizes): Map<string, number> {
  const above = new Map<string, number>();
  const bytes = new Map<string, number>();
  for (const { id, slug, parentId } of environmentsInTreeOrder(state)) {
    const inherited = state.inheritance && parentId !== null ? (above.get(parentId) ?? 0) : 0;
    const more = inherited + (own.get(id) ?? 0);
    above.set(id, more);
    bytes.set(slug, base + segments + more);
  }
  return bytes;
}
