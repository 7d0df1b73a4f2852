const WINDOW_MS = 10_000;

/** Lets the first few of each ten seconds through, and says afterwards how many there were besides. */
export class Sampled {
  private count = 0;
  private begun = 0;
  private leftOut = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly most: number,
    private readonly tell: (leftOut: Record<string, number>) => void,
  ) {}

  /** Whether this one is let through; `kind` is what it is counted as otherwise. */
  admits(kind: string, now = Date.now()): boolean {
    if (now - this.begun >= WINDOW_MS || now < this.begun) {
      this.end();
      this.begun = now;
    }
    if (this.count < this.most) {
      this.count++;
      return true;
    }
    this.leftOut.set(kind, (this.leftOut.get(kind) ?? 0) + 1);
    this.timer ??= setTimeout(() => { this.end(); }, WINDOW_MS).unref(); // prettier-ignore
    return false;
  }

  private end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.count = 0;
    if (this.leftOut.size === 0) return;
    const leftOut = Object.fromEntries(this.leftOut);
    this.leftOut = new Map();
    this.tell(leftOut);
  }
}
