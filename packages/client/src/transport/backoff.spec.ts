import { describe, expect, it } from '@jest/globals';
import { Backoff, retryAfterMs, spread } from './backoff.js';

describe('the pause before the next attempt', () => {
  it('doubles up to its end, and begins anew', () => {
    const backoff = new Backoff(1_000, 30_000);
    const pauses = Array.from({ length: 7 }, () => backoff.next(0));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    backoff.reset();
    expect(backoff.next(0)).toBe(1_000);
  });

  it('is shorter by up to half, at random', () => {
    expect([0, 0.5, 1].map((random) => new Backoff(1_000, 30_000).next(random))).toEqual([1_000, 750, 500]);
  });

  it('never ends in a number that is none', () => {
    const backoff = new Backoff(1_000, 30_000);
    for (let attempt = 0; attempt < 5_000; attempt++) backoff.next(0);
    expect(backoff.next(0)).toBe(30_000);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  it.each([
    ['7', 7_000],
    ['Sat, 28 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 28 Nov 2026 11:00:00 GMT', 0],
    ['86400', 600_000],
    ['soon', null],
    [undefined, null],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});

describe('spread', () => {
  it('is a fifth less or more', () => {
    expect([0, 0.5, 1].map((random) => Math.round(spread(1_000, random)))).toEqual([800, 1_000, 1_200]);
  });
});
