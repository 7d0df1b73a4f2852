import fc from 'fast-check';
import type { Weight } from '../../types.js';

/** Thousandths of a percent in one of the ways in which people write them. */
function written(thousandths: number, decimals: number, space: string): string {
  const shortest = String(thousandths / 1000);
  const text = decimals === 3 ? (thousandths / 1000).toFixed(3) : shortest;
  return `${text}${space}%`;
}

/** Percentages that are 100 together. */
export function percentages(count: number): fc.Arbitrary<Weight[]> {
  return fc
    .tuple(
      fc.array(
        fc.oneof(
          fc.nat(100_000),
          fc.nat(100).map((one) => one * 1000),
        ),
        { minLength: count - 1, maxLength: count - 1 },
      ),
      fc.constantFrom(0, 3),
      fc.constantFrom('', ' '),
    )
    .map(([cuts, decimals, space]) => {
      const ends = [...cuts.sort((a, b) => a - b), 100_000];
      return ends.map((end, i) => written(end - (ends[i - 1] ?? 0), decimals, space));
    });
}

/** Whole numbers that are not all 0. */
function wholeNumbers(count: number, max: number): fc.Arbitrary<Weight[]> {
  return fc
    .array(fc.nat(max), { minLength: count, maxLength: count })
    .map((all) => (all.some((one) => one > 0) ? all : [1, ...all.slice(1)]));
}

/** The weights of a split: of one kind. */
export function weights(count: number, max = 1000): fc.Arbitrary<Weight[]> {
  return fc.oneof({ weight: 3, arbitrary: wholeNumbers(count, max) }, { weight: 1, arbitrary: percentages(count) });
}
