import type { Clock } from '../clock.js';

interface Timer {
  at: number;
  act: () => void;
  holds: boolean;
}

/** Time that stands still until a spec lets it go on. */
export class FakeClock implements Clock {
  /** In the middle: what is spread is as it is, and a pause is three quarters of it. */
  chance = 0.5;
  private elapsed = 0;
  private shift = Date.parse('2026-11-28T12:00:00Z');
  private readonly timers = new Set<Timer>();

  wall = (): number => this.shift + this.elapsed;
  monotonic = (): number => this.elapsed;
  random = (): number => this.chance;

  after = (ms: number, act: () => void, holds = false): (() => void) => {
    const timer = { at: this.elapsed + ms, act, holds };
    this.timers.add(timer);
    return () => { this.timers.delete(timer); }; // prettier-ignore
  };

  /** Lets time pass, and all that was planned for it happen in order. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    await settle();
    for (let next = this.due(end); next; next = this.due(end)) {
      this.timers.delete(next);
      this.elapsed = Math.max(this.elapsed, next.at);
      next.act();
      await settle();
    }
    this.elapsed = end;
    await settle();
  }

  /** The wall clock is set, or the machine slept: the even clock knows nothing of it. */
  jump(ms: number): void {
    this.shift += ms;
  }

  /** Timers that keep the process alive. */
  get holding(): number {
    return [...this.timers].filter(({ holds }) => holds).length;
  }

  get pending(): number {
    return this.timers.size;
  }

  private due(end: number): Timer | undefined {
    return [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
