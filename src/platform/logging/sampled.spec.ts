import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Sampled } from './sampled.js';

beforeEach(() => { jest.useFakeTimers(); }); // prettier-ignore
afterEach(() => { jest.useRealTimers(); }); // prettier-ignore

it('lets the first few of ten seconds through, and tells of the others when these are over', () => {
  const told: object[] = [];
  const sampled = new Sampled(2, (leftOut) => told.push(leftOut));
  expect(['a', 'b', 'a', 'b', 'a'].map((kind) => sampled.admits(kind))).toEqual([true, true, false, false, false]);
  jest.advanceTimersByTime(9_999);
  expect(told).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(told).toEqual([{ a: 2, b: 1 }]);
  expect(sampled.admits('a')).toBe(true);
  jest.advanceTimersByTime(60_000);
  expect(told).toHaveLength(1);
});
