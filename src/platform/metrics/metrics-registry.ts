import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SeriesHistogram } from './series-histogram.js';

export type MetricName = `flagtree_${string}`;

export interface Sample<L extends string> {
  labels: Record<L, string>;
  value: number;
}

/** What is read when somebody scrapes: for what is counted elsewhere, or costs too much to count as it happens. */
export type Read<L extends string> = () => Iterable<Sample<L>>;

/**
 * All metrics of this process. Each part registers its own when it is built, once; names and units follow Prometheus' conventions
 * (`_total`, `_seconds`, `_bytes`). Labels must have few values: an environment, a reason, a cause; never a user or an id, and a flag only where a
 * setting asks for it and the number of series has a limit.
 */
@Injectable()
export class MetricsRegistry {
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  private readonly registry = new Registry();

  constructor() {
    // under the names that dashboards for Node look for
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(name: MetricName, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<L extends string = never>(name: MetricName, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** `buckets` are upper bounds, in the unit of the name. */
  histogram<L extends string = never>(
    name: MetricName,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  /** A histogram for hot paths: see `SeriesHistogram`. */
  seriesHistogram<L extends string>(
    name: MetricName,
    help: string,
    buckets: number[],
    labelNames: readonly L[],
  ): SeriesHistogram<L> {
    const histogram = new SeriesHistogram({ name, help, labelNames, buckets });
    this.registry.registerMetric(histogram);
    return histogram;
  }

  /** A counter whose totals are kept elsewhere. */
  readCounter<L extends string>(name: MetricName, help: string, labelNames: readonly L[], read: Read<L>): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { labels, value } of read()) this.inc(labels, value);
      },
    });
  }

  readGauge<L extends string>(name: MetricName, help: string, labelNames: readonly L[], read: Read<L>): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { labels, value } of read()) this.set(labels, value);
      },
    });
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
