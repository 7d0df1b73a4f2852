import { environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import { differingFields, type FieldDifference } from './diff.js';
import { deepEqual } from '../json/equal.js';
import { segmentsReachedBy } from '../state/references.js';
import { inheritanceChain, resolveAlong, type ResolvedFlag } from '../resolve/resolve.js';
import { runToEnd, type Interruptible } from '../interruptible.js';
import type { State } from '../state/state.js';
import { touchedFlags } from '../state/touched-flags.js';
import type { Environment, Flag, JsonValue } from '../types.js';

/** One thing that is different in one environment. `field` is a field of the flag, `exists`, or `segment:<key>` for conditions behind its rules. */
export interface EffectEntry {
  environment: string;
  flag: string;
  field: string;
  before: JsonValue;
  after: JsonValue;
}

/**
 * What a change from one state to another changes in the resolved flags of the environments that both have: in tree order, then by flag key,
 * then in the order of the fields. Environments under a cycle have no resolved flags and are left out.
 */
export function effect(before: State, after: State): EffectEntry[] {
  return runToEnd(slicedEffect(before, after, touchedFlags(before, after)));
}

/** As `effect`, for who knows which flags alone can differ, and that nothing but they and their overrides does: costs what these cost. */
export function* slicedEffect(before: State, after: State, flags: readonly Flag[]): Interruptible<EffectEntry[]> {
  const differences = new Differences(before, after, flags);
  if (!differences.any) return [];
  const places = environmentsOnBothSides(before, after);
  const found = places.map((): EffectEntry[] => []);
  for (const pair of differences.flagsIn(places)) {
    const fields: (readonly FieldDifference[])[] = [];
    for (const [index, place] of places.entries()) {
      const above = place.parent === null || overrides(place, pair) ? undefined : fields[place.parent];
      const here = above ?? differencesIn(pair, place, differences.segments);
      fields.push(here);
      for (const { field, before, after } of here)
        found[index]?.push({ environment: place.slug, flag: pair.key, field, before, after });
    }
    yield;
  }
  return found.flat();
}

interface EffectSide {
  state: State;
  chain: Environment[];
}

/** An environment on both sides. Where it overrides nothing of a flag, it has what `parent`, the index of an earlier place, has. */
interface EnvironmentOnBothSides {
  slug: string;
  from: EffectSide;
  to: EffectSide;
  parent: number | null;
}

function environmentsOnBothSides(before: State, after: State): EnvironmentOnBothSides[] {
  const there = new Map(environmentsInTreeOrder(before).map((environment) => [environment.slug, environment]));
  const places: EnvironmentOnBothSides[] = [];
  const indexes = new Map<string, number>();
  for (const environment of environmentsInTreeOrder(after)) {
    const old = there.get(environment.slug);
    if (!old) continue;
    const from = { state: before, chain: inheritanceChain(before, old) };
    const to = { state: after, chain: inheritanceChain(after, environment) };
    const [above, below] = [from.chain[1]?.slug, to.chain[1]?.slug];
    const parent = above === below && below !== undefined ? (indexes.get(below) ?? null) : null;
    indexes.set(environment.slug, places.length);
    places.push({ slug: environment.slug, from, to, parent });
  }
  return places;
}

function overrides({ from, to }: EnvironmentOnBothSides, { old, now }: Pair): boolean {
  return hasRow(from, old) || hasRow(to, now);
}

function hasRow({ state, chain }: EffectSide, flag: Flag | undefined): boolean {
  return flag !== undefined && state.overrides.get(flag.id)?.has((chain[0] as Environment).id) === true;
}

/** What is not the same object on both sides; only that can make a resolved flag differ. */
class Differences {
  /** The keys of the segments whose conditions differ, or that are on one side only. */
  readonly segments: ReadonlySet<string>;
  readonly any: boolean;
  private readonly touched: readonly Pair[];

  constructor(
    private readonly before: State,
    private readonly after: State,
    touched: readonly Flag[],
  ) {
    this.segments = changedSegments(before, after);
    this.touched = this.pairsOf(touched);
    this.any = this.touched.length > 0 || this.segments.size > 0 || before.environments !== after.environments;
  }

  /** The flags that can differ in any of these environments, by key: all of them where one has moved, or a segment is another. */
  flagsIn(places: readonly EnvironmentOnBothSides[]): readonly Pair[] {
    if (this.segments.size === 0 && places.every(hasSameChain)) return this.touched;
    return this.pairsOf([...this.before.flags.values(), ...this.after.flags.values()]);
  }

  private pairsOf(flags: readonly Flag[]): Pair[] {
    const keys = [...new Set(flags.map((flag) => flag.key))].sort();
    return keys.map((key) => ({ key, old: liveFlag(this.before, key), now: liveFlag(this.after, key) }));
  }
}

function hasSameChain({ from, to }: EnvironmentOnBothSides): boolean {
  return from.chain.length === to.chain.length && from.chain.every((link, depth) => link.id === to.chain[depth]?.id);
}

/** A flag on both sides; undefined where there is none in use. */
interface Pair {
  key: string;
  old: Flag | undefined;
  now: Flag | undefined;
}

function changedSegments(before: State, after: State): Set<string> {
  const changed = new Set<string>();
  if (before.segments === after.segments) return changed;
  for (const key of new Set([...before.segments.keys(), ...after.segments.keys()])) {
    const [old, now] = [before.segments.get(key), after.segments.get(key)];
    if (old !== now && !deepEqual(old?.conditions, now?.conditions)) changed.add(key);
  }
  return changed;
}

const NONE: readonly FieldDifference[] = [];

function differencesIn(
  { old, now }: Pair,
  { from, to }: EnvironmentOnBothSides,
  segments: ReadonlySet<string>,
): readonly FieldDifference[] {
  if (!old || !now) {
    return old === now ? NONE : [{ field: 'exists', before: old !== undefined, after: now !== undefined }];
  }
  if (!changesAlong(old, now, from, to)) return NONE;
  const [was, is] = [resolveIn(from, old), resolveIn(to, now)];
  const fields = differingFields(was, is);
  if (segments.size === 0) return fields;
  const reached = new Set([...segmentsBehind(from, was), ...segmentsBehind(to, is)]);
  const behind = [...reached].sort().filter((segment) => segments.has(segment));
  return [
    ...fields,
    ...behind.map((segment) => ({
      field: `segment:${segment}`,
      before: segmentContent(from, segment),
      after: segmentContent(to, segment),
    })),
  ];
}

/** Where neither the flag nor an override along the chain is another, nor a segment, nothing is resolved. */
function changesAlong(old: Flag, now: Flag, from: EffectSide, to: EffectSide): boolean {
  if (old !== now || from.chain.length !== to.chain.length || from.state.segments !== to.state.segments) return true;
  const [before, after] = [from.state.overrides.get(old.id), to.state.overrides.get(old.id)];
  return from.chain.some((link, depth) => link.id !== to.chain[depth]?.id || before?.get(link.id) !== after?.get(link.id));
}

function liveFlag(state: State, key: string): Flag | undefined {
  const flag = flagByKey(state, key);
  return flag?.archivedAt === null ? flag : undefined;
}

function resolveIn({ state, chain }: EffectSide, flag: Flag): ResolvedFlag {
  return resolveAlong(chain, state.overrides.get(flag.id), flag);
}

function segmentsBehind({ state }: EffectSide, resolved: ResolvedFlag): Set<string> {
  return segmentsReachedBy(state.segments, resolved.fields.rules.value);
}

function segmentContent({ state }: EffectSide, segment: string): JsonValue {
  return (state.segments.get(segment)?.conditions ?? null) as JsonValue;
}
