import { Injectable } from '@nestjs/common';
import { StateStore } from '../../audit/follow/state-store.js';
import type { Entry } from '@flagtree/engine';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { MetricsRegistry } from '../../platform/metrics/metrics-registry.js';
import { SnapshotsService } from './snapshots.service.js';

const PROPAGATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How current the snapshots are, and what in them is broken. */
@Injectable()
export class SnapshotMetrics {
  constructor(metrics: MetricsRegistry, store: StateStore, snapshots: SnapshotsService, clock: DatabaseClock) {
    metrics.readGauge('flagtree_snapshot_revision', 'The revision that this server evaluates with.', [], () => [
      { labels: {}, value: store.state.revision },
    ]);
    metrics.readGauge(
      'flagtree_snapshot_age_seconds',
      'How long this server has not known whether its snapshots are current; 0 while it follows the database.',
      [],
      () => [{ labels: {}, value: store.lagSince === null ? 0 : (Date.now() - store.lagSince.getTime()) / 1_000 }],
    );
    metrics.readGauge('flagtree_clock_skew_seconds', "How far this machine's clock is ahead of the database's.", [], () => [
      { labels: {}, value: clock.skewMs / 1_000 },
    ]);
    metrics.readGauge('flagtree_broken_flags', 'Flags that answer with their last good version or PARSE_ERROR.', [], () => [
      { labels: {}, value: snapshots.brokenFlags.flags },
    ]);
    const rejected = metrics.counter('flagtree_snapshot_rejected_total', 'Rows that could not be compiled when they arrived.', [
      'cause',
    ]);
    const propagation = metrics.histogram(
      'flagtree_propagation_seconds',
      'From a write, by the clock of the database, to its evaluation here.',
      PROPAGATION_BUCKETS,
    );
    let broken = 0;
    store.onChange((_, entries) => {
      const writtenAt = newestWrite(entries);
      if (writtenAt !== null) propagation.observe(Math.max(0, clock.ms() - writtenAt) / 1_000);
      const now = snapshots.brokenFlags.flags;
      if (now > broken) rejected.inc({ cause: 'flag' }, now - broken);
      broken = now;
    });
  }
}

/** When the newest of the rows was written; null when rows were only deleted, or nothing was. */
function newestWrite(entries: readonly Entry[]): number | null {
  const written = entries.at(-1)?.after?.['updated_at'];
  return typeof written === 'string' ? Date.parse(written) : null;
}
