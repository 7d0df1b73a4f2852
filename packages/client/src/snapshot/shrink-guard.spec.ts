import { describe, expect, it } from '@jest/globals';
import type { HeldDocument } from './held-document.js';
import { ShrinkGuard } from './shrink-guard.js';

const of = (count: number, prefix = 'flag'): HeldDocument => ({
  format: 1,
  environment: 'production',
  aliases: [],
  chain: ['production'],
  revision: 1,
  etag: 'e',
  flags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, {}])),
  segments: {},
});

describe('a document that loses more than half of the flags', () => {
  it('waits, and is let in when it still stands', () => {
    const guard = new ShrinkGuard(60_000);
    expect(guard.holds(of(20), of(9), 1_000)).toBe(60_000);
    expect(guard.holds(of(20), of(9), 31_000)).toBe(30_000);
    expect(guard.holds(of(20), of(9), 61_000)).toBe(0);
  });

  it('has to wait anew when there was a better one meanwhile', () => {
    const guard = new ShrinkGuard(60_000);
    guard.holds(of(20), of(0), 0);
    expect(guard.holds(of(20), of(20), 30_000)).toBe(0);
    expect(guard.holds(of(20), of(0), 61_000)).toBe(60_000);
  });

  it('is told by the flags that survive, not by their number', () => {
    expect(new ShrinkGuard(60_000).holds(of(20), of(20, 'other'), 0)).toBe(60_000);
  });

  it.each<[string, HeldDocument | null, HeldDocument, number]>([
    ['half of them', of(20), of(10), 60_000],
    ['few flags', of(19), of(0), 60_000],
    ['the first document', null, of(0), 60_000],
    ['without a guard', of(20), of(0), 0],
  ])('%s: is none', (_what, before, after, delay) => {
    expect(new ShrinkGuard(delay).holds(before, after, 0)).toBe(0);
  });
});
