import { Inject, Injectable } from '@nestjs/common';
import type { Evaluation, EvaluationContext, Snapshot } from '@flagtree/engine';
import { CONFIG, type Config, isDebug } from '../../platform/config/config.js';
import { MetricsRegistry, type Sample } from '../../platform/metrics/metrics-registry.js';
import { EvaluationTelemetry } from '../../platform/telemetry/evaluation-telemetry.js';
import { type AskingRequest, EvaluationLog } from './evaluation-log.js';
import { FlagCounts } from './flag-counts.js';
import { count, countedReasons, emptyTally, reasonIndex, type ReasonTally, tallyOf } from './reason-tally.js';

/**
 * What was evaluated, counted for `/metrics`, logged where the level is debug, and told to OpenTelemetry where a collector is set. On the hot
 * path: one look-up and one increment. What a bulk answer evaluates is not told: it goes to a provider, which tells its own telemetry what
 * is really used.
 */
@Injectable()
export class EvaluationObserver {
  /** By environment. */
  private readonly tallies = new Map<string, ReasonTally>();
  /** Null: nobody wants to know. */
  private readonly flagCounts: FlagCounts | null;
  private readonly log: EvaluationLog | null;

  constructor(
    metrics: MetricsRegistry,
    private readonly telemetry: EvaluationTelemetry,
    @Inject(CONFIG) config: Config,
  ) {
    metrics.readCounter(
      'flagtree_evaluations_total',
      'Flags that were evaluated, by environment and reason.',
      ['environment', 'reason'],
      () => this.samples(),
    );
    this.flagCounts = config.metricsOfFlags && config.metrics !== 'off' ? new FlagCounts(metrics) : null;
    this.log = isDebug(config.log.level) ? new EvaluationLog() : null;
  }

  /** A flag that a caller has named. */
  one(asked: AskingRequest, snapshot: Snapshot, key: string, context: EvaluationContext, evaluation: Evaluation): void {
    count(this.totalOf(snapshot.environment), reasonIndex(evaluation.reason), 1);
    if (this.flagCounts !== null) this.flagCounts.one(snapshot, key, evaluation);
    if (this.log !== null) this.log.one(asked, snapshot, key, evaluation);
    if (this.telemetry.isOn) this.tell(snapshot, key, context, evaluation);
  }

  /** All flags of the snapshot, in the order of the keys, for a provider. `tally` counts their reasons. */
  all(asked: AskingRequest, snapshot: Snapshot, evaluations: readonly Evaluation[], tally: ReasonTally): void {
    const total = this.totalOf(snapshot.environment);
    for (let place = 0; place < tally.length; place++) count(total, place, tally[place] as number);
    if (this.flagCounts !== null) this.flagCounts.all(snapshot, evaluations);
    if (this.log !== null) this.log.all(asked, snapshot, tally);
  }

  /** The same for a caller who is no provider, and so has no telemetry of its own. */
  allTold(asked: AskingRequest, snapshot: Snapshot, context: EvaluationContext, evaluations: readonly Evaluation[]): void {
    this.all(asked, snapshot, evaluations, tallyOf(evaluations));
    if (!this.telemetry.isOn) return;
    let place = 0;
    for (const key of snapshot.flags.keys()) this.tell(snapshot, key, context, evaluations[place++] as Evaluation);
  }

  private tell({ environment, revision }: Snapshot, key: string, context: EvaluationContext, evaluation: Evaluation): void {
    this.telemetry.tell({ key, evaluation, environment, revision, targetingKey: context.targetingKey });
  }

  private totalOf(environment: string): ReasonTally {
    let tally = this.tallies.get(environment);
    if (tally === undefined) this.tallies.set(environment, (tally = emptyTally()));
    return tally;
  }

  private samples(): Sample<'environment' | 'reason'>[] {
    return [...this.tallies].flatMap(([environment, tally]) =>
      countedReasons(tally).map(([reason, value]) => ({ labels: { environment, reason }, value })),
    );
  }
}
