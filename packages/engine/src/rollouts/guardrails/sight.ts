import type { ArmComparison } from './evidence.js';

/** What is known or expected of a stage. */
export interface Traffic {
  /** Exposures of both arms together. */
  exposures: number;
  /** Share of the treatment among them, 0–1. */
  share: number;
  /** Failures by exposure when nothing is wrong, 0–1. */
  baseRate: number;
  /** How many failures come together; 1 when not known. */
  dispersion?: number;
}

/** What the mixture costs: the effect that is there is one of twelve that are looked for. */
const MIXTURE_COST = 1.8;

/** A ratio beyond which nobody asks. */
const LARGEST = 200;

/** Standard deviations by which a stage that says what it sees stays on the safe side: it does so in about four of five stages. */
export const LIKELY = 1;

/**
 * The smallest change of the rate that the stage would have noticed: 2 is twice the failures, or half the sales where fewer is worse. Null:
 * it would not notice any that is worth a name.
 */
export function sight(traffic: Traffic, comparison: ArmComparison): number | null {
  const seen = (ratio: number): boolean => exposuresToSee(ratio, traffic, comparison, LIKELY) <= traffic.exposures;
  if (!seen(LARGEST)) return null;
  let [blind, sighted] = [comparison.tolerate.ratio, LARGEST];
  for (let step = 0; step < 60; step++) {
    const middle = (blind + sighted) / 2;
    if (seen(middle)) sighted = middle;
    else blind = middle;
  }
  return sighted;
}

/**
 * Exposures after which a change by `ratio` raises the alarm; infinite where it never would. With `deviations` 0 in half of the stages, with
 * 1 in about four of five.
 */
export function exposuresToSee(
  ratio: number,
  traffic: Omit<Traffic, 'exposures'>,
  comparison: ArmComparison,
  deviations = 0,
): number {
  const { share, baseRate, dispersion = 1 } = traffic;
  const { worse, tolerate, alpha, comparisons } = comparison;
  if (ratio <= tolerate.ratio || !(share > 0 && share < 1) || !(baseRate > 0)) return Infinity;
  const towards = (factor: number): number => (worse === 'more' ? factor : 1 / factor);
  const before = shareOfFailures(share, towards(tolerate.ratio));
  const after = shareOfFailures(share, towards(ratio));
  const failures = baseRate * (1 - share + share * towards(ratio));
  const [ours, theirs] = [Math.log(after / before), Math.log((1 - after) / (1 - before))];
  const information = after * ours + (1 - after) * theirs;
  const spread = deviations * Math.sqrt(after * ours ** 2 + (1 - after) * theirs ** 2);
  // n failures bring n * information, less √n * spread.
  const needed = Math.log(comparisons / alpha) + MIXTURE_COST;
  const root = (spread + Math.sqrt(spread ** 2 + 4 * information * needed)) / (2 * information);
  return (root ** 2 * dispersion) / failures;
}

function shareOfFailures(share: number, ratio: number): number {
  return (ratio * share) / (ratio * share + 1 - share);
}
