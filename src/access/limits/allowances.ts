interface Allowance {
  left: number;
  asOf: number;
}

/** How often each of many may do something: `most` at once, and what was used comes back in `wholeMs`. The kept ones are bounded. */
export class Allowances {
  /** The one that was used longest ago first. */
  private readonly known = new Map<string, Allowance>();

  constructor(
    private readonly most: number,
    private readonly wholeMs: number,
    private readonly kept: number,
  ) {}

  /** Takes one from what `who` has left; 0: there was one, else how many milliseconds until there is. */
  take(who: string, now: number): number {
    const { left, asOf } = this.known.get(who) ?? { left: this.most, asOf: now };
    const allowed = Math.min(this.most, left + (Math.max(0, now - asOf) / this.wholeMs) * this.most);
    this.known.delete(who);
    this.known.set(who, { left: allowed < 1 ? allowed : allowed - 1, asOf: now });
    if (this.known.size > this.kept) this.known.delete(this.known.keys().next().value as string);
    return allowed < 1 ? ((1 - allowed) / this.most) * this.wholeMs : 0;
  }
}
