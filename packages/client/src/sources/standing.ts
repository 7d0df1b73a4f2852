import type { Clock } from '../clock.js';
import type { Problems } from '../client/problems.js';
import type { HeldDocument } from '../snapshot/held-document.js';
import type { Store } from '../snapshot/store.js';
import { type Fetched, isLasting, isRedirect, type Refusal } from './fetched.js';
import type { Pace } from './pace.js';

/** How long a revision that is older than ours, or that is said to be still to come, is waited for. */
const LAG_MS = 60_000;

interface Options {
  readonly clock: Clock;
  readonly store: Store;
  readonly problems: Problems;
  readonly pace: Pace;
  readonly isStreaming: () => boolean;
}

/** How the client stands to its server: what came of the last attempts, and what follows from that for the next one. */
export class Standing {
  /** Whether the server has confirmed the data, and nothing has failed since. */
  confirmed = false;
  /** When it last did, by both clocks. */
  confirmedAt: { wall: number; monotonic: number } | null = null;
  lastError: string | null = null;
  /** Refused for a reason that somebody has to change first. */
  refusedForLong = false;
  /** The revision that the stream told of and that is not here yet. */
  private expected: { readonly revision: number; readonly etag: string } | null = null;
  /** The last document could not be used: its tag must not be sent. */
  private unconditional = false;
  /** The server said that its history is another one: revisions cannot be compared. */
  private replaced = false;
  /** Since when the server has been behind us; null: it is not. Monotonic. */
  private behindSince: number | null = null;

  constructor(private readonly options: Options) {}

  /** What the next request for the document has to say, and which revision the answer has to have at least. */
  request(): { query: Record<string, string>; headers: Record<string, string>; least: number | null } {
    const { document, provenance } = this.options.store;
    const isKnown = document !== null && !this.unconditional && !this.replaced && provenance !== 'bootstrap';
    const least = this.leastRevision(document);
    return {
      query: least === null ? {} : { minRevision: String(least) },
      headers: isKnown ? { 'if-none-match': `"${document.etag}"` } : {},
      least,
    };
  }

  take(fetched: Fetched, least: number | null): void {
    const { clock, pace, problems } = this.options;
    const now = clock.monotonic();
    switch (fetched.came) {
      case 'unchanged':
        this.arrived(now, least);
        return;
      case 'document':
        this.offer(fetched.document, now, { least });
        return;
      case 'unusable':
        this.unconditional = true;
        pace.getFailed(now, null);
        problems.report('document-refused', fetched.message);
        this.failed(fetched.message, 'data');
        return;
      case 'nothing':
        pace.unreachable('get', now);
        problems.report('unreachable', fetched.message);
        this.failed(fetched.message, 'way');
        return;
      case 'refusal':
        this.refused(fetched, now);
    }
  }

  /** A document, from wherever it came. True: what is in force now is what the server has. */
  offer(
    document: HeldDocument,
    now: number,
    { keys, least = null }: { keys?: readonly string[]; least?: number | null } = {},
  ): boolean {
    const { store, problems, pace } = this.options;
    const verdict = store.offer(document, 'server', { replaced: this.replaced || this.hasWaited(now), ...(keys && { keys }) });
    switch (verdict.became) {
      case 'installed':
      case 'same':
        this.arrived(now, least);
        return true;
      case 'older': {
        this.behindSince ??= now;
        const message = `The server answers revision ${document.revision}, which is older than ${store.document?.revision ?? 0}: it lags, or its database was restored`;
        pace.getFailed(now, null);
        problems.report('older-revision', message);
        this.failed(message, 'data');
        return false;
      }
      case 'elsewhere':
        pace.refusedForLong(now);
        this.refusedForLong = true;
        problems.report('environment-mismatch', verdict.message);
        this.failed(verdict.message, 'data');
        return false;
      case 'held':
        pace.getFailed(now, verdict.forMs);
        problems.report('document-shrank', verdict.message);
        this.failed(verdict.message, 'data');
        return false;
    }
  }

  refused(refusal: Refusal, now: number): void {
    const { pace } = this.options;
    const lasting = isLasting(refusal);
    if (refusal.code === 'revision-not-reached') this.behindSince ??= now;
    if (lasting) pace.refusedForLong(now);
    else pace.getFailed(now, refusal.retryAfterMs);
    this.noteRefusal(refusal, lasting);
    this.failed(refusal.message, lasting ? 'data' : 'way');
  }

  noteRefusal({ status, code, message }: Refusal, lasting: boolean): void {
    this.refusedForLong = lasting;
    this.options.problems.report(isRedirect(status) ? 'redirected' : lasting ? 'refused' : 'unreachable', message, {
      server: { status, ...(code !== undefined && { code }) },
      level: lasting ? 'error' : 'warn',
    });
  }

  /** The stream says where the server is. True: so is this client. */
  expects(expected: { readonly revision: number; readonly etag: string }): boolean {
    const { store, clock } = this.options;
    this.expected = store.document?.etag === expected.etag ? null : expected;
    if (this.expected === null) this.confirm(clock.monotonic());
    return this.expected === null;
  }

  /** What was told before does not count any more; where the history is another one, neither does the revision that was told. */
  reset(replaced: boolean): void {
    if (replaced) this.expected = null;
    this.replaced ||= replaced;
  }

  /** `way`: with a stream that is open, one request that failed says nothing about the data. */
  failed(message: string, what: 'way' | 'data'): void {
    this.lastError = message;
    if (what === 'data' || !this.options.isStreaming()) this.confirmed = false;
  }

  /** Something that can be used has come, from a server that was asked for at least the revision `least`. */
  private arrived(now: number, least: number | null): void {
    const { pace, store } = this.options;
    if (store.document !== null) store.provenance = 'server';
    this.unconditional = false;
    this.replaced = false;
    this.refusedForLong = false;
    if (this.expected !== null && !this.isReached(this.expected, least)) {
      // the stream told of it while the answer was on its way
      if (least === null || least < this.expected.revision) {
        pace.getAt = now;
        return;
      }
      this.behindSince ??= now;
      pace.getFailed(now, null);
      if (!this.hasWaited(now)) return;
    }
    this.expected = null;
    this.confirm(now);
    pace.got(now, this.options.isStreaming());
  }

  private isReached({ revision, etag }: { revision: number; etag: string }, least: number | null): boolean {
    const { document } = this.options.store;
    if (document === null || document.etag === etag || document.revision >= revision) return true;
    return least !== null && least >= revision && this.behindSince === null;
  }

  private confirm(now: number): void {
    this.confirmed = true;
    this.refusedForLong = false;
    this.behindSince = null;
    this.lastError = null;
    this.confirmedAt = { wall: this.options.clock.wall(), monotonic: now };
  }

  private leastRevision(document: HeldDocument | null): number | null {
    const now = this.options.clock.monotonic();
    if (this.replaced || this.hasWaited(now)) return null;
    const told = this.expected?.revision ?? 0;
    const ours = this.behindSince === null ? 0 : (document?.revision ?? 0);
    return Math.max(told, ours) || null;
  }

  private hasWaited(now: number): boolean {
    return this.behindSince !== null && now - this.behindSince >= LAG_MS;
  }
}
