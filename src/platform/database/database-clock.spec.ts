import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ReadinessRegistry } from '../health/readiness-registry.js';
import { DatabaseClock } from './database-clock.js';

const HOUR = 3_600_000;

function clockWith() {
  const readiness = new ReadinessRegistry();
  const clock = new DatabaseClock(readiness);
  return { clock, check: () => readiness.report()['clock'] };
}

describe('the clock of the database', () => {
  afterEach(() => { jest.restoreAllMocks(); }); // prettier-ignore

  it("is this machine's until it was measured", () => {
    const { clock, check } = clockWith();
    expect(Math.abs(clock.ms() - Date.now())).toBeLessThan(1_000);
    expect(check()).toEqual({ status: 'up' });
  });

  it('goes on from what was measured, whatever happens to the clock of this machine', () => {
    const { clock, check } = clockWith();
    const there = new Date(Date.now() - HOUR);
    clock.measured(there, performance.now());
    jest.spyOn(Date, 'now').mockReturnValue(0);
    expect(clock.ms() - there.getTime()).toBeLessThan(1_000);
    expect(check()).toMatchObject({ status: 'degraded', detail: expect.stringContaining('s behind that of the database') });
  });

  it('says by how much this machine is ahead', () => {
    const { clock, check } = clockWith();
    clock.measured(new Date(Date.now() - HOUR), performance.now());
    expect(check()?.detail).toMatch(/^The clock of this machine is 3600 s ahead of that of the database/);
    clock.measured(new Date(), performance.now());
    expect(check()).toEqual({ status: 'up' });
  });

  it('takes the middle of the time that the question took, and does not believe one that took long', () => {
    const { clock } = clockWith();
    const spy = jest.spyOn(performance, 'now').mockReturnValue(1_100);
    clock.measured(new Date(50_000), 1_000);
    expect(clock.ms()).toBe(50_050);
    spy.mockReturnValue(10_000);
    clock.measured(new Date(90_000), 1_000);
    expect(clock.ms()).toBe(58_950);
  });
});
