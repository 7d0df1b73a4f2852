import { dispersionBound, logLikelihoodRatio, logMeanExp } from './mixture.js';
import { isReading, sum, type GuardrailReading } from './reading.js';

/** Distortions of the odds that are looked for, in both directions. */
const DISTORTIONS = [1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2, 4].flatMap((factor) => [factor, 1 / factor]);

/** Probability of a false alarm, however often one looks. */
export const SAMPLE_RATIO_ALPHA = 0.001;

export interface SampleRatio {
  /** Natural logarithm of the evidence that the treatment does not get the share that its stage gives it. */
  log: number;
  alarmAt: number;
  /** The arms are not what the gate dealt: a comparison of them says nothing. */
  alarm: boolean;
  /** How many exposures come together, because the same users come again. */
  dispersion: number;
}

/** `shareOf(stage)`: the share of the treatment in a stage, 0–1. Stages that give everybody or nobody are left out. */
export function sampleRatio(readings: readonly GuardrailReading[], shareOf: (stage: number) => number): SampleRatio {
  const gathered = new GatheredSampleRatio(shareOf);
  for (const reading of readings) gathered.add(reading);
  return gathered.sampleRatio();
}

/** The same after each reading. */
export class GatheredSampleRatio {
  private readonly logs = DISTORTIONS.map(() => 0);
  /** By stage and cell: exposures of the treatment and of both. */
  private readonly cells = new Map<number, { treatment: number; all: number }[]>();

  constructor(private readonly shareOf: (stage: number) => number) {}

  add(reading: GuardrailReading): void {
    const share = this.shareOf(reading.stage);
    if (!reading.settled || !isReading(reading) || !(share > 0 && share < 1)) return;
    const treatment = sum(reading.treatment.exposures);
    const all = treatment + sum(reading.control.exposures);
    DISTORTIONS.forEach((factor, index) => {
      this.logs[index] = (this.logs[index] as number) + logLikelihoodRatio(treatment, all, share, factor);
    });
    const cells = this.cells.get(reading.stage) ?? reading.treatment.exposures.map(() => ({ treatment: 0, all: 0 }));
    this.cells.set(reading.stage, cells);
    cells.forEach((cell, index) => {
      const ours = reading.treatment.exposures[index] ?? 0;
      cell.treatment += ours;
      cell.all += ours + (reading.control.exposures[index] ?? 0);
    });
  }

  sampleRatio(): SampleRatio {
    const dispersion = this.dispersion();
    const log = logMeanExp(this.logs.map((one) => one / dispersion));
    const alarmAt = -Math.log(SAMPLE_RATIO_ALPHA);
    return { log, alarmAt, alarm: log >= alarmAt, dispersion };
  }

  /** Users of a cell are dealt to the arms apart from those of another one, so the spread between cells shows how often the same come. */
  private dispersion(): number {
    let squares = 0;
    let degrees = 0;
    for (const cells of this.cells.values()) {
      const used = cells.filter(({ all }) => all > 0);
      const all = used.reduce((total, cell) => total + cell.all, 0);
      const share = used.reduce((total, { treatment }) => total + treatment, 0) / all;
      if (used.length < 2 || !(share > 0 && share < 1)) continue;
      for (const cell of used) squares += (cell.treatment - cell.all * share) ** 2 / (cell.all * share * (1 - share));
      degrees += used.length - 1;
    }
    return degrees === 0 ? 1 : Math.max(1, (squares / degrees) * dispersionBound(degrees));
  }
}
