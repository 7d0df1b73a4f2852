import { weightThresholds } from '../../buckets/buckets.js';
import { weightOf } from '../../buckets/weights.js';
import type { WeightedVariant } from '../../types.js';

/** A share of all users, 0–1, that would get another variant than before. */
export interface Move {
  from: string;
  to: string;
  share: number;
}

const PLACES = 2 ** 32;

/**
 * Who would get another variant, exactly: each user has one place in a split, and each variant has the places of an interval. Largest
 * share first; the weights of both splits have a sum above 0.
 */
export function movedShare(before: readonly WeightedVariant[], after: readonly WeightedVariant[]): Move[] {
  const [ends, newEnds] = [endsOf(before), endsOf(after)];
  const places = new Map<string, Move>();
  let [at, old, young] = [0, 0, 0];
  while (at < PLACES) {
    const [end, newEnd] = [ends[old] as number, newEnds[young] as number];
    const until = Math.min(end, newEnd);
    const [from, to] = [(before[old] as WeightedVariant).variant, (after[young] as WeightedVariant).variant];
    if (until > at && from !== to) {
      const pair = JSON.stringify([from, to]);
      const known = places.get(pair) ?? { from, to, share: 0 };
      places.set(pair, { ...known, share: known.share + (until - at) / PLACES });
    }
    at = until;
    if (end === until) old++;
    if (newEnd === until) young++;
  }
  return [...places.values()].sort((one, other) => other.share - one.share);
}

/** Moves that a rollout of everything but `control` may not make without being told: those out of a variant that is not the control. */
export function movesOut(moves: readonly Move[], control: string): Move[] {
  return moves.filter(({ from }) => from !== control);
}

function endsOf(split: readonly WeightedVariant[]): number[] {
  return weightThresholds(split.map(({ weight }) => weightOf(weight)));
}
