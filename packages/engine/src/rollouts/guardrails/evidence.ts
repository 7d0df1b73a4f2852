import { dispersionOverCells, dispersionOverSpans, type CellTotals, type CountedSpan } from './dispersion.js';
import { logLikelihoodRatio, logMeanExp } from './mixture.js';
import { isReading, sum, type ArmCounts, type GuardrailReading, type Totals } from './reading.js';

/** What a comparison of two arms is asked for. */
export interface ArmComparison {
  /** `more`: failures, slow requests. `fewer`: sales, logins. */
  worse: 'more' | 'fewer';
  /** Times by which the rate of the treatment may be worse than that of the control; 1 or more. */
  tolerate: { ratio: number; difference: number };
  /** Most probability of a false alarm of a whole rollout, however often one looks. */
  alpha: number;
  /** How many comparisons the rollout has: they share `alpha`. */
  comparisons: number;
}

export interface Evidence {
  /** Natural logarithm of the evidence against "no worse than tolerated"; 0 before anything is known. */
  log: number;
  /** The logarithm from which on it is an alarm. */
  alarmAt: number;
  /** The evidence is enough, the difference is worth it, enough failures were seen, and it is known how they come together. */
  alarm: boolean;
  /** How many failures come together; null while too little was seen to tell, and then they are taken as single. */
  dispersion: number | null;
  exposures: Totals;
  failures: Totals;
  /** Rate of the treatment by that of the control, bucket by bucket; null without failures of the control. */
  ratio: number | null;
  /** Rate of the treatment less that of the control, bucket by bucket; null before both arms were seen. */
  difference: number | null;
  /** One cell has more than half of the failures of an arm: perhaps it is one client. */
  concentrated: boolean;
}

/** Effects that the mixture looks for, each with the same weight. */
export const EFFECTS = [1.2, 1.4, 1.7, 2, 2.5, 3, 4, 6, 10, 20, 50, 200] as const;

/** Lumps of failures of the treatment (of the control where fewer is worse): fewer never raise an alarm. */
export const FEWEST_FAILURES = 5;

/** Failures of both arms in a span of time by which dispersion is measured without cells. */
const SPAN_FAILURES = 5;

/** Evidence of all readings. It depends on nothing else: any server, at any time, gets the same. */
export function evidence(readings: readonly GuardrailReading[], comparison: ArmComparison): Evidence {
  const gathered = new GatheredEvidence(comparison);
  for (const reading of readings) gathered.add(reading);
  return gathered.evidence();
}

/**
 * The evidence after each reading, without going through all of them again.
 *
 * A mixture of likelihood ratios over the failures, given the share of the exposures that the treatment had in each bucket. Under the null
 * hypothesis it is a supermartingale that begins at 1, so that it reaches 1/α with a probability of at most α at any time: one may look
 * after every bucket. Each bucket is judged by its own share, so neither the stages nor the hour of the day bias it.
 */
export class GatheredEvidence {
  private readonly logs = EFFECTS.map(() => 0);
  private readonly exposures: Totals = { treatment: 0, control: 0 };
  private readonly failures: Totals = { treatment: 0, control: 0 };
  private readonly cells = { treatment: noCells(), control: noCells() };
  private readonly spans: CountedSpan[] = [];
  /** Mantel and Haenszel's sums. */
  private readonly weighed = { treatment: 0, control: 0, exposures: 0 };

  constructor(private readonly comparison: ArmComparison) {}

  add(reading: GuardrailReading): void {
    if (!reading.settled || !isReading(reading)) return;
    const exposures = { treatment: sum(reading.treatment.exposures), control: sum(reading.control.exposures) };
    // With one arm alone there is nothing to compare.
    if (exposures.treatment === 0 || exposures.control === 0) return;
    const failures = { treatment: sum(reading.treatment.failures), control: sum(reading.control.failures) };
    const { treatment, control } = exposures;
    const all = failures.treatment + failures.control;
    const bound = this.bound();
    const share = (bound * treatment) / (bound * treatment + control);
    EFFECTS.forEach((effect, index) => {
      const factor = this.comparison.worse === 'more' ? effect : 1 / effect;
      this.logs[index] = (this.logs[index] as number) + logLikelihoodRatio(failures.treatment, all, share, factor);
    });
    for (const arm of ['treatment', 'control'] as const) {
      this.exposures[arm] += exposures[arm];
      this.failures[arm] += failures[arm];
      addCells(this.cells[arm], reading[arm]);
    }
    this.weighed.treatment += (failures.treatment * control) / (treatment + control);
    this.weighed.control += (failures.control * treatment) / (treatment + control);
    this.weighed.exposures += (treatment * control) / (treatment + control);
    this.addSpan({ stage: reading.stage, exposures, failures });
  }

  evidence(): Evidence {
    const { alpha, comparisons, tolerate, worse } = this.comparison;
    const dispersion = this.dispersion();
    const together = dispersion ?? 1;
    const log = logMeanExp(this.logs.map((one) => one / together));
    const alarmAt = Math.log(comparisons / alpha);
    const { treatment, control, exposures } = this.weighed;
    const difference = exposures > 0 ? (treatment - control) / exposures : null;
    const harm = (worse === 'more' ? 1 : -1) * (difference ?? 0);
    // Where fewer is worse, what is missing shows in the control.
    const seen = this.failures[worse === 'more' ? 'treatment' : 'control'] / together;
    return {
      log,
      alarmAt,
      alarm: dispersion !== null && log >= alarmAt && harm >= tolerate.difference && seen >= FEWEST_FAILURES,
      dispersion,
      exposures: { ...this.exposures },
      failures: { ...this.failures },
      ratio: control > 0 ? treatment / control : null,
      difference,
      concentrated: [this.cells.treatment, this.cells.control].some(isConcentrated),
    };
  }

  /** Ratio of the rates at the edge of what is tolerated. */
  private bound(): number {
    const { worse, tolerate } = this.comparison;
    return worse === 'more' ? tolerate.ratio : 1 / tolerate.ratio;
  }

  private dispersion(): number | null {
    if (this.cells.treatment.exposures.length > 1) return dispersionOverCells([this.cells.treatment, this.cells.control]);
    // Half a failure more on both sides: the ratio is finite where one arm has none.
    return dispersionOverSpans(this.spans, (this.weighed.treatment + 0.5) / (this.weighed.control + 0.5));
  }

  private addSpan(span: CountedSpan): void {
    const last = this.spans.at(-1);
    if (last === undefined || last.stage !== span.stage || last.failures.treatment + last.failures.control >= SPAN_FAILURES) {
      this.spans.push(span);
      return;
    }
    for (const arm of ['treatment', 'control'] as const) {
      last.exposures[arm] += span.exposures[arm];
      last.failures[arm] += span.failures[arm];
    }
  }
}

function noCells(): CellTotals {
  return { exposures: [], failures: [] };
}

function addCells(totals: CellTotals, counts: ArmCounts): void {
  counts.exposures.forEach((count, cell) => {
    totals.exposures[cell] = (totals.exposures[cell] ?? 0) + count;
    totals.failures[cell] = (totals.failures[cell] ?? 0) + (counts.failures[cell] ?? 0);
  });
}

function isConcentrated({ failures }: CellTotals): boolean {
  const all = sum(failures);
  return failures.length > 1 && all >= FEWEST_FAILURES && Math.max(...failures) > all / 2;
}
