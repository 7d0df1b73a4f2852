import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from '../support/server.js';

export interface Sample {
  /** Since the first one. */
  hours: number;
  heapMb: number;
  rssMb: number;
  fds: number;
  loopP99Ms: number;
}

const COLLECTION_MS = 300;
const MB = 1_024 * 1_024;
/** The first quarter fills caches and warms the compiler up. */
const WARM_UP = 0.25;

/** For a server whose memory is measured: SIGUSR2 makes it collect its garbage. */
export const COLLECTS_ON_SIGNAL = {
  NODE_OPTIONS: `--expose-gc --import ${new URL('../support/jest/collect-garbage.mjs', import.meta.url).href}`,
};

/** How a server is, by its own metrics: the heap after a collection, everything else as it was before that one. */
export async function sample({ url, pid, adminToken }: TestServer, startedAt: number): Promise<Sample> {
  const before = await metrics(url, adminToken);
  process.kill(pid, 'SIGUSR2');
  await sleep(COLLECTION_MS);
  const after = await metrics(url, adminToken);
  return {
    hours: (performance.now() - startedAt) / 3_600_000,
    heapMb: after('nodejs_heap_size_used_bytes') / MB,
    rssMb: before('process_resident_memory_bytes') / MB,
    fds: before('process_open_fds'),
    loopP99Ms: before('nodejs_eventloop_lag_p99_seconds') * 1_000,
  };
}

async function metrics(url: string, token: string): Promise<(name: string) => number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return (name) => {
    const value = Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    if (Number.isNaN(value)) throw new Error(`/metrics has no ${name}`);
    return value;
  };
}

/** After the warm-up, what a quantity has grown by, and how fast: the line that is nearest to all samples. */
export function growth(samples: readonly Sample[], of: 'heapMb' | 'rssMb' | 'fds'): { total: number; perHour: number } {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanHours, meanValue] = [mean(steady.map(({ hours }) => hours)), mean(steady.map((one) => one[of]))];
  const spread = steady.reduce((sum, { hours }) => sum + (hours - meanHours) ** 2, 0);
  const perHour = steady.reduce((sum, one) => sum + (one.hours - meanHours) * (one[of] - meanValue), 0) / spread;
  return { perHour, total: perHour * ((steady.at(-1)?.hours ?? 0) - (steady[0]?.hours ?? 0)) };
}
