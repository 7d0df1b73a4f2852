import { Injectable } from '@nestjs/common';
import { MetricsRegistry } from '../platform/metrics/metrics-registry.js';
import type { ShedCause } from './admission.js';

/** What is counted of event streams. */
@Injectable()
export class StreamMetrics {
  private readonly sheds;
  private readonly ends;

  constructor(private readonly registry: MetricsRegistry) {
    this.sheds = registry.counter('flagtree_stream_sheds_total', 'Event streams that were refused, by cause.', ['cause']);
    this.ends = registry.counter('flagtree_stream_ends_total', 'Event streams that the server ended, by cause.', ['cause']);
  }

  countOpen(open: () => number): void {
    this.registry.readGauge('flagtree_streams', 'Event streams that are open.', [], () => [{ labels: {}, value: open() }]);
  }

  shed(cause: ShedCause): void {
    this.sheds.inc({ cause });
  }

  ended(cause: 'slow' | 'stopping' | 'not-permitted'): void {
    this.ends.inc({ cause });
  }
}
