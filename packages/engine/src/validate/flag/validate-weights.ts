import { PERCENTAGE_WEIGHT, percentageText, weightOf, WHOLE } from '../../buckets/weights.js';
import { isPlainObject, show } from '../../json/values.js';
import type { Weight } from '../../types.js';
import type { Defects } from '../defects.js';

export const MAX_WEIGHT = 2 ** 31 - 1;

/** Codes of weights of which each is one, and which are no split together. */
export const SPLIT_DEFECTS: ReadonlySet<string> = new Set(['weights-mixed', 'weights-do-not-sum']);

/** One weight: a whole number, or a percentage as text. */
export function checkWeight(value: unknown, at: string, defects: Defects): void {
  if (typeof value !== 'string') defects.wholeNumber(value, at, 'a weight', MAX_WEIGHT);
  else if (!PERCENTAGE_WEIGHT.test(value)) {
    const wanted = 'a number from 0 to 100 with at most 3 decimals and "%", such as "33.3 %"';
    defects.add(at, 'bad-percentage', `a weight that is text is ${wanted}, not ${show(value)}`);
  }
}

/**
 * All weights together, when any entry has one: whole numbers are more than 0 and at most 2^31 − 1, percentages are exactly 100, and one
 * split has one kind of them. Wrong single weights are named elsewhere.
 */
export function checkWeights(entries: readonly unknown[], at: string, what: string, defects: Defects): void {
  const weights = weightsIn(entries);
  if (weights.length === 0 || !weights.every(isWeight)) return;
  const total = weights.reduce<number>((sum, weight) => sum + weightOf(weight), 0);
  const percentages = weights.filter((weight) => typeof weight === 'string').length;
  if (percentages === 0) {
    if (total === 0) defects.add(at, 'no-weight', `${what} add up to 0: nobody could be served`);
    if (total > MAX_WEIGHT) defects.add(at, 'out-of-range', `${what} add up to ${total}, more than ${MAX_WEIGHT}`);
  } else if (percentages < weights.length) {
    defects.add(
      at,
      'weights-mixed',
      `${what} are percentages or whole numbers, not some of each: write all of them with "%", or none`,
    );
  } else if (total !== WHOLE) {
    const rest = percentageText(Math.abs(WHOLE - total));
    const why = total < WHOLE ? `${rest} is missing` : `${rest} is too much`;
    defects.add(at, 'weights-do-not-sum', `${what} add up to ${percentageText(total)} and must be exactly 100 %: ${why}`);
  }
}

/** The weights that are given. */
export function weightsIn(entries: readonly unknown[]): unknown[] {
  return entries.map((entry) => (isPlainObject(entry) ? entry['weight'] : undefined)).filter((weight) => weight !== undefined);
}

function isWeight(weight: unknown): weight is Weight {
  return typeof weight === 'number' || (typeof weight === 'string' && PERCENTAGE_WEIGHT.test(weight));
}
