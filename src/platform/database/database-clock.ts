import { Injectable, Logger } from '@nestjs/common';
import { type Readiness, ReadinessRegistry } from '../health/readiness-registry.js';

/** A measurement over a way that took longer says too little. */
const SLOWEST_MS = 2_000;
const SKEW_MS = 30_000;

/**
 * The one clock by which servers decide: that of the database, which all of them share and every entry of the log has. Between two measurements,
 * and while the database is away, it goes on by the clock of the process that only counts, so that a clock that is set does not matter. Before the first
 * it is this machine's.
 */
@Injectable()
export class DatabaseClock {
  private readonly logger = new Logger(DatabaseClock.name);
  /** The database's time when `performance.now()` was 0. */
  private origin: number | null = null;
  private isSkewed = false;

  constructor(readiness: ReadinessRegistry) {
    readiness.register('clock', () => this.readiness());
  }

  /** In milliseconds since 1970. */
  ms(): number {
    return this.origin === null ? Date.now() : Math.floor(this.origin + performance.now());
  }

  now(): Date {
    return new Date(this.ms());
  }

  /** `there`: the database's time, of a moment between `sent` and now; `sent` is of `performance.now()`. */
  measured(there: Date, sent: number): void {
    const tookMs = performance.now() - sent;
    if (tookMs > SLOWEST_MS && this.origin !== null) return;
    this.origin = there.getTime() - (sent + tookMs / 2);
    this.tellSkew();
  }

  /** How far this machine's clock is ahead of it. */
  get skewMs(): number {
    return Date.now() - this.ms();
  }

  private tellSkew(): void {
    const isSkewed = Math.abs(this.skewMs) > SKEW_MS;
    if (isSkewed !== this.isSkewed)
      this.logger.warn(isSkewed ? this.sentence() : 'The clock of this machine is as that of the database again.');
    this.isSkewed = isSkewed;
  }

  private readiness(): Readiness {
    return Math.abs(this.skewMs) > SKEW_MS ? { status: 'degraded', detail: this.sentence() } : { status: 'up' };
  }

  private sentence(): string {
    const seconds = Math.round(this.skewMs / 1_000);
    const how = `${String(Math.abs(seconds))} s ${seconds > 0 ? 'ahead of' : 'behind'}`;
    return `The clock of this machine is ${how} that of the database, which is the one that decides: set the wrong one.`;
  }
}
