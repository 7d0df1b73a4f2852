/** How long to wait before the next attempt: doubled each time, at most `most`, less a random part of up to half. */
export class Backoff {
  private attempts = 0;

  constructor(
    private readonly first: number,
    private readonly most: number,
  ) {}

  /** `random` is from 0 to 1. */
  next(random: number): number {
    const whole = Math.min(this.most, this.first * 2 ** Math.min(this.attempts++, 30));
    return whole * (1 - random / 2);
  }

  reset(): void {
    this.attempts = 0;
  }
}

const LONGEST_RETRY_AFTER_MS = 600_000;

/** What `Retry-After` asks for, in milliseconds, at most ten minutes; null where it asks for nothing. */
export function retryAfterMs(header: string | undefined, wallMs: number): number | null {
  if (header === undefined) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - wallMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : null;
}

/** Within a fifth of `ms`, so that those who began together do not stay together. */
export function spread(ms: number, random: number): number {
  return ms * (0.8 + 0.4 * random);
}
