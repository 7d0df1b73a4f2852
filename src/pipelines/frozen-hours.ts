import { type FrozenWindow, WEEKDAYS, type Weekday } from './gate-settings.js';

/** The window in which this moment lies, by the clocks of the time zone; null when there is none. */
export function frozenWindowAt(windows: readonly FrozenWindow[], timeZone: string, moment: Date): FrozenWindow | null {
  const { day, time } = wallClock(moment, timeZone);
  const dayBefore = WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7] as Weekday;
  const holds = ({ days, from, to }: FrozenWindow) => {
    if (from < to) return days.includes(day) && from <= time && time < to;
    return (days.includes(day) && from <= time) || (days.includes(dayBefore) && time < to);
  };
  return windows.find(holds) ?? null;
}

function wallClock(moment: Date, timeZone: string): { day: Weekday; time: string } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return { day: part('weekday').toLowerCase() as Weekday, time: `${part('hour')}:${part('minute')}` };
}
