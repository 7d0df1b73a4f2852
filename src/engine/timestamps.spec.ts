import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTimestamp } from './timestamps.js';

describe('parseTimestamp', () => {
  it('reads what Date writes', () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(dates, (date) => expect(parseTimestamp(date.toISOString())).toBe(date.getTime())));
  });

  it.each([
    ['2026-12-01T00:00:00Z', Date.UTC(2026, 11, 1)],
    ['2026-12-01t00:00:00z', Date.UTC(2026, 11, 1)],
    ['2026-12-01T02:30:00+02:30', Date.UTC(2026, 11, 1)],
    ['2026-11-30T19:00:00-05:00', Date.UTC(2026, 11, 1)],
    ['2026-12-01T00:00:00.5Z', Date.UTC(2026, 11, 1) + 500],
    ['2026-12-01T00:00:00.000250Z', Date.UTC(2026, 11, 1) + 0.25],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0001-01-01T00:00:00Z', -62135596800000],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['2016-12-31T18:59:60-05:00', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, moment) => expect(parseTimestamp(text)).toBe(moment));

  it.each([
    '',
    '2026-12-01',
    '2026-12-01T00:00:00',
    '2026-12-01 00:00:00Z',
    '2026-12-01T00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-12-00T00:00:00Z',
    '2026-12-01T24:00:00Z',
    '2026-12-01T00:60:00Z',
    '2026-12-01T00:00:61Z',
    '2026-12-01T12:00:60Z',
    '2026-12-01T00:00:00.Z',
    '2026-12-01T00:00:00+0200',
    '2026-12-01T00:00:00+24:00',
    '2026-12-01T00:00:00+02:60',
    ' 2026-12-01T00:00:00Z',
    '2026-12-01T00:00:00Z\n',
    '12026-12-01T00:00:00Z',
    '1733011200',
  ])('refuses %j', (text) => expect(parseTimestamp(text)).toBeNaN());
});
