import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentages } from '../../testing/arbitraries/weights.js';
import type { Defect } from '../../types.js';
import { Defects } from '../defects.js';
import { validateVariants } from './validate-variants.js';
import { checkWeights } from './validate-weights.js';

const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);
const weighted = (...weights: unknown[]) =>
  weights.map((weight, index) => ({ key: `v${index}`, value: 0, ...(weight !== undefined && { weight }) }));
const said = (...weights: unknown[]) => brief(validateVariants(weighted(...weights)));

describe('weights that are percentages', () => {
  it('are taken in any way of writing them, when they are 100 together', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }).chain(percentages), (all) => expect(said(...all)).toEqual([])));
    expect(said('33.3 %', '33.3%', '33.400 %')).toEqual([]);
    expect(said('100.000%', '0 %')).toEqual([]);
    expect(said('0.1 %', '99.9 %', undefined)).toEqual([]);
  });

  it.each([
    '33.33333 %', '-1 %', '+1 %', '1e1 %', ' 50%', '50% ', '50  %', '50\u00a0%', '50', '%', '', '50 %%', '.5 %', '5. %', '05 %', '00 %', '101 %',
    '100.001 %', '1,5 %', '٥٠ %', 'NaN %', 'Infinity %', '0x10 %', '50 %\n',
  ])('are not written like %j', (weight) => {
    expect(said('50 %', weight)).toEqual(['/1/weight bad-percentage']);
  }); // prettier-ignore

  it.each([
    [['50 %', 50], 'weights-mixed'],
    [['100 %', 0], 'weights-mixed'],
    [['0 %', '0 %'], 'weights-do-not-sum'],
    [['50 %', '40 %'], 'weights-do-not-sum'],
    [['33.333 %', '33.333 %', '33.333 %'], 'weights-do-not-sum'],
    [['100 %', '0.001 %'], 'weights-do-not-sum'],
  ])('are no split as %j', (weights, code) => {
    expect(said(...weights)).toEqual([` ${code}`]);
  });

  it('say the sum, and what is missing or too much', () => {
    const detail = (...weights: string[]) => {
      const defects = new Defects();
      checkWeights(weighted(...weights), '', 'the weights of the split', defects);
      return defects.list.map((defect) => defect.detail);
    };
    const must = 'and must be exactly 100 %';
    expect(detail('33.3 %', '66.6 %')).toEqual([`the weights of the split add up to 99.9 % ${must}: 0.1 % is missing`]);
    expect(detail('60.001 %', '40 %')).toEqual([`the weights of the split add up to 100.001 % ${must}: 0.001 % is too much`]);
  });
});
