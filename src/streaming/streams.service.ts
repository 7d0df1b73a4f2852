import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../access/identity/caller.js';
import { TokenRegistry } from '../access/identity/token-registry.js';
import { type PositionName, textOf } from '../audit/follow/position-names.js';
import { StateStore } from '../audit/follow/state-store.js';
import { environmentBySlug } from '@flagtree/engine';
import { CONFIG, type Config } from '../platform/config/config.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { SnapshotDocuments } from '../resolver/snapshots/snapshot-documents.js';
import { SnapshotsService } from '../resolver/snapshots/snapshots.service.js';
import { Admission, shed, type ShedCause } from './admission.js';
import { Channel } from './channel/channel.js';
import { EventStream, type StreamFormat } from './channel/event-stream.js';
import { retryAfter } from './channel/sse.js';
import type { LastSeen } from './what-a-reader-has.js';
import { StreamMetrics } from './stream-metrics.js';

const SWEEP_MS = 1_000;
const CATCH_UP_MS = 500;

/** Clients that lose their stream come back at different moments. */
const RETRY_FROM_MS = 1_000;
const RETRY_TO_MS = 6_000;

interface Opening {
  caller: Caller;
  environment: string;
  format: StreamFormat;
  lastEventId: LastSeen;
  /** Of contents that the reader has. */
  etags: readonly string[];
  reply: FastifyReply;
}

/** All open event streams: who hears of what, who may stay, and how many there can be. */
@Injectable()
export class StreamsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly channels = new Map<string, Channel>();
  private readonly openByToken = new Map<string, number>();
  private readonly admission: Admission;
  private open = 0;
  private timeline: number;
  private stopping = false;
  private sweepTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: StateStore,
    private readonly snapshots: SnapshotsService,
    private readonly documents: SnapshotDocuments,
    private readonly tokens: TokenRegistry,
    private readonly metrics: StreamMetrics,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: DatabaseClock,
  ) {
    this.admission = new Admission(config.streams);
    this.timeline = store.timeline;
    snapshots.onChange(() => { this.follow(); }); // prettier-ignore
    metrics.countOpen(() => this.open);
  }

  onApplicationBootstrap(): void {
    this.sweepTimer = setInterval(() => { this.sweep(); }, Math.min(SWEEP_MS, this.config.streams.heartbeatMs)).unref(); // prettier-ignore
  }

  /** Streams never end by themselves: a stop that waited for them would wait for ever. */
  onModuleDestroy(): void {
    this.stopping = true;
    clearInterval(this.sweepTimer);
    for (const channel of this.channels.values()) for (const stream of channel.streams) this.end(stream, 'stopping');
  }

  /** Takes over the reply. @throws {Unavailable} when it may not be opened just now; nothing has been sent then. */
  async start({ caller, environment, format, lastEventId, etags, reply }: Opening): Promise<void> {
    // A reader that comes from another server may be ahead of this one: it must never be told less than it knows.
    if (isNamed(lastEventId)) await this.store.reach(lastEventId.revision, CATCH_UP_MS);
    const seen = await this.seenOf(environment, lastEventId);
    if (reply.raw.destroyed) return;
    const snapshot = this.snapshots.get(environment);
    // A stream without a body would never send its head: whoever asks would wait for ever, and count as a reader.
    if (reply.request.method === 'HEAD') return void reply.type('text/event-stream; charset=utf-8').send();
    const refusal = this.refusalOf(caller);
    if (refusal !== null) {
      this.metrics.shed(refusal);
      throw shed(refusal, Math.random());
    }
    const channel =
      this.channels.get(environment) ??
      new Channel(snapshot, {
        idOf: (revision) => textOf(this.store.nameOf(revision)),
        document: (told) => this.documents.plain(told).bytes(),
        replayBytes: this.config.streams.bufferBytes,
        heartbeatMs: this.config.streams.heartbeatMs,
      });
    this.channels.set(environment, channel);
    reply.hijack();
    const stream = new EventStream(reply.raw, {
      caller,
      format,
      bufferBytes: this.config.streams.bufferBytes,
      headers: reply.getHeaders(),
      slow: () => { this.metrics.ended('slow'); }, // prettier-ignore
      closed: () => {
        channel.streams.delete(stream);
        this.count(caller.tokenId, -1);
      },
    });
    channel.streams.add(stream);
    this.count(caller.tokenId, 1);
    const upTo = this.store.timeline === seen.timeline ? seen.upTo : 'unknown';
    stream.begin([retryAfter(jittered()), ...channel.welcome(stream, { upTo, etags })]);
  }

  /** Up to which revision of this history the reader has seen everything. The log is asked only where the rest could be told. */
  private async seenOf(environment: string, last: LastSeen): Promise<{ upTo: number | 'unknown' | null; timeline: number }> {
    const { timeline } = this.store;
    if (!isNamed(last)) return { upTo: last, timeline };
    const channel = this.channels.get(environment);
    const isKnown = channel ? channel.reachesBackTo(last.revision) : last.revision === this.snapshots.find(environment)?.revision;
    const isOfThisHistory = isKnown && (await this.store.holds(last));
    return { upTo: isOfThisHistory ? last.revision : 'unknown', timeline };
  }

  private refusalOf({ tokenId }: Caller): ShedCause | null {
    if (this.stopping) return 'stopping';
    return this.admission.refusal({ all: this.open, ofToken: this.openByToken.get(tokenId) ?? 0 }, Date.now());
  }

  private count(tokenId: string, step: 1 | -1): void {
    this.open += step;
    const ofToken = (this.openByToken.get(tokenId) ?? 0) + step;
    if (ofToken === 0) this.openByToken.delete(tokenId);
    else this.openByToken.set(tokenId, ofToken);
  }

  /** Who may no longer listen goes first, so as not to hear of what came with it. */
  private follow(): void {
    this.expel();
    const replaced = this.timeline !== this.store.timeline;
    this.timeline = this.store.timeline;
    for (const [slug, channel] of this.channels) {
      const snapshot = this.snapshots.find(slug);
      if (!snapshot) this.channels.delete(slug);
      else if (replaced) channel.restart(snapshot);
      else channel.advance(snapshot);
    }
  }

  private sweep(): void {
    this.expel();
    const now = Date.now();
    for (const { streams } of this.channels.values()) {
      for (const stream of streams) stream.keepAlive(now, this.config.streams.heartbeatMs);
    }
  }

  /** Ends what could not be opened any more: its token was revoked, rotated, expired or narrowed, its environment is gone or inactive. */
  private expel(): void {
    const now = this.clock.now();
    for (const [slug, { streams }] of this.channels) {
      const verdicts = new Map<string, boolean>();
      for (const stream of streams) {
        let stays = verdicts.get(stream.publicId);
        if (stays === undefined) verdicts.set(stream.publicId, (stays = this.mayHear(stream.publicId, slug, now)));
        if (!stays) this.end(stream, 'not-permitted');
      }
    }
  }

  private mayHear(publicId: string, slug: string, now: Date): boolean {
    const holder = this.tokens.inForce(publicId, now);
    const environment = environmentBySlug(this.store.state, slug);
    if (!holder || !environment?.isActive || !this.snapshots.find(slug)) return false;
    return holder.caller.maySee(this.store.state, environment);
  }

  private end(stream: EventStream, why: 'stopping' | 'not-permitted'): void {
    if (stream.end(retryAfter(jittered()))) this.metrics.ended(why);
  }
}

const isNamed = (last: LastSeen): last is PositionName => typeof last === 'object' && last !== null;

const jittered = () => RETRY_FROM_MS + Math.random() * (RETRY_TO_MS - RETRY_FROM_MS);
