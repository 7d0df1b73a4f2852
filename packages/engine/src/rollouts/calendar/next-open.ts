import { wallClock, windowAt, type WeekWindow } from './week-windows.js';

/** Windows by the clocks of one time zone. */
export interface ZonedWindows {
  timeZone: string;
  windows: WeekWindow[];
}

/** When stages may begin. */
export interface OpenHours {
  /** In any of these; no list: always. */
  open: readonly ZonedWindows[];
  /** But in none of these. */
  frozen: readonly ZonedWindows[];
}

const MINUTE = 60_000;

/** Clocks are put forward and back at whole or half hours of UTC, so a step that ends there cannot jump over such a change. */
const HALF_HOUR = 30 * MINUTE;

/** All windows recur every week; a second one, because a day of a changing clock can swallow a window. */
const FARTHEST = 15 * 24 * 60 * MINUTE;

/** The first moment from this one on at which a stage may begin: itself, or a full minute. Null: there is none. */
export function nextOpenAt(hours: OpenHours, moment: Date): Date | null {
  if (isOpen(hours, moment)) return moment;
  const boundaries = boundariesOf(hours);
  const end = moment.getTime() + FARTHEST;
  let at = moment.getTime();
  while (at < end) {
    at = Math.min(nextHalfHour(at), ...boundaries.map((boundary) => next(boundary, at)));
    const candidate = new Date(at);
    if (isOpen(hours, candidate)) return candidate;
  }
  return null;
}

export function isOpen({ open, frozen }: OpenHours, moment: Date): boolean {
  const within = ({ timeZone, windows }: ZonedWindows) => windowAt(windows, timeZone, moment) !== null;
  return (open.length === 0 || open.some(within)) && !frozen.some(within);
}

/** The times of day at which something may open, for each time zone. */
interface Boundaries {
  timeZone: string;
  minutes: number[];
}

function boundariesOf({ open, frozen }: OpenHours): Boundaries[] {
  const of = (all: readonly ZonedWindows[], edge: 'from' | 'to') =>
    all.map(({ timeZone, windows }) => ({ timeZone, minutes: windows.map((window) => minuteOf(window[edge])) }));
  return [...of(open, 'from'), ...of(frozen, 'to')];
}

/** The next moment at which the clocks, if they go on as they do, show one of the times. */
function next({ timeZone, minutes }: Boundaries, at: number): number {
  const full = Math.floor(at / MINUTE) * MINUTE;
  const now = minuteOf(wallClock(new Date(full), timeZone).time);
  const ahead = minutes.map((minute) => (minute - now + 1440) % 1440 || 1440);
  return full + Math.min(...ahead) * MINUTE;
}

function nextHalfHour(at: number): number {
  return (Math.floor(at / HALF_HOUR) + 1) * HALF_HOUR;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
