import type { DiffSide } from './diff.js';
import { type Interruptible, runToEnd } from '../interruptible.js';
import { deepEqual } from '../json/equal.js';
import { segmentsReachedBy } from '../state/references.js';
import { inheritanceChain, resolveAlong } from '../resolve/resolve.js';
import type { Condition } from '../types.js';

/** A segment whose conditions are others on the two sides; null where it is not there. */
export interface SegmentDifference {
  segment: string;
  from: Condition[] | null;
  to: Condition[] | null;
}

/**
 * The segments that stand behind the rules of the sides' flags and are not the same: by them flags can differ of which each field is equal.
 * All environments of one state share its segments, so there are none between two sides of one moment.
 */
export function segmentDifferences(from: DiffSide, to: DiffSide): SegmentDifference[] {
  return runToEnd(slicedSegmentDifferences(from, to));
}

/** The same, in parts. */
export function* slicedSegmentDifferences(from: DiffSide, to: DiffSide): Interruptible<SegmentDifference[]> {
  if (from.state.segments === to.state.segments) return [];
  const reached = new Set([...(yield* segmentsBehind(from)), ...(yield* segmentsBehind(to))]);
  return [...reached].sort().flatMap((segment) => {
    const [was, is] = [segmentConditions(from, segment), segmentConditions(to, segment)];
    return deepEqual(was, is) ? [] : [{ segment, from: was, to: is }];
  });
}

function* segmentsBehind({ state, environment }: DiffSide): Interruptible<Set<string>> {
  const chain = inheritanceChain(state, environment);
  const reached = new Set<string>();
  for (const flag of state.flags.values()) {
    if (flag.archivedAt !== null) continue;
    const rules = resolveAlong(chain, state.overrides.get(flag.id), flag).fields.rules.value;
    for (const key of segmentsReachedBy(state.segments, rules)) reached.add(key);
    yield;
  }
  return reached;
}

function segmentConditions({ state }: DiffSide, segment: string): Condition[] | null {
  return state.segments.get(segment)?.conditions ?? null;
}
