/** Time and chance, so that tests can have their own. */
export interface Clock {
  /** Milliseconds since 1970, as the machine believes. */
  wall(): number;
  /** Milliseconds that go on evenly, whatever happens to the wall clock. */
  monotonic(): number;
  /** From 0 to 1. */
  random(): number;
  /** Runs `act` later. The answer cancels it. No timer keeps a process alive, unless it `holds` it. */
  after(ms: number, act: () => void, holds?: boolean): () => void;
}

const LONGEST_TIMER = 2_147_483_647;

export function systemClock({ now = Date.now, random = Math.random }: { now?: () => number; random?: () => number }): Clock {
  return {
    wall: now,
    random,
    monotonic: () => performance.now(),
    after(ms, act, holds = false) {
      const timer = setTimeout(act, Math.min(ms, LONGEST_TIMER));
      if (!holds) timer.unref();
      return () => { clearTimeout(timer); }; // prettier-ignore
    },
  };
}
