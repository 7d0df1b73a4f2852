import { describe, expect, it } from '@jest/globals';
import type { Variant, Weight } from '../../types.js';
import { nearlyWhole } from './weight-warnings.js';

const variants = (...weights: Weight[]): Variant[] => weights.map((weight, i) => ({ key: `v${i}`, value: i, weight }));

describe('whole numbers that are nearly 100 together', () => {
  it.each<[Weight[], number[]]>([
    [[50, 40], [90]],
    [[50, 60], [110]],
    [[33, 33, 33], [99]],
    [[50, 50], []],
    [[50, 39], []],
    [[50, 61], []],
    [[1, 1], []],
    [['50 %', '49.5 %'], []],
    [[], []],
  ])('%j', (weights, totals) => {
    expect(nearlyWhole({ variants: variants(...weights), rules: [] })).toEqual(
      totals.map((total) => ({ pointer: '/variants', total })),
    );
  });

  it('are found in the splits of rules, too', () => {
    const rules = [
      { id: 'a', targeting: {} },
      { id: 'b', serve: { variant: 'v0' } },
      { id: 'c', serve: { split: [{ variant: 'v0', weight: 98 }, { variant: 'v1', weight: 1 }] } }, // prettier-ignore
    ];
    expect(nearlyWhole({ variants: variants(), rules })).toEqual([{ pointer: '/rules/2/serve/split', total: 99 }]);
  });

  it('are not looked for in what has another shape', () => {
    for (const odd of [
      null,
      undefined,
      'x',
      [null, 'x', { serve: null }, { serve: 'x' }, { serve: { split: 5 } }, { weight: 'x' }],
    ])
      expect(nearlyWhole({ variants: odd, rules: odd })).toEqual([]);
  });
});
