/**
 * What one write costs as a server grows: `node bench/scale/run.mjs [flags]x[environments] …`, of which the first is the baseline of the
 * others. Each size on a server of its own with a private PostgreSQL; an evaluating client goes on meanwhile. `still`: for how long, at
 * worst, the server's event loop stood still, which is what everybody else waits. `BENCH_SERVER` names another build's `main.js`.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildIfChanged } from '../../scripts/setup/build/build-if-changed.mjs';
import { median } from '../http/median.mjs';
import { startWatched } from './client.mjs';
import { keyOf, leafOf, statesOf } from './states.mjs';

const SIZES = process.argv.length > 2 ? process.argv.slice(2) : ['1000x10', '1000x100', '5000x10'];
const WRITES = 15;
const EMPTY_ENVIRONMENTS = 40;
/** Longer than the state takes to be written to disk after a change. */
const SETTLED_MS = 2_500;

if (process.env.BENCH_SERVER === undefined) buildIfChanged();
let baseline;
for (const size of SIZES) {
  const [flags, environments] = size.split('x').map(Number);
  const figures = await measure({ flags, environments });
  baseline ??= figures;
  console.log(`\n${flags} flags × ${environments} environments`);
  for (const [what, figure] of Object.entries(figures)) console.log(`  ${what.padEnd(46)} ${told(figure, baseline[what])}`);
}

function told({ value, unit, still }, base) {
  const ratio = base.value > 0 ? `${(value / base.value).toFixed(2)}× of the first size` : '';
  const stood = still === undefined ? '' : `still ${still.toFixed(0)} ms`.padEnd(16);
  return `${`${value.toFixed(value < 10 ? 1 : 0)} ${unit}`.padStart(12)}   ${stood}${ratio}`;
}

async function measure(size) {
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
  chmodSync(parent, 0o755);
  const dataDirectory = join(parent, 'data');
  let server = await startWatched(dataDirectory);
  try {
    const figures = {};
    const document = statesOf(size);
    figures['import'] = await timed(server, () => server.import(document));
    await server.stop();
    server = await startWatched(dataDirectory);
    figures['start (its PostgreSQL included)'] = { value: server.healthyAfterMs, unit: 'ms' };
    await settled(server);
    figures['write: an override in a leaf'] = await writes(server, (turn) =>
      server.call('PATCH', `/api/admin/environments/${leafOf(0)}/feature-flags/${keyOf(7)}`, { enabled: turn % 2 === 0 }),
    );
    figures['write: a base edit, in every environment'] = await writes(server, (turn) =>
      server.call('PATCH', `/api/admin/feature-flags/${keyOf(8)}`, { enabled: turn % 2 === 0 }),
    );
    figures['a new environment'] = await writes(server, (turn) =>
      server.call('POST', '/api/admin/environments', { slug: `new-${turn}`, name: `New ${turn}`, parent: 'development' }),
    );
    figures['memory: an environment that overrides nothing'] = await memory(server);
    return figures;
  } finally {
    await server.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

async function timed(server, work) {
  await server.figures();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  return { value: seconds, unit: 's', still: await settled(server) };
}

/** The median of some writes, one after the other, each followed by an evaluation of what it wrote elsewhere. */
async function writes(server, write) {
  await settled(server);
  const times = [];
  for (let turn = 0; turn < WRITES; turn++) {
    const started = performance.now();
    await write(turn);
    times.push(performance.now() - started);
    await server.evaluate(leafOf(turn % 3), keyOf(9));
  }
  return { value: median(times.slice(2)), unit: 'ms', still: await settled(server) };
}

/** Of environments that are evaluated in. */
async function memory(server) {
  const { heapBytes: before } = await heap(server);
  for (let index = 0; index < EMPTY_ENVIRONMENTS; index++) {
    await server.call('POST', '/api/admin/environments', { slug: `empty-${index}`, name: 'Empty', parent: 'development' });
    await server.evaluate(`empty-${index}`, keyOf(9));
  }
  const { heapBytes: after } = await heap(server);
  return { value: (after - before) / EMPTY_ENVIRONMENTS / 1024, unit: 'kB' };
}

async function heap(server) {
  await settled(server);
  return server.figures('heap');
}

/** When whatever follows a change has happened; how long the loop stood still at worst since the last time. */
async function settled(server) {
  await sleep(SETTLED_MS);
  return (await server.figures()).worstMs;
}
