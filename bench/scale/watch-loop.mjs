/**
 * Loaded into the server by `--import`: answers over IPC for how long, at worst, its event loop stood still since it was last asked, and how
 * much memory lives. Only there while a benchmark is its parent.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

process.on('message', (question) => {
  const worstMs = Math.max(0, delays.max / 1e6 - RESOLUTION_MS);
  if (question === 'heap') globalThis.gc();
  process.send({ worstMs, heapBytes: process.memoryUsage().heapUsed });
  delays.reset();
});
process.channel.unref();
