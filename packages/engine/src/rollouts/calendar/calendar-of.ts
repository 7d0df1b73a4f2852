import { nextOpenAt, type OpenHours } from './next-open.js';

/** What the calendar needs to know of a stage. */
export interface PlannedStage {
  /** Milliseconds for which it is held; null: nothing is waited for. */
  held: number | null;
}

export interface PlannedLeg {
  environment: string;
  hours: OpenHours;
  stages: readonly PlannedStage[];
}

/** The earliest moments of one stage. */
export interface CalendarEntry {
  environment: string;
  stage: number;
  begins: Date;
  passes: Date;
}

/**
 * When each stage begins and passes at the earliest: if the servers watch all the time and nothing else is waited for. It ends before the
 * first stage that can never begin.
 */
export function calendarOf(legs: readonly PlannedLeg[], startAt: Date): CalendarEntry[] {
  const entries: CalendarEntry[] = [];
  let at = startAt;
  for (const { environment, hours, stages } of legs) {
    for (const [stage, { held }] of stages.entries()) {
      const begins = nextOpenAt(hours, at);
      if (begins === null) return entries;
      const passes = new Date(begins.getTime() + (held ?? 0));
      entries.push({ environment, stage, begins, passes });
      at = passes;
    }
  }
  return entries;
}
