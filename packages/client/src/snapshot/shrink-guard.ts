import type { HeldDocument } from './held-document.js';

const GUARDED_FROM = 20;

/**
 * Keeps a document that loses more than half of the flags waiting: an emptied database must not empty every service. It is let in when it is still
 * the answer after `delayMs`.
 */
export class ShrinkGuard {
  private since: number | null = null;

  constructor(private readonly delayMs: number) {}

  /** How long it still has to wait; 0: it may come into force. `now` is monotonic. */
  holds(before: HeldDocument | null, after: HeldDocument, now: number): number {
    if (this.delayMs === 0 || before === null || !shrinks(before, after)) {
      this.since = null;
      return 0;
    }
    this.since ??= now;
    const left = this.since + this.delayMs - now;
    if (left > 0) return left;
    this.since = null;
    return 0;
  }
}

function shrinks(before: HeldDocument, after: HeldDocument): boolean {
  const keys = Object.keys(before.flags);
  if (keys.length < GUARDED_FROM) return false;
  const survivors = keys.filter((key) => Object.hasOwn(after.flags, key)).length;
  return survivors < keys.length / 2;
}
