import { describe, expect, it } from '@jest/globals';
import { Allowances } from './allowances.js';

const SECOND = 1_000;
const taken = (allowances: Allowances, who: string, times: number, now: number) =>
  Array.from({ length: times }, () => allowances.take(who, now)).filter((waitMs) => waitMs === 0).length;

describe('an allowance', () => {
  it('is of each on its own', () => {
    const allowances = new Allowances(6, 3 * SECOND, 100);
    expect(taken(allowances, 'one', 10, 0)).toBe(6);
    expect(taken(allowances, 'other', 10, 0)).toBe(6);
    expect(taken(allowances, 'one', 10, 0)).toBe(0);
  });

  it('comes back with time, as fast as it is, and never more than all of it', () => {
    const allowances = new Allowances(60, 60 * SECOND, 100);
    expect(taken(allowances, 'a', 60, 1_000)).toBe(60);
    expect(allowances.take('a', 1_000)).toBe(1_000);
    expect(allowances.take('a', 1_400)).toBeCloseTo(600);
    expect(allowances.take('a', 2_001)).toBe(0);
    expect(allowances.take('a', 2_001)).toBeGreaterThan(0);
    expect(taken(allowances, 'a', 100, 1_000_000)).toBe(60);
  });

  it('is not given back by a clock that is set back', () => {
    const allowances = new Allowances(2, SECOND, 100);
    expect(taken(allowances, 'a', 3, 5_000)).toBe(2);
    expect(taken(allowances, 'a', 3, 0)).toBe(0);
  });

  it('is kept for a bounded number, those who used it last', () => {
    const allowances = new Allowances(1, 60 * SECOND, 10);
    for (let who = 0; who <= 10; who++) allowances.take(String(who), 0);
    expect([allowances.take('10', 0), allowances.take('0', 0)]).toEqual([60_000, 0]);
  });
});
