import { murmur3, murmur3Prefix } from './murmur3.js';
import type { Bucketing } from '../types.js';

/** A place in [0, 2^32) that is always the same for the same key. */
export type BucketHash = (key: string) => number;

/** One small function for each algorithm; what one gives may never change under the flags that name it. */
const ALGORITHMS: { readonly [B in Bucketing]: (salt: string) => BucketHash } = {
  'flagd-v2': (salt) => {
    const prefix = murmur3Prefix(salt);
    return (key) => murmur3(key, prefix);
  },
};

export function splitHash(bucketing: Bucketing, salt: string): BucketHash {
  return ALGORITHMS[bucketing](salt);
}

/** Salted apart from the split, so that who is let in says nothing about which variant they get. */
export function gateHash(bucketing: Bucketing, salt: string): BucketHash {
  return ALGORITHMS[bucketing](`${salt}:gate:`);
}

const RANGE = 2n ** 32n;

/** `place < threshold` is in: a percentage is the split of `percentage * 1000` in against the rest of 100,000 out. */
export function gateThreshold(percentage: number): number {
  const [threshold] = weightThresholds([Math.round(percentage * 1000), 100_000 - Math.round(percentage * 1000)]);
  return threshold as number;
}

/** Entry i holds the places below threshold i and not below the one before it: exactly those with `(place * total) >> 32` in its weights. */
export function weightThresholds(weights: readonly number[]): number[] {
  const total = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  let cumulative = 0n;
  return weights.map((weight) => {
    cumulative += BigInt(weight);
    return Number((cumulative * RANGE + total - 1n) / total);
  });
}

/** Which entry of the thresholds a place falls to; the last threshold is 2^32, so there is always one. */
export function placeIn(thresholds: readonly number[], place: number): number {
  let index = 0;
  while (place >= (thresholds[index] as number)) index++;
  return index;
}

/** The text of an attribute that can be a bucket key, or undefined: missing, empty, null, lists and objects are none. */
export function bucketKeyOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? String(value) : undefined;
}
