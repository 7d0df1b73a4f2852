import type { Exposures } from '../exposures/exposures.js';
import type { Queue } from '../exposures/queue.js';
import type { Counters } from '../reading/counters.js';
import type { Store } from '../snapshot/store.js';
import type { Tallies } from '../sources/tallies.js';
import type { Reason } from '../types/reader.js';
import type { Stats } from '../types/stats.js';

export interface Counted {
  readonly counters: Counters;
  readonly exposures: Exposures;
  readonly queue: Queue;
  readonly store: Store;
  readonly tallies: Tallies;
  readonly listenerErrors: number;
  readonly ageMs: number | null;
}

export function statsOf({ counters, exposures, queue, store, tallies, listenerErrors, ageMs }: Counted): Stats {
  const { document, installs, lastInstallMs } = store;
  return {
    evaluations: byReason(counters),
    fallbacks: Object.fromEntries(counters.fallbacks),
    unknownKeys: [...counters.unknownKeys],
    exposures: { queued: queue.queued, sent: queue.sent, dropped: queue.dropped, deduplicated: exposures.deduplicated },
    fetches: Object.fromEntries(tallies.fetches),
    streams: { opened: tallies.opened, events: tallies.events, ignoredEvents: tallies.ignoredEvents },
    bytesReceived: tallies.bytes,
    installs,
    lastInstallMs,
    flags: document === null ? 0 : Object.keys(document.flags).length,
    defects: counters.defects,
    ageSeconds: ageMs === null ? null : ageMs / 1_000,
    revision: document?.revision ?? null,
    listenerErrors,
  };
}

function byReason(counters: Counters): Record<Reason, number> {
  const tally = { STATIC: 0, DEFAULT: 0, TARGETING_MATCH: 0, SPLIT: 0, DISABLED: 0, ERROR: 0 };
  for (const { reason, count } of counters.all()) tally[reason] += count;
  return tally;
}
