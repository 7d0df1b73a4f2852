import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gateHash, gateThreshold, placeIn, splitHash, weightThresholds } from '../../buckets/buckets.js';
import { movedShare, movesOut } from './moved-share.js';
import { runs } from '../../testing/runs.js';

const split = (weights: Record<string, number | string>) =>
  Object.entries(weights).map(([variant, weight]) => ({ variant, weight }));
const USERS = Array.from({ length: 100_000 }, (_, i) => `user-${String(i)}`);

const weights = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 100 })), {
    selector: ([variant]) => variant,
    minLength: 1,
  })
  .filter((all) => all.some(([, weight]) => weight > 0))
  .map((all) => all.map(([variant, weight]) => ({ variant, weight })));

describe('the share of users who move', () => {
  it('is nothing where two variants grow into the control', () => {
    const moves = movedShare(split({ new: 5, old: 95 }), split({ new: 25, old: 75 }));
    expect(moves).toEqual([{ from: 'old', to: 'new', share: expect.closeTo(0.2, 9) }]);
    expect(movesOut(moves, 'old')).toEqual([]);
  });

  it('names each pair when a variant in the middle grows', () => {
    const moves = movedShare(split({ blue: 20, green: 20, old: 60 }), split({ blue: 30, green: 30, old: 40 }));
    expect(moves).toEqual([
      { from: 'old', to: 'green', share: expect.closeTo(0.2, 9) },
      { from: 'green', to: 'blue', share: expect.closeTo(0.1, 9) },
    ]);
    expect(movesOut(moves, 'old')).toHaveLength(1);
  });

  it('knows percentages, variants of weight 0, and variants that come and go', () => {
    expect(movedShare(split({ a: '33.3 %', b: '66.7 %' }), split({ a: 333, b: 667 }))).toEqual([]);
    expect(movedShare(split({ a: 0, b: 1 }), split({ b: 1, a: 0 }))).toEqual([]);
    expect(movedShare(split({ a: 1 }), split({ b: 1 }))).toEqual([{ from: 'a', to: 'b', share: 1 }]);
  });

  it('is what counting all users gives', () => {
    const place = splitHash('flagd-v2', 'any');
    const places = USERS.map(place);
    fc.assert(
      fc.property(weights, weights, (before, after) => {
        const [ends, newEnds] = [before, after].map((one) => weightThresholds(one.map(({ weight }) => weight)));
        const counted = new Map<string, number>();
        for (const at of places) {
          const from = before[placeIn(ends!, at)]!.variant;
          const to = after[placeIn(newEnds!, at)]!.variant;
          if (from !== to) counted.set(`${from}>${to}`, (counted.get(`${from}>${to}`) ?? 0) + 1);
        }
        const moves = movedShare(before, after);
        for (const { from, to, share } of moves)
          expect(Math.abs((counted.get(`${from}>${to}`) ?? 0) / USERS.length - share)).toBeLessThan(0.01);
        expect([...counted.keys()].filter((pair) => !moves.some(({ from, to }) => `${from}>${to}` === pair))).toEqual([]);
      }),
      { numRuns: runs(30, 500) },
    );
  });

  it('has no user of a percentage who leaves while it rises', () => {
    const place = gateHash('flagd-v2', 'any');
    const places = USERS.map(place);
    const stages = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(stages, (thousandths) => {
        const rising = thousandths.sort((a, b) => a - b).map((one) => gateThreshold(one / 1_000));
        for (const [index, threshold] of rising.entries()) {
          const before = rising[index - 1] ?? 0;
          expect(places.filter((at) => at < before && at >= threshold)).toHaveLength(0);
        }
      }),
      { numRuns: runs(20, 500) },
    );
  });
});
