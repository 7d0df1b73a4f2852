import { Injectable } from '@nestjs/common';
import type { Snapshot } from '../engine/snapshot.js';
import type { Evaluation, EvaluationContext, Reason } from '../engine/types.js';
import { MetricsRegistry, type Sample } from '../platform/metrics/metrics-registry.js';
import { EvaluationTelemetry } from '../platform/telemetry/evaluation-telemetry.js';

/** How many evaluations had which reason. */
export type Tally = Record<Reason, number>;

export const emptyTally = (): Tally => ({ STATIC: 0, DEFAULT: 0, TARGETING_MATCH: 0, SPLIT: 0, DISABLED: 0, ERROR: 0 });

/**
 * What was evaluated, counted for `/metrics` and told to OpenTelemetry where a collector is set. On the hot path: one look-up and one
 * increment. What a bulk answer evaluates is only counted: it goes to a provider, which tells its own telemetry what is really used.
 */
@Injectable()
export class EvaluationObserver {
  /** By environment. */
  private readonly tallies = new Map<string, Tally>();

  constructor(
    metrics: MetricsRegistry,
    private readonly telemetry: EvaluationTelemetry,
  ) {
    metrics.readCounter(
      'flagtree_evaluations_total',
      'Flags that were evaluated, by environment and reason.',
      ['environment', 'reason'],
      () => this.samples(),
    );
  }

  one(snapshot: Snapshot, key: string, context: EvaluationContext, evaluation: Evaluation): void {
    this.tallyOf(snapshot.environment)[evaluation.reason]++;
    if (this.telemetry.isOn) {
      this.telemetry.tell({
        key,
        evaluation,
        environment: snapshot.environment,
        revision: snapshot.revision,
        targetingKey: context.targetingKey,
      });
    }
  }

  many(environment: string, tally: Tally): void {
    const total = this.tallyOf(environment);
    for (const reason in tally) total[reason as Reason] += tally[reason as Reason];
  }

  private tallyOf(environment: string): Tally {
    let tally = this.tallies.get(environment);
    if (tally === undefined) this.tallies.set(environment, (tally = emptyTally()));
    return tally;
  }

  private samples(): Sample<'environment' | 'reason'>[] {
    return [...this.tallies].flatMap(([environment, tally]) =>
      Object.entries(tally)
        .filter(([, value]) => value > 0)
        .map(([reason, value]) => ({ labels: { environment, reason: reason.toLowerCase() }, value })),
    );
  }
}
