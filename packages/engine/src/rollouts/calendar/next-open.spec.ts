import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarOf } from './calendar-of.js';
import { isOpen, nextOpenAt, type OpenHours, type ZonedWindows } from './next-open.js';
import { WEEKDAYS, type WeekWindow } from './week-windows.js';
import { runs } from '../../testing/runs.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALWAYS: OpenHours = { open: [], frozen: [] };

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const window: fc.Arbitrary<WeekWindow> = fc
  .record({ days: fc.subarray([...WEEKDAYS], { minLength: 1 }), from: time, to: fc.oneof(time, fc.constant('24:00')) })
  .filter(({ from, to }) => from !== to);
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const zoned: fc.Arbitrary<ZonedWindows> = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  windows: fc.array(window, { minLength: 1, maxLength: 3 }),
});
const hours: fc.Arbitrary<OpenHours> = fc.record({
  open: fc.array(zoned, { minLength: 1, maxLength: 2 }),
  frozen: fc.array(zoned, { maxLength: 1 }),
});
/** Around the days on which clocks change in Europe, America and on Lord Howe Island, and anywhere in the year. */
const changes = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'].map((day) =>
  Date.parse(day),
);
const moment = fc.oneof(
  fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -48 * HOUR, max: 48 * HOUR })).map(([day, off]) => new Date(day + off)),
  fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
);

/** Minute by minute, for a week and a day. */
function byMinutes(all: OpenHours, from: Date): Date | null {
  if (isOpen(all, from)) return from;
  let at = (Math.floor(from.getTime() / MINUTE) + 1) * MINUTE;
  for (const end = at + 8 * 24 * HOUR; at < end; at += MINUTE) if (isOpen(all, new Date(at))) return new Date(at);
  return null;
}

describe('the next moment at which a stage may begin', () => {
  it('is the first open one of all minutes, in every time zone, also when the clocks change', () => {
    fc.assert(
      fc.property(hours, moment, (all, from) => {
        const found = nextOpenAt(all, from);
        const expected = byMinutes(all, from);
        if (expected === null) expect(found === null || found.getTime() - from.getTime() > 8 * 24 * HOUR - HOUR).toBe(true);
        else expect(found).toEqual(expected);
      }),
      { numRuns: runs(60, 3_000) },
    );
  });

  it('is none where what is open is frozen, too', () => {
    const all: ZonedWindows = { timeZone: 'UTC', windows: [{ days: ['monday'], from: '09:00', to: '17:00' }] };
    expect(nextOpenAt({ open: [all], frozen: [all] }, new Date('2026-11-28T00:00:00Z'))).toBe(null);
  });

  it('is at once where nothing is said', () => {
    const now = new Date('2026-11-28T13:37:42.123Z');
    expect(nextOpenAt(ALWAYS, now)).toEqual(now);
  });
});

describe('the calendar of a rollout', () => {
  const work: OpenHours = {
    open: [
      {
        timeZone: 'Europe/Berlin',
        windows: [{ days: ['monday', 'tuesday', 'wednesday', 'thursday'], from: '09:00', to: '16:00' }],
      },
    ],
    frozen: [],
  };
  const stages = [2, 4, 24].map((held) => ({ held: held * HOUR }));

  it('has each stage at the earliest moment after the one before, through the night in which clocks are put back', () => {
    const legs = [
      { environment: 'staging', hours: ALWAYS, stages: [{ held: null }] },
      { environment: 'production', hours: work, stages },
    ];
    const begins = calendarOf(legs, new Date('2026-10-22T11:00:00Z')).map((entry) => entry.begins.toISOString().slice(0, 16));
    expect(begins).toEqual(['2026-10-22T11:00', '2026-10-22T11:00', '2026-10-22T13:00', '2026-10-26T08:00']);
  });

  it('ends before a stage that can never begin', () => {
    const never: OpenHours = { open: work.open, frozen: work.open };
    const legs = [
      { environment: 'staging', hours: ALWAYS, stages },
      { environment: 'production', hours: never, stages },
    ];
    expect(calendarOf(legs, new Date('2026-10-22T11:00:00Z')).map(({ environment, stage }) => [environment, stage])).toEqual([
      ['staging', 0],
      ['staging', 1],
      ['staging', 2],
    ]);
  });
});
