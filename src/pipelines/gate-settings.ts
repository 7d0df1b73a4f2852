import { type Defect, isPlainObject, pointerTo } from '@flagtree/engine';
import { WEEKDAYS, type Weekday, type WeekWindow } from '@flagtree/engine/rollouts';

/** What a pipeline asks for at the entry into an environment, besides what every promotion must meet. */
export type GateSetting =
  /** The flag has not changed in the source for so long. */
  | { gate: 'soak'; minutes: number }
  /** Nothing is promoted in these hours of the time zone. */
  | { gate: 'frozen-hours'; timeZone: string; windows: WeekWindow[] }
  /** The promotion says why. */
  | { gate: 'reason' }
  /** The flag has at least one saved check that holds in the environment. */
  | { gate: 'has-checks' };

const DEFECTS: Record<GateSetting['gate'], (gate: Record<string, unknown>) => string | null> = {
  soak: ({ minutes }) =>
    typeof minutes === 'number' && Number.isFinite(minutes) && minutes >= 0 && minutes <= 525_600
      ? null
      : '"minutes" is a number from 0 to 525600',
  'frozen-hours': frozenHoursDefect,
  reason: () => null,
  'has-checks': () => null,
};

const MEMBERS: Record<GateSetting['gate'], readonly string[]> = {
  soak: ['gate', 'minutes'],
  'frozen-hours': ['gate', 'timeZone', 'windows'],
  reason: ['gate'],
  'has-checks': ['gate'],
};

/** What is wrong with the steps of a pipeline; pointers are into the list. */
export function validateSteps(steps: unknown): Defect[] {
  if (!Array.isArray(steps) || steps.length < 2 || steps.length > 50) {
    return [{ pointer: '', code: 'invalid-steps', detail: 'A pipeline has 2 to 50 steps: [{ "environment", "gates"? }].' }];
  }
  const seen = new Set<unknown>();
  return steps.flatMap((step: unknown, index) => {
    const at = `/${String(index)}`;
    if (!isPlainObject(step)) return [{ pointer: at, code: 'wrong-type', detail: 'A step is an object with an "environment".' }];
    const defects = strangers(step, ['environment', 'gates'], at);
    const { environment, gates = [] } = step;
    if (typeof environment !== 'string')
      defects.push({ pointer: `${at}/environment`, code: 'required', detail: 'Name the environment.' });
    else if (seen.has(environment))
      defects.push({ pointer: `${at}/environment`, code: 'duplicate', detail: `"${environment}" is a step already.` });
    seen.add(environment);
    if (!Array.isArray(gates) || gates.length > 20)
      return [...defects, { pointer: `${at}/gates`, code: 'wrong-type', detail: 'Gates are a list of at most 20.' }];
    return [...defects, ...gates.flatMap((gate: unknown, place) => gateDefects(gate, `${at}/gates/${String(place)}`))];
  });
}

/** What is wrong with one gate: it was written by hand, or by a server that knows more. */
export function gateDefects(gate: unknown, pointer: string): Defect[] {
  const name = isPlainObject(gate) ? gate['gate'] : undefined;
  if (!isPlainObject(gate) || typeof name !== 'string' || !Object.hasOwn(DEFECTS, name)) {
    return [{ pointer, code: 'unknown-gate', detail: `"gate" is one of ${Object.keys(DEFECTS).join(', ')}.` }];
  }
  const detail = DEFECTS[name as GateSetting['gate']](gate);
  return [
    ...strangers(gate, MEMBERS[name as GateSetting['gate']], pointer),
    ...(detail === null ? [] : [{ pointer, code: 'invalid-gate', detail: `${detail}.` }]),
  ];
}

function frozenHoursDefect({ timeZone, windows }: Record<string, unknown>): string | null {
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) return '"timeZone" is an IANA name, such as Europe/Berlin';
  const sound = Array.isArray(windows) && windows.length > 0 && windows.length <= 50 && windows.every(isWindow);
  return sound ? null : `"windows" is a list of { "days": [${WEEKDAYS.join(', ')}], "from": "HH:MM", "to": "HH:MM" }`;
}

function isWindow(window: unknown): boolean {
  if (!isPlainObject(window) || Object.keys(window).some((name) => !['days', 'from', 'to'].includes(name))) return false;
  const { days, from, to } = window;
  const isTime = (time: unknown, last: string) =>
    typeof time === 'string' && (/^([01]\d|2[0-3]):[0-5]\d$/.test(time) || time === last);
  return (
    Array.isArray(days) &&
    days.length > 0 &&
    days.every((day) => WEEKDAYS.includes(day as Weekday)) &&
    isTime(from, '') &&
    isTime(to, '24:00') &&
    from !== to
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function strangers(value: Record<string, unknown>, known: readonly string[], pointer: string): Defect[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      pointer: pointerTo(pointer, name),
      code: 'unknown-property',
      detail: `There is no property "${name}" here.`,
    }));
}
