import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArmComparison } from './evidence.js';
import { exposuresToSee, LIKELY, sight } from './sight.js';

const COMPARISON: ArmComparison = { worse: 'more', tolerate: { ratio: 1, difference: 0 }, alpha: 0.01, comparisons: 3 };

describe('the sight of a stage', () => {
  it.each([
    [0.001, 0.05, 2, 414_000],
    [0.001, 0.25, 10, 3_900],
    [0.01, 0.01, 5, 18_900],
    [0.01, 0.05, 1.5, 147_000],
    [0.01, 0.05, 2, 41_400],
    [0.01, 0.5, 3, 2_900],
  ])('at %d failures by exposure and a share of %d: ×%d after %d exposures', (baseRate, share, ratio, exposures) => {
    expect(exposuresToSee(ratio, { baseRate, share }, COMPARISON) / exposures).toBeCloseTo(1, 1);
  });

  it('is the change that as many exposures show', () => {
    const stages = fc.record({
      exposures: fc.integer({ min: 100, max: 1_000_000 }),
      share: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      baseRate: fc.double({ min: 0.0001, max: 0.2, noNaN: true }),
      dispersion: fc.double({ min: 1, max: 20, noNaN: true }),
    });
    const worse = fc.constantFrom<ArmComparison['worse']>('more', 'fewer');
    fc.assert(
      fc.property(stages, worse, fc.double({ min: 1, max: 1.5, noNaN: true }), (traffic, which, ratio) => {
        const comparison: ArmComparison = { ...COMPARISON, worse: which, tolerate: { ratio, difference: 0 } };
        const seen = sight(traffic, comparison);
        if (seen === null) expect(exposuresToSee(200, traffic, comparison, LIKELY)).toBeGreaterThan(traffic.exposures);
        else {
          expect(exposuresToSee(seen, traffic, comparison, LIKELY)).toBeLessThanOrEqual(traffic.exposures);
          expect(exposuresToSee(seen * 0.999, traffic, comparison, LIKELY)).toBeGreaterThan(traffic.exposures);
        }
      }),
    );
  });

  it('is none without a control group, without traffic, and where nothing ever fails', () => {
    const traffic = { exposures: 10_000, share: 0.05, baseRate: 0.01 };
    expect(sight({ ...traffic, share: 1 }, COMPARISON)).toBe(null);
    expect(sight({ ...traffic, exposures: 0 }, COMPARISON)).toBe(null);
    expect(sight({ ...traffic, baseRate: 0 }, COMPARISON)).toBe(null);
  });
});
