/**
 * Evaluation while PostgreSQL comes and goes: `node bench/streams/outage.mjs [minutes=10] [per second=200]` (after a build). PostgreSQL is
 * stopped and started again every 20 seconds, somebody writes, 50 readers follow. Fails when an evaluation fails, or a reader misses a change.
 * Beside it a bare node:http server is asked as often by the same process: what is slow there too is the machine's, not the outage's.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildIfChanged } from '../../scripts/setup/build/build-if-changed.mjs';
import { openStreams } from './readers.mjs';
import { memoryOf, startBare, startFlagtree } from './servers.mjs';
import { spread } from './spread.mjs';

const MINUTES = Number(process.argv[2] ?? 10);
const PER_SECOND = Number(process.argv[3] ?? 200);
const READERS = 50;

buildIfChanged();
const { openDataDirectory } = await import('../../dist/platform/data-directory/data-directory.js');
const { startEmbeddedPostgres } = await import('../../dist/platform/embedded-postgres/embedded-postgres.js');
const parent = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
chmodSync(parent, 0o755);
const { path } = await openDataDirectory(join(parent, 'data'), () => undefined);
const launch = () => startEmbeddedPostgres({ dataDirectory: path, logger: { info: () => undefined, error: console.error } });

let postgres = await launch();
let isAway = false;
let outages = 0;
const server = await startFlagtree({ DATABASE_URL: postgres.url, FLAGTREE_LOG_LEVEL: 'silent' });
const bare = await startBare();
const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
const send = (method, route, body) => fetch(server.url + route, { method, headers, body: JSON.stringify(body) });
const change = (number) => send('PATCH', '/api/admin/feature-flags/lamp', { percentage: number % 100 });

const evaluations = { there: [], away: [], failed: 0 };
const bareAnswers = [];
const writes = { done: 0, refused: 0, wrong: 0 };
const memory = [];
const last = new Map();
const until = performance.now() + MINUTES * 60_000;

await send('POST', '/api/admin/feature-flags', { key: 'lamp', enabled: true });
const readers = await openStreams(server, READERS, (reader, id) => {
  if (id <= (last.get(reader) ?? 0)) throw new Error(`Reader ${reader} was told ${id} after ${last.get(reader)}`);
  last.set(reader, id);
});
await Promise.all([often(() => evaluate()), often(() => askBare()), write(), restart(), watch()]);

await sleep(1_000);
const { revision } = await (await change(MINUTES + 0.5)).json();
for (const end = performance.now() + 10_000; performance.now() < end && [...last.values()].some((id) => id < revision);)
  await sleep(50);
const behind = READERS - [...last.values()].filter((id) => id >= revision).length;
readers.close();
await server.stop();
await bare.stop();
await postgres.stop();
rmSync(parent, { recursive: true, force: true });

const [before, after] = [memory.slice(0, 5), memory.slice(-5)].map(
  (some) => some.reduce((sum, one) => sum + one, 0) / some.length,
);
const answered = evaluations.there.length + evaluations.away.length;
console.log(
  `${MINUTES} min, ${answered} evaluations, ${evaluations.failed} failed (target 0); PostgreSQL stopped ${outages} times`,
);
console.log(`  PostgreSQL there:  ${spread(evaluations.there)}`);
console.log(`  PostgreSQL away:   ${spread(evaluations.away)}`);
console.log(`  bare node:http:    ${spread(bareAnswers)}`);
console.log(`writes: ${writes.done} done, ${writes.refused} refused with 503, ${writes.wrong} answered otherwise (target 0)`);
console.log(`readers: ${READERS}, behind at the end: ${behind} (target 0)`);
console.log(`memory: ${before.toFixed(0)} MB at first, ${after.toFixed(0)} MB at the end`);
process.exit(answered === 0 || evaluations.failed + writes.wrong + behind > 0 ? 1 : 0);

/** At the same pace however long the answers take. */
async function often(ask) {
  for (let next = performance.now(); next < until; next += 1_000 / PER_SECOND) {
    await sleep(Math.max(0, next - performance.now()));
    void ask();
  }
}

async function evaluate() {
  const [asked, times] = [performance.now(), isAway ? evaluations.away : evaluations.there];
  const status = await send('POST', '/ofrep/v1/evaluate/flags/lamp', { context: { targetingKey: 'user-1' } })
    .then(async (answer) => (await answer.arrayBuffer(), answer.status))
    .catch((error) => error.message);
  if (status === 200) times.push(performance.now() - asked);
  else evaluations.failed++;
}

async function askBare() {
  const asked = performance.now();
  const answer = await fetch(bare.url, { method: 'POST', headers, body: '{}' });
  await answer.arrayBuffer();
  bareAnswers.push(performance.now() - asked);
}

async function write() {
  for (let number = 0; performance.now() < until; number++) {
    const { status, headers: answered } = await change(number);
    if (status === 200) writes.done++;
    else if (status === 503 && Number(answered.get('retry-after')) > 0) writes.refused++;
    else writes.wrong++;
    await sleep(100);
  }
}

async function restart() {
  while (performance.now() < until - 15_000) {
    await sleep(10_000);
    isAway = true;
    outages++;
    await postgres.stop();
    await sleep(10_000);
    postgres = await launch();
    isAway = false;
  }
}

async function watch() {
  while (performance.now() < until) {
    memory.push(memoryOf(server.pid));
    await sleep(2_000);
  }
}
