/** How long a stage has been watched. Moments are the database's, in milliseconds. */
export interface StageClock {
  watched: number;
  /** When somebody last looked; null before the first time. */
  tickedAt: number | null;
}

/**
 * A stage grows older only while somebody watches: of what lies between two looks at most `cap` milliseconds count, and nothing when the
 * clock was put back. So neither a night without servers nor a jump of the clock makes a stage pass.
 */
export function elapse({ watched, tickedAt }: StageClock, now: number, cap: number): StageClock {
  const since = tickedAt === null ? 0 : Math.min(Math.max(0, now - tickedAt), cap);
  return { watched: watched + since, tickedAt: now };
}
