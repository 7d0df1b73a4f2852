import type { Clock } from '../clock.js';
import type { Problems } from '../client/problems.js';
import type { Settings } from '../settings/settings.js';
import { applyChange } from '../snapshot/merge.js';
import type { Store } from '../snapshot/store.js';
import type { Connection } from '../transport/server.js';
import type { ServerEvent } from '../transport/sse.js';
import type { Status } from '../types/client.js';
import { type Fetched, fetchedFrom, isLasting, nothing } from './fetched.js';
import { NEVER, Pace } from './pace.js';
import { Standing } from './standing.js';
import { Stream } from './stream.js';
import { interpret } from './stream-events.js';
import type { Tallies } from './tallies.js';

const DOCUMENT = '/api/feature-flags/snapshot';
const TOKEN_LOOK_MS = 15_000;
/** How often an open stream is looked at, and how late that may be before the process must have been frozen meanwhile. */
const TICK_MS = 5_000;
const FROZEN_MS = 30_000;
/** What was missed follows the first event at once, if it is told at all. */
const MISSED_MS = 1_000;

interface Options {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly store: Store;
  readonly server: Connection;
  readonly problems: Problems;
  readonly tallies: Tallies;
  /** Told after each attempt and each event. */
  readonly attempted: () => void;
}

/** Follows the server, by its event stream and by asking for the document, at the right moments, one attempt at a time. */
export class Follower {
  readonly standing: Standing;
  attempts = 0;
  private looked = false;
  private readonly pace: Pace;
  private readonly stream: Stream;
  /** Why there is no stream, where one was wanted. */
  private whyNoStream: string | null = null;
  private timer: () => void = () => undefined;
  private tick: () => void = () => undefined;
  private busy: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly options: Options) {
    const { settings, clock, server: connection, tallies, store, problems } = options;
    this.pace = new Pace(settings.pollMs, settings.mode === 'stream', () => clock.random());
    this.stream = new Stream({
      connection,
      clock,
      tallies,
      heard: (event) => { this.heard(event); }, // prettier-ignore
      ended: (...end) => { this.ended(...end); }, // prettier-ignore
    });
    this.standing = new Standing({ clock, store, problems, pace: this.pace, isStreaming: () => this.stream.isOpen });
  }

  start(): void {
    if (this.stopped || !this.isFollowing) return;
    this.pace.start(this.options.clock.monotonic());
    this.plan();
    if (this.options.settings.mode === 'stream') this.watch();
  }

  stop(): void {
    this.stopped = true;
    this.timer();
    this.tick();
    this.stream.close('the client was closed');
    this.options.server.abort('the client was closed');
  }

  /** Asks once, or waits for what is already asked. */
  ask(): Promise<void> {
    return this.stopped ? Promise.resolve() : (this.busy ?? this.begin(() => this.get()));
  }

  /** How changes arrive. */
  transport(): Pick<Status, 'transport' | 'why'> {
    const { mode } = this.options.settings;
    if (mode !== 'stream') return { transport: mode };
    if (this.stream.isOpen) return { transport: 'stream' };
    return { transport: 'poll', ...(this.whyNoStream !== null && { why: this.whyNoStream }) };
  }

  private get isFollowing(): boolean {
    const { mode } = this.options.settings;
    return mode === 'stream' || mode === 'poll';
  }

  private plan(): void {
    this.timer();
    if (this.stopped || this.busy !== null || !this.isFollowing) return;
    const { act, at } = this.pace.next();
    if (at === NEVER) return;
    const { clock } = this.options;
    const wait = Math.max(0, at - clock.monotonic());
    this.timer = clock.after(Math.min(wait, this.untilLook()), () => { this.wake(act, at); }); // prettier-ignore
  }

  private wake(act: 'get' | 'open', at: number): void {
    if (this.options.clock.monotonic() < at) void this.begin(() => this.look());
    else void this.begin(() => (act === 'get' ? this.get() : this.open()));
  }

  /** Refused for long, a token that can change is looked at: at once, then now and then. */
  private untilLook(): number {
    if (!this.standing.refusedForLong || typeof this.options.settings.token === 'string') return NEVER;
    return this.looked ? TOKEN_LOOK_MS : 0;
  }

  private async look(): Promise<void> {
    const hasChanged = await this.options.server.hasOtherToken();
    if (hasChanged) this.pace.hurry(this.options.clock.monotonic());
    this.looked = !hasChanged;
  }

  /** One thing at a time. Never rejects. */
  private begin(act: () => Promise<void>): Promise<void> {
    const busy = act()
      .catch((error: unknown) => {
        const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.standing.failed(`The client has a fault: ${what}`, 'data');
        this.pace.getFailed(this.options.clock.monotonic(), null);
      })
      .then(() => {
        this.busy = null;
        this.plan();
      });
    this.busy = busy;
    return busy;
  }

  private async get(): Promise<void> {
    const { store } = this.options;
    const { query, headers, least } = this.standing.request();
    const known = store.document?.revision ?? 0;
    const fetched = await this.fetch(query, headers);
    if (this.stopped) return;
    this.attempts++;
    this.looked = false;
    // the stream was quicker than the answer
    const wasOvertaken =
      fetched.came === 'document' &&
      fetched.document.revision >= known &&
      (store.document?.revision ?? 0) > fetched.document.revision;
    this.standing.take(wasOvertaken ? { came: 'unchanged' } : fetched, least);
    this.options.attempted();
  }

  private async fetch(query: Record<string, string>, headers: Record<string, string>): Promise<Fetched> {
    const { server, tallies, clock } = this.options;
    try {
      const answer = await server.get(DOCUMENT, query, headers);
      tallies.bytes += answer.bytes;
      count(tallies.fetches, String(answer.status));
      return fetchedFrom(answer, clock.wall());
    } catch (error) {
      count(tallies.fetches, 'error');
      return nothing(error);
    }
  }

  private async open(): Promise<void> {
    const { store, clock, problems } = this.options;
    if (store.document === null) {
      this.pace.hurry(clock.monotonic());
      return;
    }
    const opening = await this.stream.begin(store.document);
    if (this.stopped) return;
    const now = clock.monotonic();
    this.whyNoStream = opening.came === 'stream' ? null : opening.came === 'silence' ? BUFFERED : opening.message;
    if (opening.came === 'stream') {
      this.pace.opened(now);
    } else if (opening.came === 'silence') {
      problems.report('stream-buffered', BUFFERED);
      this.pace.streamUseless(now);
    } else if (opening.came === 'nothing') {
      problems.report('unreachable', opening.message);
      this.pace.unreachable('open', now);
      this.standing.failed(opening.message, 'way');
    } else {
      const lasting = isLasting(opening);
      if (lasting) this.pace.refusedForLong(now);
      else this.pace.openFailed(now, opening.retryAfterMs);
      this.standing.noteRefusal(opening, lasting);
      // that there is no room for a stream says nothing about the data
      if (lasting || opening.status >= 500 !== (opening.status === 503)) this.standing.failed(opening.message, 'data');
    }
    this.options.attempted();
  }

  private heard(event: ServerEvent): void {
    const { store, clock, tallies } = this.options;
    const { document } = store;
    if (this.stopped || document === null) return;
    const now = clock.monotonic();
    const told = interpret(event, document);
    switch (told.tells) {
      case 'current':
        this.stream.heartbeatMs = told.heartbeatMs ?? this.stream.heartbeatMs;
        if (!this.standing.expects(told)) this.askWithin(MISSED_MS);
        break;
      case 'change':
        if (!this.standing.offer(applyChange(document, told.change), now, { keys: told.keys })) this.askWithin(0);
        break;
      case 'news':
        this.standing.expects(told);
        this.askWithin(0);
        break;
      case 'document':
        this.standing.offer(told.document, now);
        break;
      case 'reset':
        this.standing.reset(told.replaced);
        this.askWithin(0);
        break;
      case 'nothing':
        tallies.ignoredEvents++;
        if (told.doubtful) this.askWithin(0);
    }
    this.plan();
    this.options.attempted();
  }

  private askWithin(ms: number): void {
    this.pace.getAt = Math.min(this.pace.getAt, this.options.clock.monotonic() + ms);
  }

  private ended(why: string, openSince: number, retryMs: number | null): void {
    if (this.stopped) return;
    this.whyNoStream = why;
    this.pace.streamEnded(this.options.clock.monotonic(), openSince, retryMs);
    this.plan();
    this.options.attempted();
  }

  /** Looks whether the stream is alive, and whether the process was. */
  private watch(): void {
    const { clock } = this.options;
    const [wall, monotonic] = [clock.wall(), clock.monotonic()];
    this.tick = clock.after(TICK_MS, () => {
      const gone = Math.max(clock.wall() - wall, clock.monotonic() - monotonic) - TICK_MS;
      if (gone > FROZEN_MS) this.revive('the process was asleep');
      else if (this.stream.isSilent(clock.monotonic())) this.revive('nothing was heard for three heartbeats');
      this.watch();
    });
  }

  /** The stream counts as dead, and the document is asked for first. */
  private revive(why: string): void {
    this.stream.close(why);
    this.pace.hurry(this.options.clock.monotonic());
    this.plan();
  }
}

const BUFFERED = 'Event streams do not get through: something between here and the server holds them back, so that it is polled';

function count(tally: Map<string, number>, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}
