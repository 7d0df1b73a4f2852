import { Injectable } from '@nestjs/common';
import type { Evaluation, EvaluationContext, Reason, Snapshot } from '@flagtree/engine';
import { MetricsRegistry, type Sample } from '../../platform/metrics/metrics-registry.js';
import { EvaluationTelemetry } from '../../platform/telemetry/evaluation-telemetry.js';

const REASONS: readonly Reason[] = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR'];

/** How many evaluations had which reason, in places by `placeOf`: what is counted for each flag is found by number, not by name. */
export type ReasonTally = number[];

export const emptyTally = (): ReasonTally => REASONS.map(() => 0);

export const reasonIndex = (reason: Reason): number => REASONS.indexOf(reason);

/**
 * What was evaluated, counted for `/metrics` and told to OpenTelemetry where a collector is set. On the hot path: one look-up and one
 * increment. What a bulk answer evaluates is only counted: it goes to a provider, which tells its own telemetry what is really used.
 */
@Injectable()
export class EvaluationObserver {
  /** By environment. */
  private readonly tallies = new Map<string, ReasonTally>();

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
    count(this.tallyOf(snapshot.environment), reasonIndex(evaluation.reason), 1);
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

  many(environment: string, tally: ReasonTally): void {
    const total = this.tallyOf(environment);
    for (let place = 0; place < tally.length; place++) count(total, place, tally[place] as number);
  }

  private tallyOf(environment: string): ReasonTally {
    let tally = this.tallies.get(environment);
    if (tally === undefined) this.tallies.set(environment, (tally = emptyTally()));
    return tally;
  }

  private samples(): Sample<'environment' | 'reason'>[] {
    return [...this.tallies].flatMap(([environment, tally]) =>
      REASONS.map((reason, place) => ({
        labels: { environment, reason: reason.toLowerCase() },
        value: tally[place] ?? 0,
      })).filter(({ value }) => value > 0),
    );
  }
}

export function count(tally: ReasonTally, place: number, more: number): void {
  tally[place] = (tally[place] as number) + more;
}
