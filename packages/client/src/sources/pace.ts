import { Backoff, spread } from '../transport/backoff.js';

const MINUTE = 60_000;

/** Once in a while the document is asked for all the same: that is the truth, the stream the short cut. */
const POLL_BESIDE_STREAM_MS = 5 * MINUTE;
const STREAM_AGAIN_MS = 10 * MINUTE;
const SETTLED_MS = MINUTE;
export const NEVER = Infinity;

/** When to do what, by a clock that goes on evenly: whether to ask for the document or to open the stream, never both at once. */
export class Pace {
  getAt: number = NEVER;
  openAt: number = NEVER;
  private readonly getBackoff = new Backoff(1_000, 30_000);
  private readonly openBackoff = new Backoff(1_000, 30_000);
  private readonly reach = new Backoff(1_000, 30_000);
  private readonly lasting = new Backoff(5 * MINUTE, 60 * MINUTE);

  constructor(
    private readonly pollMs: number,
    private readonly streams: boolean,
    private readonly random: () => number,
  ) {}

  start(now: number): void {
    this.getAt = now;
  }

  next(): { act: 'get' | 'open'; at: number } {
    return this.openAt < this.getAt ? { act: 'open', at: this.openAt } : { act: 'get', at: this.getAt };
  }

  /** The document was there, or had not changed. */
  got(now: number, isStreaming: boolean): void {
    this.getBackoff.reset();
    this.reach.reset();
    this.lasting.reset();
    this.getAt = now + spread(isStreaming ? POLL_BESIDE_STREAM_MS : this.pollMs, this.random());
    if (this.streams && !isStreaming && this.openAt === NEVER) this.openAt = now;
  }

  opened(now: number): void {
    this.openAt = NEVER;
    this.lasting.reset();
    this.getAt = now + spread(POLL_BESIDE_STREAM_MS, this.random());
  }

  /** `retryMs`: the pause that the server wished. */
  streamEnded(now: number, openSince: number, retryMs: number | null): void {
    if (now - openSince >= SETTLED_MS) {
      this.openBackoff.reset();
      this.reach.reset();
    }
    this.openAt = now + (retryMs ?? this.openBackoff.next(this.random()));
    this.getAt = Math.min(this.getAt, now + spread(this.pollMs, this.random()));
  }

  /** Something between here and the server holds the events back. */
  streamUseless(now: number): void {
    this.openAt = now + STREAM_AGAIN_MS;
    this.getAt = Math.min(this.getAt, now + spread(this.pollMs, this.random()));
  }

  getFailed(now: number, retryMs: number | null): void {
    this.getAt = now + (retryMs ?? this.getBackoff.next(this.random()));
  }

  openFailed(now: number, retryMs: number | null): void {
    this.openAt = now + (retryMs ?? this.openBackoff.next(this.random()));
    this.getAt = Math.min(this.getAt, now + spread(this.pollMs, this.random()));
  }

  /** Nobody answered: the other way would meet the same. */
  unreachable(act: 'get' | 'open', now: number): void {
    const at = now + this.reach.next(this.random());
    if (act === 'open') {
      this.openAt = at;
      this.getAt = Math.max(at, Math.min(this.getAt, now + spread(this.pollMs, this.random())));
    } else {
      this.getAt = at;
      if (this.openAt !== NEVER) this.openAt = Math.max(at, this.openAt);
    }
  }

  /** Trying again soon is of no use. */
  refusedForLong(now: number): void {
    const at = now + spread(this.lasting.next(0), this.random());
    this.getAt = at;
    if (this.openAt !== NEVER) this.openAt = at;
  }

  /** At once, whatever was planned: the first question is always for the document. */
  hurry(now: number): void {
    this.getAt = now;
    if (this.openAt !== NEVER) this.openAt = Math.max(now, Math.min(this.openAt, now + 1));
  }
}
