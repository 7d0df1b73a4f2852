export {
  type ArmComparison,
  EFFECTS,
  evidence,
  type Evidence,
  FEWEST_FAILURES,
  GatheredEvidence,
} from './guardrails/evidence.js';
export { type ArmCounts, isReading, type GuardrailReading, type Totals } from './guardrails/reading.js';
export { GatheredSampleRatio, SAMPLE_RATIO_ALPHA, sampleRatio, type SampleRatio } from './guardrails/sample-ratio.js';
export { exposuresToSee, LIKELY, sight, type Traffic } from './guardrails/sight.js';
export { type CalendarEntry, calendarOf, type PlannedLeg, type PlannedStage } from './calendar/calendar-of.js';
export { isOpen, nextOpenAt, type OpenHours, type ZonedWindows } from './calendar/next-open.js';
export { WEEKDAYS, type Weekday, type WeekWindow, windowAt } from './calendar/week-windows.js';
export { type Move, movedShare, movesOut } from './stages/moved-share.js';
export {
  decideStage,
  type GuardrailVerdict,
  type OnRegression,
  type StageDecision,
  type StandingStage,
  type StageVerdict,
  type VerdictActions,
  type Wait,
} from './progress/decide-stage.js';
export { elapse, type StageClock } from './progress/elapse.js';
