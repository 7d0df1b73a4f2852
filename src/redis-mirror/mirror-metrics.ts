import { Injectable } from '@nestjs/common';
import { MetricsRegistry } from '../platform/metrics/metrics-registry.js';
import type { WriteOutcome } from './mirror-redis.js';

type RebuildCause = 'empty' | 'behind' | 'other-history';

interface MirrorStanding {
  isConnected: boolean;
  /** Null: not known just now. */
  revision: number | null;
}

/** What is counted of the mirror; nothing where there is none. */
@Injectable()
export class MirrorMetrics {
  private counters: ReturnType<typeof countersOf> | null = null;

  constructor(private readonly registry: MetricsRegistry) {}

  register(standing: () => MirrorStanding): void {
    this.counters = countersOf(this.registry);
    this.registry.readGauge('flagtree_mirror_connected', 'Whether Redis can be reached.', [], () => [
      { labels: {}, value: Number(standing().isConnected) },
    ]);
    this.registry.readGauge(
      'flagtree_mirror_revision',
      'The revision that the mirror holds, as far as this server knows.',
      [],
      () => {
        const { revision } = standing();
        return revision === null ? [] : [{ labels: {}, value: revision }];
      },
    );
  }

  wrote(outcome: WriteOutcome): void {
    this.counters?.writes.inc({ outcome });
  }

  failed(): void {
    this.counters?.writes.inc({ outcome: 'failed' });
  }

  rebuilt(cause: RebuildCause): void {
    this.counters?.rebuilds.inc({ cause });
  }

  repaired(keys: number): void {
    this.counters?.repairs.inc(keys);
  }
}

function countersOf(registry: MetricsRegistry) {
  return {
    writes: registry.counter('flagtree_mirror_writes_total', 'Changes for the mirror, by what became of them.', ['outcome']),
    rebuilds: registry.counter('flagtree_mirror_rebuilds_total', 'Times that the whole mirror was written, by cause.', ['cause']),
    repairs: registry.counter('flagtree_mirror_repairs_total', 'Keys that were not what they should be, and were mended.'),
  };
}
