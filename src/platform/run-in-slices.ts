import { setImmediate as breathe } from 'node:timers/promises';
import type { Interruptible } from '@flagtree/engine';

/** For so long, in milliseconds, the event loop waits for such work: requests that come meanwhile are answered between two slices. */
const SLICE_MS = 10;

/** What nobody waits for takes less at a time: whoever waits for the database waits for a slice with each answer of it. */
export const BACKGROUND_SLICE_MS = 2;

/** Does the work of an engine's generator, a little at a time. */
export async function runInSlices<T>(work: Interruptible<T>, sliceMs = SLICE_MS): Promise<T> {
  let until = performance.now() + sliceMs;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await breathe();
    until = performance.now() + sliceMs;
  }
}
