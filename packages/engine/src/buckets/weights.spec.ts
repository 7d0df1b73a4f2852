import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentages } from '../testing/arbitraries/weights.js';
import { weightThresholds } from './buckets.js';
import { percentageText, weightOf } from './weights.js';

describe('weightOf', () => {
  it('counts percentages in thousandths, exactly', () => {
    expect(['33.3 %', '0.001%', '100 %', '0 %', '16.667%', '8.2 %'].map(weightOf)).toEqual([
      33_300, 1, 100_000, 0, 16_667, 8_200,
    ]);
    fc.assert(fc.property(fc.nat(100_000), (one) => expect(weightOf(percentageText(one))).toBe(one)));
    expect([0, 7, 2 ** 31 - 1].map(weightOf)).toEqual([0, 7, 2 ** 31 - 1]);
  });

  it('gives percentages the places that whole numbers of the same shares have', () => {
    expect(weightThresholds(['25 %', '75 %'].map(weightOf))).toEqual(weightThresholds([1, 3]));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }).chain(percentages), (all) =>
        expect(weightThresholds(all.map(weightOf)).at(-1)).toBe(2 ** 32),
      ),
    );
  });
});
