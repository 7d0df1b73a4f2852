import { describe, expect, it } from '@jest/globals';
import { frozenWindowAt } from './frozen-hours.js';
import { type FrozenWindow, validateSteps } from './gate-settings.js';

const friday: FrozenWindow = { days: ['friday'], from: '16:00', to: '24:00' };
const night: FrozenWindow = { days: ['friday'], from: '22:00', to: '06:00' };

describe('frozen hours', () => {
  it.each([
    ['before it begins', '2026-11-20T14:59:59Z', null],
    ['when it begins', '2026-11-20T15:00:00Z', friday],
    ['in its last minute', '2026-11-20T22:59:59Z', friday],
    ['when it has ended, at midnight there', '2026-11-20T23:00:00Z', null],
    ['at the same hour of another day', '2026-11-19T17:00:00Z', null],
  ])('are told by the clocks of their time zone: %s', (_when, moment, window) => {
    expect(frozenWindowAt([friday], 'Europe/Berlin', new Date(moment))).toBe(window);
  });

  it.each([
    ['in the evening', '2026-11-20T22:30:00Z', night],
    ['in the morning after', '2026-11-21T05:59:00Z', night],
    ['when the morning is over', '2026-11-21T06:00:00Z', null],
    ['in the morning before', '2026-11-20T05:00:00Z', null],
    ['in the evening after', '2026-11-21T22:30:00Z', null],
  ])('go on past midnight when they end before they begin: %s', (_when, moment, window) => {
    expect(frozenWindowAt([night], 'UTC', new Date(moment))).toBe(window);
  });

  it('follow the clocks when these are put back', () => {
    const summer = new Date('2026-07-03T14:00:00Z');
    const winter = new Date('2026-11-20T14:00:00Z');
    expect(frozenWindowAt([friday], 'Europe/Berlin', summer)).toBe(friday);
    expect(frozenWindowAt([friday], 'Europe/Berlin', winter)).toBe(null);
  });
});

describe('the steps of a pipeline', () => {
  const step = (gate: unknown) => validateSteps([{ environment: 'a' }, { environment: 'b', gates: [gate] }]);

  it.each([
    [{ gate: 'reason' }],
    [{ gate: 'has-checks' }],
    [{ gate: 'soak', minutes: 0 }],
    [{ gate: 'frozen-hours', timeZone: 'Europe/Berlin', windows: [friday, night] }],
  ])('may ask for %j', (gate) => {
    expect(step(gate)).toEqual([]);
  });

  it.each([
    [{ gate: 'soak', minutes: -1 }, 'invalid-gate'],
    [{ gate: 'soak', minutes: 1, hours: 1 }, 'unknown-property'],
    [{ gate: 'toString' }, 'unknown-gate'],
    [null, 'unknown-gate'],
    [{ gate: 'frozen-hours', timeZone: 'UTC', windows: [{ ...friday, from: '24:00' }] }, 'invalid-gate'],
    [{ gate: 'frozen-hours', timeZone: 'UTC', windows: [{ ...friday, days: ['freitag'] }] }, 'invalid-gate'],
    [{ gate: 'frozen-hours', timeZone: 'UTC', windows: [{ days: ['friday'], from: '10:00', to: '10:00' }] }, 'invalid-gate'],
    [{ gate: 'frozen-hours', timeZone: 'Moon/Base', windows: [friday] }, 'invalid-gate'],
  ])('may not ask for %j', (gate, code) => {
    expect(step(gate).map((defect) => defect.code)).toEqual([code]);
  });
});
