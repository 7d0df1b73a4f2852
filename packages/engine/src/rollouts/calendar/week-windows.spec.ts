import { describe, expect, it } from '@jest/globals';
import { windowAt, type WeekWindow } from './week-windows.js';

const friday: WeekWindow = { days: ['friday'], from: '16:00', to: '24:00' };
const night: WeekWindow = { days: ['friday'], from: '22:00', to: '06:00' };

describe('the windows of a week', () => {
  it.each([
    ['before it begins', '2026-11-20T14:59:59Z', null],
    ['when it begins', '2026-11-20T15:00:00Z', friday],
    ['in its last minute', '2026-11-20T22:59:59Z', friday],
    ['when it has ended, at midnight there', '2026-11-20T23:00:00Z', null],
    ['at the same hour of another day', '2026-11-19T17:00:00Z', null],
  ])('are told by the clocks of their time zone: %s', (_when, moment, window) => {
    expect(windowAt([friday], 'Europe/Berlin', new Date(moment))).toBe(window);
  });

  it.each([
    ['in the evening', '2026-11-20T22:30:00Z', night],
    ['in the morning after', '2026-11-21T05:59:00Z', night],
    ['when the morning is over', '2026-11-21T06:00:00Z', null],
    ['in the morning before', '2026-11-20T05:00:00Z', null],
    ['in the evening after', '2026-11-21T22:30:00Z', null],
  ])('go on past midnight when they end before they begin: %s', (_when, moment, window) => {
    expect(windowAt([night], 'UTC', new Date(moment))).toBe(window);
  });

  it('follow the clocks when these are put back', () => {
    const summer = new Date('2026-07-03T14:00:00Z');
    const winter = new Date('2026-11-20T14:00:00Z');
    expect(windowAt([friday], 'Europe/Berlin', summer)).toBe(friday);
    expect(windowAt([friday], 'Europe/Berlin', winter)).toBe(null);
  });
});
