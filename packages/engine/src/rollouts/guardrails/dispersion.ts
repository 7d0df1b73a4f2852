import { dispersionBound } from './mixture.js';
import type { Totals } from './reading.js';

/** Sums of the exposures and failures of one arm, by cell. */
export interface CellTotals {
  exposures: number[];
  failures: number[];
}

/** Both arms over some time within one stage. */
export interface CountedSpan {
  stage: number;
  exposures: Totals;
  failures: Totals;
}

/** Fewer degrees of freedom say nothing about how failures cluster: the first lumps would look like single failures. */
const FEWEST_DEGREES = 4;

/**
 * How many failures come together: 1 when each comes alone, never less. By cells it is the Pearson dispersion around the rate of each
 * arm, over everything since the beginning, so that a user who fails all day is one lump. It is an upper bound (80 %), because an
 * estimate that is too small raises false alarms. Null: too little was seen to tell.
 */
export function dispersionOverCells(arms: readonly CellTotals[]): number | null {
  let squares = 0;
  let degrees = 0;
  for (const { exposures, failures } of arms) {
    const users = exposures.reduce((total, count) => total + count, 0);
    const rate = failures.reduce((total, count) => total + count, 0) / users;
    if (!(rate > 0)) continue;
    let cells = 0;
    exposures.forEach((count, cell) => {
      if (count === 0) return;
      squares += ((failures[cell] ?? 0) - count * rate) ** 2 / (count * rate);
      cells += 1;
    });
    degrees += Math.max(0, cells - 1);
  }
  return bounded(squares, degrees);
}

/**
 * The same over spans of time, around the ratio of rates that fits all of them best: for counts without cells. It cannot see a user
 * who fails all day.
 */
export function dispersionOverSpans(spans: readonly CountedSpan[], ratio: number): number | null {
  let squares = 0;
  let degrees = -1;
  for (const { exposures, failures } of spans) {
    const all = failures.treatment + failures.control;
    const share = (ratio * exposures.treatment) / (ratio * exposures.treatment + exposures.control);
    const variance = all * share * (1 - share);
    if (!(variance > 0)) continue;
    squares += (failures.treatment - all * share) ** 2 / variance;
    degrees += 1;
  }
  return bounded(squares, degrees);
}

function bounded(squares: number, degrees: number): number | null {
  return degrees < FEWEST_DEGREES ? null : Math.max(1, (squares / degrees) * dispersionBound(degrees));
}
