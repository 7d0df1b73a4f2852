import type { Clock } from '../clock.js';
import type { HeldDocument } from '../snapshot/held-document.js';
import { isOpen, type OpenStream, type StreamListener } from '../transport/event-stream.js';
import type { Connection } from '../transport/server.js';
import type { ServerEvent } from '../transport/sse.js';
import { type Fetched, nothing, type Refusal, refusalOf } from './fetched.js';
import type { Tallies } from './tallies.js';

const STREAM = '/api/feature-flags/stream';
/** Who lets the head through and holds the events back will not let them through later either. */
const FIRST_EVENT_MS = 10_000;
const HEARTBEAT_MS = 15_000;
const SILENT_HEARTBEATS = 3;

export type Opening =
  { readonly came: 'stream' } | { readonly came: 'silence' } | Refusal | Extract<Fetched, { came: 'nothing' }>;

interface Options {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly tallies: Tallies;
  readonly heard: (event: ServerEvent) => void;
  /** Only of a stream that had begun. */
  readonly ended: (why: string, openSince: number, retryMs: number | null) => void;
}

/** The event stream of the server: open or not, and alive or not. */
export class Stream {
  heartbeatMs = HEARTBEAT_MS;
  private open: OpenStream | null = null;
  private openSince = 0;
  private lastSign = 0;

  constructor(private readonly options: Options) {}

  get isOpen(): boolean {
    return this.open !== null;
  }

  /** Whether the other side has been silent for longer than it is while it is there. */
  isSilent(now: number): boolean {
    return this.open !== null && now - this.lastSign > SILENT_HEARTBEATS * this.heartbeatMs;
  }

  /** Opens it, and waits for its first event. */
  async begin({ etag }: HeldDocument): Promise<Opening> {
    const { connection, clock, tallies } = this.options;
    let first: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (first = resolve));
    let ending: (why: string) => void = () => undefined;
    const over = new Promise<string>((resolve) => (ending = resolve));
    const listener = this.listener(first, ending);
    try {
      const opened = await connection.open(STREAM, { content: 'true' }, { 'if-none-match': `"${etag}"` }, listener);
      if (!isOpen(opened)) return refusalOf(opened.status, opened.headers, opened.body, clock.wall());
      tallies.opened++;
      this.open = opened;
      this.openSince = this.lastSign = clock.monotonic();
    } catch (error) {
      return nothing(error) as Extract<Fetched, { came: 'nothing' }>;
    }
    return this.firstEvent(begun, over);
  }

  close(why: string): void {
    this.open?.close(why);
  }

  private async firstEvent(begun: Promise<void>, over: Promise<string>): Promise<Opening> {
    const { clock } = this.options;
    let late: () => void = () => undefined;
    const silence = new Promise<Opening>((resolve) => {
      late = clock.after(FIRST_EVENT_MS, () => { resolve({ came: 'silence' }); }); // prettier-ignore
    });
    const opening = await Promise.race([
      begun.then((): Opening => ({ came: 'stream' })),
      over.then((message): Opening => ({ came: 'nothing', message })),
      silence,
    ]);
    late();
    if (opening.came === 'silence') this.close('no event came');
    return opening;
  }

  private listener(first: () => void, ending: (why: string) => void): StreamListener {
    let hasBegun = false;
    return {
      bytes: (count) => {
        this.options.tallies.bytes += count;
        this.lastSign = this.options.clock.monotonic();
      },
      event: (event) => {
        this.options.tallies.events++;
        hasBegun = true;
        first();
        this.options.heard(event);
      },
      ended: (why, retryMs) => {
        this.open = null;
        ending(why);
        if (hasBegun) this.options.ended(why, this.openSince, retryMs);
      },
    };
  }
}
