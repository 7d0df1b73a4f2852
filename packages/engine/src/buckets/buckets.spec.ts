import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketKeyOf, gateHash, gateThreshold, placeIn, splitHash, weightThresholds } from './buckets.js';
import { murmur3 } from './murmur3.js';
import { percentage } from '../testing/arbitraries/arbitraries.js';

const place = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff));
const weights = fc
  .array(fc.oneof(fc.nat(10), fc.nat(1_000_000), fc.constant(0)), { minLength: 1, maxLength: 6 })
  .filter((list) => list.some((weight) => weight > 0));

describe('the hash of flagd-v2', () => {
  it('is MurmurHash3 of the salt and the key, with a salt of its own for the gate', () => {
    expect(splitHash('flagd-v2', 'new-checkout')('user-1')).toBe(murmur3('new-checkoutuser-1'));
    expect(gateHash('flagd-v2', 'new-checkout')('user-1')).toBe(murmur3('new-checkout:gate:user-1'));
  });
});

describe('weightThresholds', () => {
  it('cuts exactly where (place * total) >> 32 passes from one entry to the next', () => {
    fc.assert(
      fc.property(weights, place, (list, at) => {
        const total = list.reduce((sum, weight) => sum + weight, 0);
        const bucket = Number((BigInt(at) * BigInt(total)) >> 32n);
        let cumulative = 0;
        const expected = list.findIndex((weight) => bucket < (cumulative += weight));
        expect(placeIn(weightThresholds(list), at)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('cuts exactly also one place before and after each threshold, up to the greatest total', () => {
    for (const list of [
      [1, 2],
      [1, 2 ** 31 - 2],
      [2 ** 31 - 2, 1],
      [333, 333, 334],
      [7, 0, 11, 0],
    ]) {
      const total = list.reduce((sum, weight) => sum + weight, 0);
      const thresholds = weightThresholds(list);
      for (const at of thresholds.flatMap((threshold) => [threshold - 1, threshold]).filter((one) => one >= 0 && one < 2 ** 32)) {
        const bucket = Number((BigInt(at) * BigInt(total)) >> 32n);
        let cumulative = 0;
        expect(placeIn(thresholds, at)).toBe(list.findIndex((weight) => bucket < (cumulative += weight)));
      }
    }
  });

  it('leaves nothing to an entry without weight', () => {
    fc.assert(fc.property(place, (at) => expect(placeIn(weightThresholds([0, 5, 0, 5, 0]), at) % 2).toBe(1)));
    expect(weightThresholds([0, 1]).at(-1)).toBe(2 ** 32);
  });

  it('keeps the shares of a split within half a percent at 100,000 keys', () => {
    const hash = splitHash('flagd-v2', 'shares');
    const thresholds = weightThresholds([10, 20, 70]);
    const counts = [0, 0, 0];
    for (let i = 0; i < 100_000; i++) counts[placeIn(thresholds, hash(`user-${i}`))]!++;
    expect(Math.abs(counts[0]! / 1000 - 10)).toBeLessThan(0.5);
    expect(Math.abs(counts[1]! / 1000 - 20)).toBeLessThan(0.5);
    expect(Math.abs(counts[2]! / 1000 - 70)).toBeLessThan(0.5);
  });
});

describe('gateThreshold', () => {
  it.each([
    [0, 0],
    [0.001, Math.ceil(2 ** 32 / 100_000)],
    [50, 2 ** 31],
    [99.999, Math.ceil((99_999 * 2 ** 32) / 100_000)],
    [100, 2 ** 32],
  ])('lets %s %% of the places in', (share, threshold) => expect(gateThreshold(share)).toBe(threshold));

  it('never falls when the percentage rises', () => {
    fc.assert(
      fc.property(percentage, percentage, (a, b) => {
        expect(Math.sign(gateThreshold(a) - gateThreshold(b))).toBe(Math.sign(a - b));
      }),
    );
  });

  it('is not misled by the binary form of a decimal', () => {
    for (let thousandths = 0; thousandths <= 100_000; thousandths += 7) {
      expect(gateThreshold(thousandths / 1000)).toBe(Number((BigInt(thousandths) * 2n ** 32n + 99_999n) / 100_000n));
    }
  });

  it('says nothing about the split: those let in fall to both halves alike', () => {
    const [gate, split] = [gateHash('flagd-v2', 'f'), splitHash('flagd-v2', 'f')];
    const halves = weightThresholds([1, 1]);
    let [admitted, first] = [0, 0];
    for (let i = 0; i < 50_000; i++) {
      if (gate(`u${i}`) >= gateThreshold(20)) continue;
      admitted++;
      if (placeIn(halves, split(`u${i}`)) === 0) first++;
    }
    expect(Math.abs(admitted / 50_000 - 0.2)).toBeLessThan(0.01);
    expect(Math.abs(first / admitted - 0.5)).toBeLessThan(0.02);
  });
});

describe('bucketKeyOf', () => {
  it.each<[unknown, string]>([
    ['user-1', 'user-1'],
    [7, '7'],
    [-0.5, '-0.5'],
    [0, '0'],
    [true, 'true'],
    [false, 'false'],
  ])('takes %j', (value, key) => expect(bucketKeyOf(value)).toBe(key));

  it.each([undefined, null, '', {}, [], ['a'], NaN, Infinity])('does not take %j', (value) =>
    expect(bucketKeyOf(value)).toBeUndefined(),
  );
});
