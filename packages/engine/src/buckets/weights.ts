import type { Weight } from '../types.js';

/** What all percentages of a split add up to, in their unit: thousandths of a percent. */
export const WHOLE = 100_000;

/** At most three decimals and nothing around it; a space may stand before the sign. The database has this pattern, too. */
export const PERCENTAGE_WEIGHT = /^(?:100(?:\.0{1,3})?|(?:0|[1-9][0-9]?)(?:\.[0-9]{1,3})?) ?%$/;

/** A weight as the whole number by which it counts. All weights of a split have one unit, so that only their proportions matter. */
export function weightOf(weight: Weight): number {
  return typeof weight === 'number' ? weight : Math.round(parseFloat(weight) * 1000);
}

/** Thousandths of a percent as people write them: `33.3 %`. */
export function percentageText(thousandths: number): string {
  return `${thousandths / 1000} %`;
}
