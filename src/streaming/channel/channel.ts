import { eventTag } from '../../resolver/ofrep/named-streams.js';
import { partWithTags, type Snapshot } from '@flagtree/engine';
import { changedKeys } from './changed-keys.js';
import type { EventStream, StreamFormat } from './event-stream.js';
import { RecentChanges, type StreamedChange } from './recent-changes.js';
import { sseEvent, sseEventAround } from './sse.js';

interface Options {
  /** The id of the events that tell of a revision. */
  idOf: (revision: number) => string;
  /** The snapshot as a JSON document. */
  document: (snapshot: Snapshot) => Buffer;
  /** Who has missed more than that is told everything instead: those bytes are the same for all, what each has missed is not. */
  replayBytes: number;
}

/** Who listens, and to what. */
type Reader = Pick<EventStream, 'format' | 'tags'>;

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

  /** Whether a reader who has seen everything up to `revision` of this history could be told the rest. */
  reachesBackTo(revision: number): boolean {
    return this.recent.after(revision, this.told.revision) !== null;
  }

  /** What a reader gets first who has seen everything up to `revision` of this history (`unknown`: of another one; null: nothing). */
  welcome({ format, tags }: Reader, revision: number | 'unknown' | null): readonly (string | Buffer)[] {
    // To a page one word says it all, and what changed besides is not its business.
    if (tags !== null || revision === null) return this.whole({ format, tags }, null);
    if (revision === 'unknown') return this.whole({ format, tags }, 'not-replayable');
    const missed = this.recent
      .after(revision, this.told.revision)
      ?.map((change) => written(change, format))
      .join('');
    const isReplayable = missed !== undefined && Buffer.byteLength(missed) <= this.options.replayBytes;
    return isReplayable ? [missed] : this.whole({ format, tags }, 'not-replayable');
  }

  advance(snapshot: Snapshot): void {
    const before = this.told;
    this.told = snapshot;
    this.tellPages(before, snapshot);
    if (snapshot.etag === before.etag) return;
    const { environment, revision, etag } = snapshot;
    const change = { environment, revision, etag, keys: changedKeys(before, snapshot), id: this.options.idOf(revision) };
    this.recent.push(change);
    const events = new Map<StreamFormat, Buffer>();
    for (const stream of this.streams) {
      if (stream.tags === null) stream.send(once(events, stream.format, () => Buffer.from(written(change, stream.format))));
    }
  }

  /** A page hears when its part of the environment is another one, which a tag alone can bring about. */
  private tellPages(before: Snapshot, snapshot: Snapshot): void {
    const events = new Map<string, Buffer | null>();
    for (const stream of this.streams) {
      if (stream.tags === null) continue;
      const name = JSON.stringify(stream.tags);
      let event = events.get(name);
      if (event === undefined) events.set(name, (event = this.changeOfPart(before, snapshot, stream.tags)));
      if (event !== null) stream.send(event);
    }
  }

  /** The database has another history now: whatever was told before, with whatever revision, no longer counts. */
  restart(snapshot: Snapshot): void {
    this.recent = new RecentChanges(snapshot.revision);
    this.told = snapshot;
    for (const stream of this.streams) stream.begin(this.whole(stream, 'history-replaced'));
  }

  /** Null: nothing in it is different. */
  private changeOfPart(before: Snapshot, snapshot: Snapshot, tags: readonly string[]): Buffer | null {
    const { environment, revision, etag } = partWithTags(snapshot, tags);
    if (etag === partWithTags(before, tags).etag) return null;
    return Buffer.from(written({ environment, revision, etag, keys: [], id: this.options.idOf(revision) }, 'ofrep'));
  }

  private whole({ format, tags }: Reader, reset: string | null): readonly (string | Buffer)[] {
    const { environment, revision, etag } = tags === null ? this.told : partWithTags(this.told, tags);
    const id = this.options.idOf(revision);
    if (format === 'ofrep') return [written({ environment, revision, etag, keys: [], id }, format)];
    const snapshot = sseEventAround({ event: 'snapshot', id, data: this.options.document(this.told) });
    if (reset === null) return snapshot;
    return [sseEvent({ event: 'reset', id, data: JSON.stringify({ environment, revision, reason: reset }) }), ...snapshot];
  }
}

/** Made once for all, and only when somebody gets it. */
function once(events: Map<StreamFormat, Buffer>, format: StreamFormat, make: () => Buffer): Buffer {
  const event = events.get(format) ?? make();
  events.set(format, event);
  return event;
}

function written(change: StreamedChange, format: StreamFormat): string {
  const { id, ...told } = change;
  if (format === 'native') return sseEvent({ event: 'change', id, data: JSON.stringify(told) });
  return sseEvent({ id, data: JSON.stringify({ type: 'refetchEvaluation', etag: eventTag(change) }) });
}
