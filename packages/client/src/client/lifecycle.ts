import type { Parts } from './parts.js';
import type { Follower } from '../sources/follower.js';
import { ageMs, stateOf } from './status.js';
import type { State, Status } from '../types/client.js';

/** What state a client is in, and who waits for it to be ready. */
export class Lifecycle {
  private state: State;
  private closed = false;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly follower: Follower,
  ) {
    this.state = this.now();
  }

  /** Something has happened: says so when the state is another one now. */
  review(): void {
    const { state: from } = this;
    const to = this.now();
    this.state = to;
    const cause = this.follower.standing.lastError;
    if (from !== to) this.parts.events.emit('state', { from, to, ...(cause !== null && to !== 'ready' && { cause }) });
    if (!this.isSettled()) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  close(): void {
    this.closed = true;
    this.review();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Resolves when there is no use in waiting any longer. */
  settled(): Promise<void> {
    return this.isSettled() ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  ageMs(): number | null {
    const { clock } = this.parts;
    return ageMs(this.follower.standing.confirmedAt, { wall: clock.wall(), monotonic: clock.monotonic() });
  }

  status(): Status {
    const { store, layers, settings } = this.parts;
    const { document, provenance } = store;
    const age = this.ageMs();
    return {
      state: this.now(),
      hasData: document !== null,
      environment: document?.environment ?? null,
      revision: document?.revision ?? null,
      etag: document?.etag ?? null,
      source: provenance,
      ageSeconds: age === null ? null : age / 1_000,
      ...this.follower.transport(),
      lastError: this.follower.standing.lastError,
      overrides: settings.overrides ? layers.list() : [],
    };
  }

  /** With data, the first attempt has to be over; without, it is waited for more, unless that is of no use. */
  private isSettled(): boolean {
    const { follower, closed } = this;
    const { mode } = this.parts.settings;
    if (closed || mode === 'offline') return true;
    if (this.parts.store.document === null && mode !== 'manual') return follower.standing.refusedForLong;
    return follower.attempts > 0;
  }

  private now(): State {
    return stateOf({
      closed: this.closed,
      mode: this.parts.settings.mode,
      hasData: this.parts.store.document !== null,
      confirmed: this.follower.standing.confirmed,
      attempted: this.follower.attempts > 0,
    });
  }
}
