import type { Clock } from '../clock.js';
import type { Exposure, ExposureOptions, TrackEvent } from '../types/exposures.js';
import { Backoff } from '../transport/backoff.js';

export type Told = Exposure | TrackEvent;

const MOST_QUEUED = 10_000;
const BATCH = 500;
const TRIES = 3;
const TRY_MS = 10_000;

interface Options {
  readonly clock: Clock;
  readonly flushMs: number;
  /** Null: without timers, so that only `flush` sends. */
  readonly timed: boolean;
  readonly send: ExposureOptions['send'] | undefined;
  readonly listeners: (batch: readonly Told[]) => void;
  readonly failed: (message: string) => void;
}

/** What is to be told, in order, in batches, one at a time. What cannot be sent is dropped and counted: nothing waits for it. */
export class Queue {
  sent = 0;
  dropped = 0;
  private items: Told[] = [];
  private sending: Promise<void> | null = null;
  private timer: (() => void) | null = null;
  private closed = false;
  /** What goes on by itself only while there is a timer. */
  private ticked = 0;

  constructor(private readonly options: Options) {
    this.ticked = options.clock.monotonic();
  }

  get queued(): number {
    return this.items.length;
  }

  /** The time, as exactly as it can be had for nothing. */
  about(): number {
    return this.timer === null ? (this.ticked = this.options.clock.monotonic()) : this.ticked;
  }

  push(item: Told): void {
    if (this.closed || this.items.length >= MOST_QUEUED) {
      this.dropped++;
      return;
    }
    this.items.push(item);
    if (!this.options.timed) return;
    if (this.items.length >= BATCH) void this.flush();
    this.timer ??= this.options.clock.after(this.options.flushMs, () => { this.tick(); }); // prettier-ignore
  }

  /** Sends all that is there now. Never rejects. */
  flush(): Promise<void> {
    this.sending ??= this.sendAll().then(() => {
      this.sending = null;
    });
    return this.sending;
  }

  close(): void {
    this.closed = true;
    this.timer?.();
    this.dropped += this.items.length;
    this.items = [];
  }

  private tick(): void {
    this.timer = null;
    void this.flush();
  }

  private async sendAll(): Promise<void> {
    while (this.items.length > 0) {
      const batch = this.items.splice(0, BATCH);
      this.options.listeners(batch);
      if (this.options.send === undefined || (await this.sendOne(batch, this.options.send))) this.sent += batch.length;
      else this.dropped += batch.length;
    }
  }

  private async sendOne(batch: readonly Told[], send: ExposureOptions['send']): Promise<boolean> {
    const pause = new Backoff(500, 5_000);
    for (let tried = 1; ; tried++) {
      const failure = await this.attempt(batch, send);
      if (failure === null) return true;
      if (tried === TRIES || this.closed) {
        this.options.failed(`${batch.length} exposures and events were dropped: ${failure}`);
        return false;
      }
      await new Promise<void>((resolve) => {
        this.options.clock.after(pause.next(this.options.clock.random()), resolve);
      });
    }
  }

  /** Null: it was sent. */
  private async attempt(batch: readonly Told[], send: ExposureOptions['send']): Promise<string | null> {
    const controller = new AbortController();
    let late: () => void = () => undefined;
    const tooLate = new Promise<string>((resolve) => {
      late = this.options.clock.after(TRY_MS, () => {
        controller.abort();
        resolve(`send did not end within ${TRY_MS / 1_000} s`);
      });
    });
    try {
      const sent = Promise.resolve(send(batch, controller.signal)).then(
        () => null,
        (error: unknown) => `send has failed: ${String(error)}`,
      );
      return await Promise.race([sent, tooLate]);
    } catch (error) {
      return `send has thrown: ${String(error)}`;
    } finally {
      late();
    }
  }
}
