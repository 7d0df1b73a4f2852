import { eventTag } from '../../resolver/ofrep/named-streams.js';
import type { Snapshot } from '@flagtree/engine';
import { changedKeys } from './changed-keys.js';
import type { EventStream, StreamFormat } from './event-stream.js';
import { RecentChanges, type StreamedChange } from './recent-changes.js';
import { sseEvent, sseEventAround } from './sse.js';

interface Options {
  /** The snapshot as a JSON document. */
  document: (snapshot: Snapshot) => Buffer;
  /** Who has missed more than that is told everything instead: those bytes are the same for all, what each has missed is not. */
  replayBytes: number;
}

/** The streams of one environment, and what they have been told. */
export class Channel {
  readonly streams = new Set<EventStream>();
  private recent: RecentChanges;

  constructor(
    private told: Snapshot,
    private readonly options: Options,
  ) {
    this.recent = new RecentChanges(told.revision);
  }

  /** What a reader gets first who has seen everything up to `lastEventId` (null: nothing). */
  welcome(format: StreamFormat, lastEventId: number | null): readonly (string | Buffer)[] {
    if (lastEventId === null) return this.whole(format, null);
    const missed = this.recent
      .after(lastEventId, this.told.revision)
      ?.map((change) => written(change, format))
      .join('');
    const isReplayable = missed !== undefined && Buffer.byteLength(missed) <= this.options.replayBytes;
    return isReplayable ? [missed] : this.whole(format, 'not-replayable');
  }

  advance(snapshot: Snapshot): void {
    const before = this.told;
    this.told = snapshot;
    if (snapshot.etag === before.etag) return;
    const { environment, revision, etag } = snapshot;
    const change = { environment, revision, etag, keys: changedKeys(before, snapshot) };
    this.recent.push(change);
    const events = new Map<StreamFormat, Buffer>();
    for (const stream of this.streams)
      stream.send(once(events, stream.format, () => Buffer.from(written(change, stream.format))));
  }

  /** The database has another history now: whatever was told before, with whatever revision, no longer counts. */
  restart(snapshot: Snapshot): void {
    this.recent = new RecentChanges(Math.max(this.told.revision, snapshot.revision));
    this.told = snapshot;
    for (const stream of this.streams) stream.begin(this.whole(stream.format, 'history-replaced'));
  }

  private whole(format: StreamFormat, reset: string | null): readonly (string | Buffer)[] {
    const { environment, revision, etag } = this.told;
    if (format === 'ofrep') return [written({ environment, revision, etag, keys: [] }, format)];
    const snapshot = sseEventAround({ event: 'snapshot', id: revision, data: this.options.document(this.told) });
    if (reset === null) return snapshot;
    return [
      sseEvent({ event: 'reset', id: revision, data: JSON.stringify({ environment, revision, reason: reset }) }),
      ...snapshot,
    ];
  }
}

/** Made once for all, and only when somebody gets it. */
function once(events: Map<StreamFormat, Buffer>, format: StreamFormat, make: () => Buffer): Buffer {
  const event = events.get(format) ?? make();
  events.set(format, event);
  return event;
}

function written(change: StreamedChange, format: StreamFormat): string {
  if (format === 'native') return sseEvent({ event: 'change', id: change.revision, data: JSON.stringify(change) });
  return sseEvent({ id: change.revision, data: JSON.stringify({ type: 'refetchEvaluation', etag: eventTag(change) }) });
}
