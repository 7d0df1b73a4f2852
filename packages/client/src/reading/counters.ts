import type { Reason } from '../types/reader.js';

/** How often a flag was one thing. `told`: of which the server knows. */
export interface Counter {
  readonly flag: string;
  readonly variant: string | null;
  readonly reason: Reason;
  count: number;
  told: number;
  /** Which targeting keys were told of, kept by the exposures. */
  memory: object | null;
}

const MOST_COUNTERS = 20_000;
const MOST_UNKNOWN = 100;

/** What was evaluated, by flag, variant and reason. A call adds one to a counter that it has at hand. */
export class Counters {
  readonly fallbacks = new Map<string, number>();
  readonly unknownKeys = new Set<string>();
  defects = 0;
  private readonly byFlag = new Map<string, Counter[]>();
  private readonly others = new Map<Reason, Counter>();
  private size = 0;

  of(flag: string, variant: string | null, reason: Reason): Counter {
    const known = this.byFlag.get(flag)?.find((counter) => counter.variant === variant && counter.reason === reason);
    if (known) return known;
    if (this.size >= MOST_COUNTERS) return this.other(reason);
    const counter = { flag, variant, reason, count: 0, told: 0, memory: null };
    const counters = this.byFlag.get(flag);
    if (counters) counters.push(counter);
    else this.byFlag.set(flag, [counter]);
    this.size++;
    return counter;
  }

  /** Of keys that are no flags, which callers could make any number of: one counter for each reason. */
  other(reason: Reason): Counter {
    let counter = this.others.get(reason);
    if (!counter) this.others.set(reason, (counter = { flag: '', variant: null, reason, count: 0, told: 0, memory: null }));
    return counter;
  }

  unknown(key: string): void {
    if (this.unknownKeys.size < MOST_UNKNOWN) this.unknownKeys.add(key);
  }

  fellBack(cause: string): void {
    this.fallbacks.set(cause, (this.fallbacks.get(cause) ?? 0) + 1);
  }

  *flags(): Generator<Counter> {
    for (const counters of this.byFlag.values()) yield* counters;
  }

  *all(): Generator<Counter> {
    yield* this.flags();
    yield* this.others.values();
  }
}
