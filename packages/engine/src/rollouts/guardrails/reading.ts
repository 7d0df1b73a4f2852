/** What was counted of one arm in one bucket of time: a number for each cell of its users (a hash of the key), or one for all. */
export interface ArmCounts {
  exposures: readonly number[];
  failures: readonly number[];
}

/** One bucket of time of a comparison. A reading is made once and never changed. */
export interface GuardrailReading {
  /** Index of the stage that was in force. */
  stage: number;
  /** False: a stage had just begun. Failures follow exposures with a delay, so such a bucket is shown and does not count. */
  settled: boolean;
  treatment: ArmCounts;
  control: ArmCounts;
}

export interface Totals {
  treatment: number;
  control: number;
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Counts are finite and not negative, and an arm has as many cells of failures as of exposures. Anything else is no reading. */
export function isReading({ treatment, control }: Pick<GuardrailReading, 'treatment' | 'control'>): boolean {
  const cells = treatment.exposures.length;
  const lists = [treatment.exposures, treatment.failures, control.exposures, control.failures];
  return cells > 0 && lists.every((list) => list.length === cells && list.every((count) => Number.isFinite(count) && count >= 0));
}
