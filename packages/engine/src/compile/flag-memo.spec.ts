import { describe, expect, it } from '@jest/globals';
import { memoOf } from './flag-memo.js';
import { baseOf } from '../resolve/resolve.js';
import { flag } from '../testing/builders.js';

const SEGMENTS = new Map();
const filled = (count: number) => Array.from({ length: count }, () => ({}) as never);

describe('memoOf', () => {
  it('is empty at first, and then the same for the same row', () => {
    const one = flag('a');
    const memo = memoOf(one, SEGMENTS);
    expect(memo).toEqual({
      base: baseOf(one),
      unchanged: undefined,
      programs: [],
      sound: new Set(),
      digests: new Map(),
      tests: new Map(),
      segments: SEGMENTS,
    });
    expect(memo.base.flag).toBe(one);
    expect(memoOf(one, SEGMENTS)).toBe(memo);
    expect(memoOf(flag('a'), SEGMENTS)).not.toBe(memo);
  });

  it('forgets, when the segments change, only what was made of them', () => {
    const one = flag('a');
    const memo = memoOf(one, SEGMENTS);
    memo.programs.push({} as never);
    memo.sound.add({});
    memo.digests.set({}, 'x');
    memo.tests.set([], {} as never);
    expect(memoOf(one, SEGMENTS).tests.size).toBe(1);
    const others = new Map();
    expect(memoOf(one, others).segments).toBe(others);
    expect([memo.programs.length, memo.sound.size, memo.digests.size, memo.tests.size]).toEqual([1, 1, 1, 0]);
  });

  it.each([
    [64, 2000, true],
    [65, 0, false],
    [0, 2001, false],
  ])('keeps %d programs and %d sound parts: %s', (programs, parts, kept) => {
    const one = flag('a');
    const memo = memoOf(one, SEGMENTS);
    memo.programs.push(...filled(programs));
    for (const part of filled(parts)) memo.sound.add(part);
    memo.digests.set({}, 'x');
    memo.tests.set([], {} as never);
    expect(memoOf(one, SEGMENTS)).toBe(memo);
    expect([memo.programs.length, memo.sound.size, memo.digests.size, memo.tests.size]).toEqual(
      kept ? [programs, parts, 1, 1] : [0, 0, 0, 0],
    );
  });
});
