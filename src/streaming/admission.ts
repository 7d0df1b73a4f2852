import type { Config } from '../platform/config/config.js';
import { Unavailable } from '../platform/http/problems/problem.js';

export type ShedCause = 'limit' | 'token-limit' | 'rate' | 'stopping';

type Limits = Pick<Config['streams'], 'limit' | 'limitPerToken' | 'rate'>;

/**
 * Which streams may be opened. Clients that all come back at once are what takes flag services down: they are let in at a steady rate,
 * and the others are told to try again at different moments. Evaluation by polling is never refused.
 */
export class Admission {
  private allowance: number;
  private asOf = 0;

  constructor(private readonly limits: Limits) {
    this.allowance = limits.rate;
  }

  /** Null: it may be opened, and counts. */
  refusal(open: { all: number; ofToken: number }, nowMs: number): ShedCause | null {
    const { limit, limitPerToken, rate } = this.limits;
    if (open.all >= limit) return 'limit';
    if (open.ofToken >= limitPerToken) return 'token-limit';
    this.allowance = Math.min(rate, this.allowance + (Math.max(0, nowMs - this.asOf) / 1_000) * rate);
    this.asOf = nowMs;
    if (this.allowance < 1) return 'rate';
    this.allowance--;
    return null;
  }
}

/** `random` (0 to 1) spreads those who are refused together. */
export function shed(cause: ShedCause, random: number): Unavailable {
  const { detail, within } = SHED[cause];
  return new Unavailable(
    `stream-${cause}`,
    `${detail} Poll meanwhile, or try again after Retry-After.`,
    1 + Math.floor(random * within),
  );
}

const SHED: Record<ShedCause, { detail: string; within: number }> = {
  limit: { detail: 'This server has as many event streams open as it may (FLAGTREE_STREAM_LIMIT).', within: 30 },
  'token-limit': { detail: 'This token has as many event streams open as it may (FLAGTREE_STREAM_LIMIT_PER_TOKEN).', within: 30 },
  rate: { detail: 'Too many event streams are being opened at once (FLAGTREE_STREAM_RATE).', within: 5 },
  stopping: { detail: 'This server is stopping.', within: 5 },
};
