import type { Clock } from '../clock.js';

const LONG_MS = 2_000_000_000;

/** Waits for something whose sockets and timers keep no process alive: while somebody waits, a timer does. At most `ms`; whether it was there in time. */
export function hold(work: Promise<unknown>, clock: Clock, ms = LONG_MS): Promise<boolean> {
  return new Promise((resolve) => {
    const release = clock.after(ms, () => { resolve(false); }, true); // prettier-ignore
    const done = (): void => {
      release();
      resolve(true);
    };
    work.then(done, done);
  });
}
