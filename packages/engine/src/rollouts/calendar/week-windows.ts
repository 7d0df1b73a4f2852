export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** From `from` until before `to` (HH:MM) on each of the days; a window that ends before it begins ends on the next day. */
export interface WeekWindow {
  days: Weekday[];
  from: string;
  to: string;
}

/** Day and time of day (HH:MM) by the clocks of a time zone. */
export interface WallClock {
  day: Weekday;
  time: string;
}

/** The window in which this moment lies, by the clocks of the time zone; null when there is none. */
export function windowAt(windows: readonly WeekWindow[], timeZone: string, moment: Date): WeekWindow | null {
  const clock = wallClock(moment, timeZone);
  return windows.find((window) => holds(window, clock)) ?? null;
}

/** An IANA name that is not known is a RangeError. */
export function wallClock(moment: Date, timeZone: string): WallClock {
  const parts = clockOf(timeZone).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return { day: part('weekday').toLowerCase() as Weekday, time: `${part('hour')}:${part('minute')}` };
}

function holds({ days, from, to }: WeekWindow, { day, time }: WallClock): boolean {
  if (from < to) return days.includes(day) && from <= time && time < to;
  const dayBefore = WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7] as Weekday;
  return (days.includes(day) && from <= time) || (days.includes(dayBefore) && time < to);
}

/** Making one takes longer than asking it a hundred times. */
const clocks = new Map<string, Intl.DateTimeFormat>();
const MOST_CLOCKS = 100;

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (clocks.size >= MOST_CLOCKS) clocks.clear();
  clocks.set(timeZone, clock);
  return clock;
}
