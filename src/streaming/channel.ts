import { eventTag } from '../resolver/event-streams.js';
import type { Snapshot } from '../engine/snapshot.js';
import { changedKeys } from './changed-keys.js';
import type { EventStream, StreamFormat } from './event-stream.js';
import { RecentChanges, type StreamedChange } from './recent-changes.js';
import { sseEvent } from './sse.js';

/** The streams of one environment, and what they have been told. */
export class Channel {
  readonly streams = new Set<EventStream>();
  private recent: RecentChanges;

  constructor(
    private told: Snapshot,
    /** The snapshot as a JSON document. */
    private readonly document: (snapshot: Snapshot) => string,
  ) {
    this.recent = new RecentChanges(told.revision);
  }

  /** What a reader gets first who has seen everything up to `lastEventId` (null: nothing). */
  welcome(format: StreamFormat, lastEventId: number | null): string {
    const missed = lastEventId === null ? null : this.recent.after(lastEventId, this.told.revision);
    if (missed) return missed.map((change) => written(change, format)).join('');
    return this.whole(format, lastEventId === null ? null : 'not-replayable');
  }

  advance(snapshot: Snapshot): void {
    const before = this.told;
    this.told = snapshot;
    if (snapshot.etag === before.etag) return;
    const { environment, revision, etag } = snapshot;
    const change = { environment, revision, etag, keys: changedKeys(before, snapshot) };
    this.recent.push(change);
    this.broadcast((format) => written(change, format));
  }

  /** The database has another history now: whatever was told before, with whatever revision, no longer counts. */
  restart(snapshot: Snapshot): void {
    this.recent = new RecentChanges(Math.max(this.told.revision, snapshot.revision));
    this.told = snapshot;
    this.broadcast((format) => this.whole(format, 'history-replaced'), true);
  }

  /** Each text is made once for all, and only when somebody gets it. */
  private broadcast(textOf: (format: StreamFormat) => string, whole = false): void {
    const texts = new Map<StreamFormat, string | Buffer>();
    for (const stream of this.streams) {
      let text = texts.get(stream.format);
      if (text === undefined)
        texts.set(stream.format, (text = whole ? textOf(stream.format) : Buffer.from(textOf(stream.format))));
      if (typeof text === 'string') stream.begin(text);
      else stream.send(text);
    }
  }

  private whole(format: StreamFormat, reset: string | null): string {
    const { environment, revision, etag } = this.told;
    if (format === 'ofrep') return written({ environment, revision, etag, keys: [] }, format);
    const snapshot = sseEvent({ event: 'snapshot', id: revision, data: this.document(this.told) });
    if (reset === null) return snapshot;
    return sseEvent({ event: 'reset', id: revision, data: JSON.stringify({ environment, revision, reason: reset }) }) + snapshot;
  }
}

function written(change: StreamedChange, format: StreamFormat): string {
  if (format === 'native') return sseEvent({ event: 'change', id: change.revision, data: JSON.stringify(change) });
  return sseEvent({ id: change.revision, data: JSON.stringify({ type: 'refetchEvaluation', etag: eventTag(change) }) });
}
