import { Injectable } from '@nestjs/common';
import { MetricsRegistry } from '../platform/metrics/metrics-registry.js';
import type { ShedCause } from './admission.js';

/** What is counted of event streams. */
@Injectable()
export class StreamMetrics {
  private readonly sheds;
  private readonly ends;
  private readonly counts: (() => number)[] = [];

  constructor(registry: MetricsRegistry) {
    this.sheds = registry.counter('flagtree_stream_sheds_total', 'Event streams that were refused, by cause.', ['cause']);
    this.ends = registry.counter('flagtree_stream_ends_total', 'Event streams that the server ended, by cause.', ['cause']);
    registry.readGauge('flagtree_streams', 'Event streams that are open.', [], () => [
      { labels: {}, value: this.counts.reduce((sum, open) => sum + open(), 0) },
    ]);
  }

  /** Each kind of streams tells how many it has. */
  countOpen(open: () => number): void {
    this.counts.push(open);
  }

  shed(cause: ShedCause): void {
    this.sheds.inc({ cause });
  }

  ended(cause: 'slow' | 'stopping' | 'not-permitted'): void {
    this.ends.inc({ cause });
  }
}
