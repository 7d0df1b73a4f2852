import type { Clock } from '../clock.js';
import type { Problems } from '../problems.js';
import type { Settings } from '../settings/settings.js';
import type { Store } from '../snapshot/store.js';
import type { Connection } from '../transport/server.js';
import type { Status } from '../types/client.js';
import { type Fetched, fetchedFrom, isLasting, isRedirect, nothing, type Refusal } from './fetched.js';
import { NEVER, Pace } from './pace.js';
import type { Tallies } from './tallies.js';

const DOCUMENT = '/api/feature-flags/snapshot';
/** How long a revision that is older than ours, or that is said to be still to come, is waited for. */
const LAG_MS = 60_000;
const TOKEN_LOOK_MS = 15_000;

interface Options {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly store: Store;
  readonly server: Connection;
  readonly problems: Problems;
  readonly tallies: Tallies;
  /** Told after each attempt: what is known now. */
  readonly attempted: () => void;
}

/** Follows the server: asks for the document, at the right moments, one request at a time. */
export class Follower {
  /** Whether the server has confirmed the data, and no attempt has failed since. */
  confirmed = false;
  attempts = 0;
  /** When the data was last confirmed, by both clocks. */
  confirmedAt: { wall: number; monotonic: number } | null = null;
  lastError: string | null = null;
  /** Refused for a reason that somebody has to change first. */
  refusedForLong = false;
  private looked = false;
  private readonly pace: Pace;
  private timer: () => void = () => undefined;
  private busy: Promise<void> | null = null;
  private stopped = false;
  /** The last document could not be used: its tag must not be sent. */
  private unconditional = false;
  /** Since when the server has been behind us; null: it is not. Monotonic. */
  private behindSince: number | null = null;

  constructor(private readonly options: Options) {
    const { settings, clock } = options;
    this.pace = new Pace(settings.pollMs, false, () => clock.random());
  }

  start(): void {
    const { settings, clock } = this.options;
    if (settings.mode !== 'stream' && settings.mode !== 'poll') return;
    this.pace.start(clock.monotonic());
    this.plan();
  }

  stop(): void {
    this.stopped = true;
    this.timer();
    this.options.server.abort('the client was closed');
  }

  /** Asks once, or waits for what is already asked. */
  ask(): Promise<void> {
    return this.stopped ? Promise.resolve() : (this.busy ?? this.begin(() => this.get()));
  }

  get isBusy(): boolean {
    return this.busy !== null;
  }

  /** How changes arrive. */
  transport(): Pick<Status, 'transport' | 'why'> {
    const { mode } = this.options.settings;
    return { transport: mode === 'stream' ? 'poll' : mode };
  }

  private plan(): void {
    this.timer();
    const { mode } = this.options.settings;
    if (this.stopped || this.busy !== null || (mode !== 'stream' && mode !== 'poll')) return;
    const { at } = this.pace.next();
    if (at === NEVER) return;
    const { clock } = this.options;
    const wait = Math.max(0, at - clock.monotonic());
    this.timer = clock.after(Math.min(wait, this.untilLook()), () => { this.wake(at); }); // prettier-ignore
  }

  private wake(at: number): void {
    if (this.options.clock.monotonic() >= at) void this.begin(() => this.get());
    else void this.begin(() => this.look());
  }

  /** Refused for long, a token that can change is looked at: at once, then now and then. */
  private untilLook(): number {
    if (!this.refusedForLong || typeof this.options.settings.token === 'string') return NEVER;
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
        this.failed(`The client has a fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      })
      .then(() => {
        this.busy = null;
        this.plan();
      });
    this.busy = busy;
    return busy;
  }

  private async get(): Promise<void> {
    const fetched = await this.fetch();
    if (this.stopped) return;
    this.attempts++;
    this.take(fetched);
    this.options.attempted();
  }

  private async fetch(): Promise<Fetched> {
    const { store, server, tallies, clock } = this.options;
    const { document, provenance } = store;
    const knows = document !== null && !this.unconditional && provenance !== 'bootstrap';
    const isBehind = this.behindSince !== null && !this.hasWaitedLongEnough();
    try {
      const answer = await server.get(
        DOCUMENT,
        isBehind && document ? { minRevision: String(document.revision) } : {},
        knows ? { 'if-none-match': `"${document.etag}"` } : {},
      );
      tallies.bytes += answer.bytes;
      count(tallies.fetches, String(answer.status));
      return fetchedFrom(answer, clock.wall());
    } catch (error) {
      count(tallies.fetches, 'error');
      return nothing(error);
    }
  }

  private take(fetched: Fetched): void {
    const now = this.options.clock.monotonic();
    switch (fetched.came) {
      case 'unchanged':
        this.confirm();
        return;
      case 'document':
        this.offer(fetched, now);
        return;
      case 'unusable':
        this.unconditional = true;
        this.pace.getFailed(now, null);
        this.options.problems.report('document-refused', fetched.message);
        this.failed(fetched.message);
        return;
      case 'nothing':
        this.pace.unreachable('get', now);
        this.options.problems.report('unreachable', fetched.message);
        this.failed(fetched.message);
        return;
      case 'refusal':
        this.refused(fetched, now);
    }
  }

  private offer({ document }: Extract<Fetched, { came: 'document' }>, now: number): void {
    const { store, problems } = this.options;
    const verdict = store.offer(document, 'server', { replaced: this.hasWaitedLongEnough() });
    switch (verdict.became) {
      case 'installed':
      case 'same':
        this.confirm();
        return;
      case 'older': {
        this.behindSince ??= now;
        const message = `The server answers revision ${document.revision}, which is older than ${store.document?.revision ?? 0}: it lags, or its database was restored`;
        this.pace.getFailed(now, null);
        problems.report('older-revision', message);
        this.failed(message);
        return;
      }
      case 'elsewhere':
        this.pace.refusedForLong(now);
        this.refusedForLong = true;
        problems.report('environment-mismatch', verdict.message);
        this.failed(verdict.message);
        return;
      case 'held':
        this.pace.getFailed(now, verdict.forMs);
        problems.report('document-shrank', verdict.message);
        this.failed(verdict.message);
    }
  }

  private refused(refusal: Refusal, now: number): void {
    const { problems } = this.options;
    const { status, code, message, retryAfterMs } = refusal;
    const lasting = isLasting(refusal);
    if (code === 'revision-not-reached') this.behindSince ??= now;
    if (lasting) this.pace.refusedForLong(now);
    else this.pace.getFailed(now, retryAfterMs);
    this.refusedForLong = lasting;
    this.looked = false;
    const problem = isRedirect(status) ? 'redirected' : lasting ? 'refused' : 'unreachable';
    problems.report(problem, message, {
      server: { status, ...(code !== undefined && { code }) },
      level: lasting ? 'error' : 'warn',
    });
    this.failed(message);
  }

  private confirm(): void {
    const { clock } = this.options;
    this.confirmed = true;
    this.refusedForLong = false;
    this.unconditional = false;
    this.behindSince = null;
    this.lastError = null;
    this.confirmedAt = { wall: clock.wall(), monotonic: clock.monotonic() };
    this.pace.got(clock.monotonic(), false);
  }

  private failed(message: string): void {
    this.confirmed = false;
    this.lastError = message;
  }

  private hasWaitedLongEnough(): boolean {
    return this.behindSince !== null && this.options.clock.monotonic() - this.behindSince >= LAG_MS;
  }
}

function count(tally: Map<string, number>, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}
