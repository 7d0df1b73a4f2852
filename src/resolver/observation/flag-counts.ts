import type { Evaluation, Snapshot } from '@flagtree/engine';
import type { MetricsRegistry, Sample } from '../../platform/metrics/metrics-registry.js';

const LABELS = ['environment', 'flag', 'variant'] as const;

/** Of all environments together: what comes later is counted as one more flag of its environment. */
const SERIES_LIMIT = 10_000;

/** No flag has this key. */
const OVERFLOW = '_other';

type FlagSeries = Sample<(typeof LABELS)[number]>;

/**
 * Evaluations by environment, flag and variant. `variant` is empty where there is none: for an error, and where the caller's own default
 * applies. A key that names no flag is not counted, since callers could make up any number of them.
 */
export class FlagCounts {
  private readonly series: FlagSeries[] = [];
  private readonly environments = new Map<string, EnvironmentCounters>();
  /** The counters of a snapshot's flags, in the order of the keys. */
  private readonly bulks = new WeakMap<Snapshot, FlagCounter[]>();

  constructor(
    metrics: MetricsRegistry,
    private readonly limit = SERIES_LIMIT,
  ) {
    metrics.readCounter(
      'flagtree_flag_evaluations_total',
      'Flags that were evaluated, by environment, flag and variant.',
      LABELS,
      () => this.series,
    );
  }

  one({ environment, flags }: Snapshot, key: string, evaluation: Evaluation): void {
    if (flags.has(key)) this.countersOf(environment).of(key).count(evaluation);
  }

  /** What every flag of the snapshot answered, in the order of the keys. */
  all(snapshot: Snapshot, evaluations: readonly Evaluation[]): void {
    const counters = this.bulkOf(snapshot);
    for (let i = 0; i < counters.length; i++) (counters[i] as FlagCounter).count(evaluations[i] as Evaluation);
  }

  private bulkOf(snapshot: Snapshot): FlagCounter[] {
    let bulk = this.bulks.get(snapshot);
    if (bulk === undefined) {
      const counters = this.countersOf(snapshot.environment);
      bulk = Array.from(snapshot.flags.keys(), (key) => counters.of(key));
      this.bulks.set(snapshot, bulk);
    }
    return bulk;
  }

  private countersOf(environment: string): EnvironmentCounters {
    let counters = this.environments.get(environment);
    if (counters === undefined) {
      counters = new EnvironmentCounters((flag, variant) => this.open({ environment, flag, variant }));
      this.environments.set(environment, counters);
    }
    return counters;
  }

  /** Null: there is no room for more. An environment has the series of its others in any case, so that none is lost. */
  private open(labels: FlagSeries['labels']): FlagSeries | null {
    if (this.series.length >= this.limit && labels.flag !== OVERFLOW) return null;
    const series = { labels, value: 0 };
    this.series.push(series);
    return series;
  }
}

class EnvironmentCounters {
  private readonly flags = new Map<string, FlagCounter>();
  private others: FlagSeries | undefined;

  constructor(private readonly open: (flag: string, variant: string) => FlagSeries | null) {}

  of(key: string): FlagCounter {
    let counter = this.flags.get(key);
    if (counter === undefined) {
      counter = new FlagCounter((variant) => this.open(key, variant) ?? this.overflow());
      this.flags.set(key, counter);
    }
    return counter;
  }

  private overflow(): FlagSeries {
    return (this.others ??= this.open(OVERFLOW, '') as FlagSeries);
  }
}

/** A flag mostly answers what it answered before, with the same object: then nothing is looked up. */
class FlagCounter {
  private readonly variants = new Map<string, FlagSeries>();
  private last: Evaluation | undefined;
  private lastSeries: FlagSeries | undefined;

  constructor(private readonly open: (variant: string) => FlagSeries) {}

  count(evaluation: Evaluation): void {
    if (evaluation !== this.last || this.lastSeries === undefined) {
      this.last = evaluation;
      this.lastSeries = this.seriesOf((evaluation.ok ? evaluation.variant : undefined) ?? '');
    }
    this.lastSeries.value++;
  }

  private seriesOf(variant: string): FlagSeries {
    let series = this.variants.get(variant);
    if (series === undefined) this.variants.set(variant, (series = this.open(variant)));
    return series;
  }
}
