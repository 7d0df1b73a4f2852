import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Entry, type State, touchedFlags } from '@flagtree/engine';
import type { Caller } from '../../access/identity/caller.js';
import { TokenRegistry } from '../../access/identity/token-registry.js';
import { type Session, Sessions } from '../../access/sessions/sessions.js';
import { textOf } from '../../audit/follow/position-names.js';
import { StateStore } from '../../audit/follow/state-store.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { Admission, shed, type ShedCause } from '../admission.js';
import { EventStream } from '../channel/event-stream.js';
import { retryAfter, sseEvent } from '../channel/sse.js';
import { StreamMetrics } from '../stream-metrics.js';
import type { ManagedChangeDto } from './management-stream.dto.js';

const SWEEP_MS = 1_000;
const RETRY_MS = 2_000;

/** More keys than this are not named: who shows them reads all anew. */
const MOST_KEYS = 500;

/** By what a stream was opened, so that it ends with that. */
interface Reader {
  stream: EventStream;
  session: Session | null;
}

/**
 * The streams of those who look at all environments at once, such as a panel. An event says what changed, not to what: the reader asks for that
 * what it shows, with the rights that it has by then.
 */
@Injectable()
export class ManagementStreams implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly readers = new Set<Reader>();
  private readonly openByToken = new Map<string, number>();
  private readonly admission: Admission;
  private told: State;
  private timeline: number;
  private stopping = false;
  private sweepTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: StateStore,
    private readonly tokens: TokenRegistry,
    private readonly sessions: Sessions,
    private readonly clock: DatabaseClock,
    private readonly metrics: StreamMetrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.admission = new Admission(config.streams);
    this.told = store.state;
    this.timeline = store.timeline;
    metrics.countOpen(() => this.readers.size);
    store.onChange((state, entries) => { this.follow(state, entries); }); // prettier-ignore
  }

  onApplicationBootstrap(): void {
    const everyMs = Math.min(SWEEP_MS, this.config.streams.heartbeatMs);
    this.sweepTimer = setInterval(() => { this.sweep(); }, everyMs).unref(); // prettier-ignore
  }

  onModuleDestroy(): void {
    this.stopping = true;
    clearInterval(this.sweepTimer);
    for (const reader of this.readers) this.end(reader, 'stopping');
  }

  /** Takes over the reply. @throws {Unavailable} when it may not be opened just now; nothing has been sent then. */
  start(caller: Caller, session: Session | null, reply: FastifyReply): void {
    if (reply.raw.destroyed) return;
    if (reply.request.method === 'HEAD') return void reply.type('text/event-stream; charset=utf-8').send();
    const refusal = this.refusalOf(caller);
    if (refusal !== null) {
      this.metrics.shed(refusal);
      throw shed(refusal, Math.random());
    }
    reply.hijack();
    const stream = new EventStream(reply.raw, {
      caller,
      format: 'native',
      bufferBytes: this.config.streams.bufferBytes,
      headers: reply.getHeaders(),
      slow: () => { this.metrics.ended('slow'); }, // prettier-ignore
      closed: () => {
        this.readers.delete(reader);
        this.count(caller.tokenId, -1);
      },
    });
    const reader: Reader = { stream, session };
    this.readers.add(reader);
    this.count(caller.tokenId, 1);
    const { revision } = this.store.state;
    stream.begin([retryAfter(RETRY_MS), this.event('hello', revision, { revision })]);
  }

  private follow(state: State, entries: readonly Entry[]): void {
    const before = this.told;
    this.told = state;
    const isAnother = this.timeline !== this.store.timeline;
    this.timeline = this.store.timeline;
    if (this.readers.size === 0) return;
    const { revision } = state;
    this.sweep();
    if (isAnother || entries.length === 0) this.tell(this.event('reset', revision, { revision }));
    else this.tell(this.event('change', revision, changeOf(before, state, entries)));
  }

  private tell(event: string): void {
    const bytes = Buffer.from(event);
    for (const { stream } of this.readers) stream.send(bytes);
  }

  private event(event: string, revision: number, data: object): string {
    return sseEvent({ event, id: textOf(this.store.nameOf(revision)), data: JSON.stringify(data) });
  }

  /** Ends what could not be opened any more, and keeps the others from looking idle. */
  private sweep(): void {
    const [now, nowMs] = [this.clock.now(), Date.now()];
    for (const reader of this.readers) {
      if (this.mayHear(reader, now)) reader.stream.keepAlive(nowMs, this.config.streams.heartbeatMs);
      else this.end(reader, 'not-permitted');
    }
  }

  private mayHear({ stream, session }: Reader, now: Date): boolean {
    return this.tokens.inForce(stream.publicId, now) !== null && (session === null || this.sessions.isInForce(session));
  }

  private refusalOf({ tokenId }: Caller): ShedCause | null {
    if (this.stopping) return 'stopping';
    return this.admission.refusal({ all: this.readers.size, ofToken: this.openByToken.get(tokenId) ?? 0 }, Date.now());
  }

  private count(tokenId: string, step: 1 | -1): void {
    const ofToken = (this.openByToken.get(tokenId) ?? 0) + step;
    if (ofToken === 0) this.openByToken.delete(tokenId);
    else this.openByToken.set(tokenId, ofToken);
  }

  private end({ stream }: Reader, why: 'stopping' | 'not-permitted'): void {
    if (stream.end(retryAfter(RETRY_MS))) this.metrics.ended(why);
  }
}

function changeOf(before: State, after: State, entries: readonly Entry[]): ManagedChangeDto {
  const keys = touchedFlags(before, after).map(({ key }) => key);
  const tables = [...new Set(entries.map(({ table }) => table))].sort();
  return { revision: after.revision, keys: keys.length > MOST_KEYS ? null : keys.sort(), tables };
}
