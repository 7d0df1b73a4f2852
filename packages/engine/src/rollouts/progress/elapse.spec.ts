import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { elapse, type StageClock } from './elapse.js';

const CAP = 15_000;
const watch = (moments: number[]): number =>
  moments.reduce<StageClock>((clock, now) => elapse(clock, now, CAP), { watched: 0, tickedAt: null }).watched;

describe('the clock of a stage', () => {
  it('is as old as it was watched', () => {
    expect(watch(Array.from({ length: 721 }, (_, tick) => tick * 5_000))).toBe(3_600_000);
  });

  it.each([
    ['a night without servers', [0, 5_000, 36_000_000, 36_005_000], 25_000],
    ['a clock put back by five hours', [0, 5_000, -18_000_000, -17_995_000], 10_000],
    ['a clock that stands still', [0, 5_000, 5_000, 5_000], 5_000],
  ])('counts at most the cap of %s', (_what, moments, watched) => {
    expect(watch(moments)).toBe(watched);
  });

  it('never grows younger, and by no more than the cap at a look, whatever the clock does', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -day, max: day })), (moments) => {
        moments.forEach((_, index) => {
          const grown = watch(moments.slice(0, index + 1)) - watch(moments.slice(0, index));
          expect(grown).toBeGreaterThanOrEqual(0);
          expect(grown).toBeLessThanOrEqual(CAP);
        });
      }),
    );
  });
});
