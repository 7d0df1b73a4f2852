import { environmentBySlug, environmentsInTreeOrder, flagByKey } from './chain.js';
import { differingFields } from './diff.js';
import { deepEqual } from './equal.js';
import { segmentsReachedBy } from './references.js';
import { inheritanceChain, resolveAlong, type ResolvedFlag, type ResolveOptions } from './resolve.js';
import type { State } from './state.js';
import { touchedFlags } from './touched.js';
import type { Environment, Flag, JsonValue } from './types.js';

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
export function effect(before: State, after: State, options: ResolveOptions = {}): EffectEntry[] {
  return effectOf(new Differences(before, after, touchedFlags(before, after)), before, after, options);
}

/** As `effect`, for who knows which flags alone can differ, and that nothing but they and their overrides does: costs what these cost. */
export function effectOn(before: State, after: State, flags: readonly Flag[], options: ResolveOptions = {}): EffectEntry[] {
  return effectOf(new Differences(before, after, flags), before, after, options);
}

function effectOf(differences: Differences, before: State, after: State, options: ResolveOptions): EffectEntry[] {
  if (!differences.any) return [];
  const there = new Set(environmentsInTreeOrder(before).map((environment) => environment.slug));
  return environmentsInTreeOrder(after)
    .filter((environment) => there.has(environment.slug))
    .flatMap((environment) => {
      const old = environmentBySlug(before, environment.slug) as Environment;
      const from = { state: before, chain: inheritanceChain(before, old, options) };
      const to = { state: after, chain: inheritanceChain(after, environment, options) };
      return differences
        .flagsIn(from, to)
        .flatMap((pair) => (changesAlong(pair, from, to) ? entriesOf(pair, from, to, differences.segments) : []));
    });
}

interface Side {
  state: State;
  chain: Environment[];
}

/** What is not the same object on both sides; only that can make a resolved flag differ. */
class Differences {
  /** The keys of the segments whose conditions differ, or that are on one side only. */
  readonly segments: ReadonlySet<string>;
  readonly any: boolean;
  private readonly touched: readonly Pair[];
  private all: readonly Pair[] | undefined;

  constructor(
    private readonly before: State,
    private readonly after: State,
    touched: readonly Flag[],
  ) {
    this.segments = changedSegments(before, after);
    this.touched = this.pairsOf(touched);
    this.any = this.touched.length > 0 || this.segments.size > 0 || before.environments !== after.environments;
  }

  /** The flags that can differ in an environment, by key. */
  flagsIn(from: Side, to: Side): readonly Pair[] {
    const sameChain =
      from.chain.length === to.chain.length && from.chain.every((link, depth) => link.slug === to.chain[depth]?.slug);
    const sameIds = sameChain && from.chain.every((link, depth) => link.id === to.chain[depth]?.id);
    if (sameIds && this.segments.size === 0) return this.touched;
    return (this.all ??= this.pairsOf([...this.before.flags.values(), ...this.after.flags.values()]));
  }

  private pairsOf(flags: readonly Flag[]): Pair[] {
    const keys = [...new Set(flags.map((flag) => flag.key))].sort();
    return keys.map((key) => ({ key, old: liveFlag(this.before, key), now: liveFlag(this.after, key) }));
  }
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

/** Where neither the flag nor an override along the chain is another, nor a segment, nothing is resolved. */
function changesAlong({ old, now }: Pair, from: Side, to: Side): boolean {
  if (!old || old !== now || from.chain.length !== to.chain.length || from.state.segments !== to.state.segments) return true;
  const [before, after] = [from.state.overrides.get(old.id), to.state.overrides.get(old.id)];
  return from.chain.some((link, depth) => link.id !== to.chain[depth]?.id || before?.get(link.id) !== after?.get(link.id));
}

function entriesOf({ key, old, now }: Pair, from: Side, to: Side, segments: ReadonlySet<string>): EffectEntry[] {
  const environment = (to.chain[0] as Environment).slug;
  if (!old || !now) {
    return old === now ? [] : [{ environment, flag: key, field: 'exists', before: old !== undefined, after: now !== undefined }];
  }
  const [was, is] = [resolveIn(from, old), resolveIn(to, now)];
  const entries: EffectEntry[] = differingFields(was, is).map((difference) => ({ environment, flag: key, ...difference }));
  if (segments.size > 0) {
    const reached = new Set([...segmentsBehind(from, was), ...segmentsBehind(to, is)]);
    for (const segment of [...reached].sort()) {
      if (!segments.has(segment)) continue;
      entries.push({
        environment,
        flag: key,
        field: `segment:${segment}`,
        before: conditionsOf(from, segment),
        after: conditionsOf(to, segment),
      });
    }
  }
  return entries;
}

function liveFlag(state: State, key: string): Flag | undefined {
  const flag = flagByKey(state, key);
  return flag?.archivedAt === null ? flag : undefined;
}

function resolveIn({ state, chain }: Side, flag: Flag): ResolvedFlag {
  return resolveAlong(chain, state.overrides.get(flag.id), flag);
}

function segmentsBehind({ state }: Side, resolved: ResolvedFlag): Set<string> {
  return segmentsReachedBy(state.segments, resolved.fields.rules.value);
}

function conditionsOf({ state }: Side, segment: string): JsonValue {
  return (state.segments.get(segment)?.conditions ?? null) as JsonValue;
}
