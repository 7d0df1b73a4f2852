import type { DiffSide } from './diff.js';
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
  if (from.state.segments === to.state.segments) return [];
  const reached = new Set([...segmentsBehind(from), ...segmentsBehind(to)]);
  return [...reached].sort().flatMap((segment) => {
    const [was, is] = [segmentConditions(from, segment), segmentConditions(to, segment)];
    return deepEqual(was, is) ? [] : [{ segment, from: was, to: is }];
  });
}

function segmentsBehind({ state, environment }: DiffSide): Set<string> {
  const chain = inheritanceChain(state, environment);
  const rules = [...state.flags.values()]
    .filter(({ archivedAt }) => archivedAt === null)
    .flatMap((flag) => resolveAlong(chain, state.overrides.get(flag.id), flag).fields.rules.value);
  return segmentsReachedBy(state.segments, rules);
}

function segmentConditions({ state }: DiffSide, segment: string): Condition[] | null {
  return state.segments.get(segment)?.conditions ?? null;
}
