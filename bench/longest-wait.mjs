import { setTimeout as sleep } from 'node:timers/promises';

/** Does the work and asks the server all the while: for how long, at worst, nobody was answered. Milliseconds. */
export async function longestWait(url, work) {
  let worst = 0;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const started = performance.now();
      await (await fetch(`${url}/health/live`)).arrayBuffer();
      worst = Math.max(worst, performance.now() - started);
      await sleep(2);
    }
  })();
  try {
    return { result: await work(), gap: await stopped() };
  } finally {
    isOver = true;
  }

  async function stopped() {
    isOver = true;
    await asking;
    return worst;
  }
}
