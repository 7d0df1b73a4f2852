import { eventTag } from '../../resolver/ofrep/named-streams.js';
import { type DocumentChange, documentChange, partWithTags, type Snapshot } from '@flagtree/engine';
import { changedKeys } from './changed-keys.js';
import { ContentLog } from './content-log.js';
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
  /** How often readers hear at least a comment. */
  heartbeatMs: number;
}

/** Who listens, and to what. */
type Reader = Pick<EventStream, 'format' | 'tags'>;

/** What a reader says that it has. */
export interface Seen {
  /** Everything up to that revision of this history; `unknown`: of another one; null: nothing. */
  upTo: number | 'unknown' | null;
  /** The etags that it names, as they are in documents; `*`: whatever there is. */
  etags: readonly string[];
}

/** The streams of one environment, and what they have been told. */
export class Channel {
  readonly streams = new Set<EventStream>();
  private recent: RecentChanges;
  private readonly contents: ContentLog;
  /** Once somebody wants to hear it: what changed is written down from then on, also while nobody listens. */
  private tellsContent = false;

  constructor(
    private told: Snapshot,
    private readonly options: Options,
  ) {
    this.recent = new RecentChanges(told.revision);
    this.contents = new ContentLog(options.replayBytes);
  }

  /** Whether a reader who has seen everything up to `revision` of this history could be told the rest. */
  reachesBackTo(revision: number): boolean {
    return this.recent.after(revision, this.told.revision) !== null;
  }

  /** What a reader gets first. */
  welcome({ format, tags }: Reader, seen: Seen): readonly (string | Buffer)[] {
    if (format === 'content') return this.welcomeToContent(seen);
    // To a page one word says it all, and what changed besides is not its business.
    if (tags !== null) return this.whole({ format, tags }, null);
    if (format === 'native' && this.isToldTo(seen)) return [this.current()];
    if (seen.upTo === null) return this.whole({ format, tags }, null);
    if (seen.upTo === 'unknown') return this.whole({ format, tags }, 'not-replayable');
    const missed = this.recent
      .after(seen.upTo, this.told.revision)
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
    this.recent.push({ ...change, from: before.etag });
    const events = new Map<StreamFormat, Buffer>();
    if (this.tellsContent) events.set('content', this.logged(change, before, snapshot));
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
    this.contents.clear();
    this.told = snapshot;
    for (const stream of this.streams) stream.begin(this.whole(stream, 'history-replaced'));
  }

  /** Where this server is, and what leads there from what the reader has; where that is not known, the reader fetches the document. */
  private welcomeToContent(seen: Seen): readonly (string | Buffer)[] {
    const { upTo, etags } = seen;
    this.tellsContent = true;
    if (this.isToldTo(seen) || (upTo === null && etags.length === 0)) return [this.current()];
    const missed = typeof upTo === 'number' ? this.recent.after(upTo, this.told.revision) : null;
    if (missed?.length === 0) return [this.current()];
    for (const etag of [...etags, ...(missed?.slice(0, 1).map(({ from }) => from) ?? [])]) {
      const contents = this.contents.since(etag);
      if (contents !== null) return [this.current(), ...contents];
    }
    return [this.current(), ...this.whole({ format: 'content', tags: null }, 'not-replayable')];
  }

  private isToldTo({ etags }: Seen): boolean {
    return etags.includes(this.told.etag) || etags.includes('*');
  }

  /** It has no id: what it leads to has still to come. */
  private current(): string {
    const { environment, revision, etag } = this.told;
    const { heartbeatMs } = this.options;
    return sseEvent({ event: 'current', data: JSON.stringify({ environment, revision, etag, heartbeatMs }) });
  }

  /** The change with its content, or without where that is too large or not all of it. */
  private logged(change: ToldChange, before: Snapshot, snapshot: Snapshot): Buffer {
    const content = documentChange(before, snapshot, change.keys);
    const event = Buffer.from(written(change, 'content', content));
    if (content !== null && event.length <= this.options.replayBytes) {
      this.contents.push({ from: before.etag, event });
      return event;
    }
    this.contents.clear();
    return Buffer.from(written(change, 'content'));
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
    const forget = reset === null ? [] : [sseEvent({ event: 'reset', id, data: JSON.stringify({ environment, revision, reason: reset }) })]; // prettier-ignore
    if (format === 'content') return forget;
    return [...forget, ...sseEventAround({ event: 'snapshot', id, data: this.options.document(this.told) })];
  }
}

type ToldChange = Omit<StreamedChange, 'from'>;

/** Made once for all, and only when somebody gets it. */
function once(events: Map<StreamFormat, Buffer>, format: StreamFormat, make: () => Buffer): Buffer {
  const event = events.get(format) ?? make();
  events.set(format, event);
  return event;
}

function written(
  { environment, revision, etag, keys, id }: ToldChange,
  format: StreamFormat,
  content?: DocumentChange | null,
): string {
  if (format === 'ofrep') return sseEvent({ id, data: JSON.stringify({ type: 'refetchEvaluation', etag: eventTag({ revision, etag }) }) }); // prettier-ignore
  return sseEvent({ event: 'change', id, data: JSON.stringify({ environment, revision, etag, keys, ...content }) });
}
