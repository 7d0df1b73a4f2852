import flagtree from './peers/flagtree.mjs';
import { agreedUsers } from './agreement.mjs';
import { oneAfterAnother } from './measure.mjs';
import { ONE_FLAG } from './workloads.mjs';

/**
 * Bytes that one evaluation allocates, by workload, and for control what one small object more would cost. Runs in a process of its own, with a
 * young generation that a million evaluations do not fill: `node --expose-gc --min-semi-space-size=128 allocations.mjs` prints a line of JSON.
 */
const EVALUATIONS = 1_000_000;
const bytes = {};
for (const workload of ONE_FLAG) {
  const { name, flag } = workload;
  const { one, contextOf } = await flagtree.load([flag]);
  const users = workload.users ?? (await agreedUsers(new Map([['flagtree', { one, contextOf }]]), workload));
  bytes[name] = bytesOf(oneAfterAnother(one, flag.key, users.map(contextOf)));
}
let kept;
bytes.control = bytesOf(() => (kept = { kept: kept === undefined }));
console.log(JSON.stringify(bytes));

function bytesOf(run) {
  for (let i = 0; i < EVALUATIONS; i++) run();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < EVALUATIONS; i++) run();
  return (process.memoryUsage().heapUsed - before) / EVALUATIONS;
}
