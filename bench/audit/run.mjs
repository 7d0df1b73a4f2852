/**
 * What a long audit log costs: `node bench/audit/run.mjs [entries] …`, each on a server of its own with a private PostgreSQL, the first size as
 * the baseline of the others. 1,000 flags in 10 environments; the log is made of edits of them all, in revisions of five hundred entries.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { buildIfChanged } from '../../scripts/setup/build/build-if-changed.mjs';
import { median } from '../http/median.mjs';
import { databaseUrlOf } from '../http/servers.mjs';
import { startWatched } from '../scale/client.mjs';
import { statesOf } from '../scale/states.mjs';

const SIZES = (process.argv.length > 2 ? process.argv.slice(2) : ['10000', '1000000']).map(Number);
const FLAGS = 1_000;
const ENVIRONMENTS = 10;
const MOMENTS = 20;
const AUDIT = '/api/flags/audit';
/** One of each of these is all there is of it in the log. */
const RARE = ['archive', 'restore', 'deleted', 'promote', 'revert', 'import'];

buildIfChanged();
let baseline;
for (const size of SIZES) {
  console.log(`\n${size} entries`);
  const figures = new Map();
  await measure(size, (what, value, said = '') => {
    figures.set(what, value);
    const first = baseline?.get(what) ?? value;
    const ratio = `${(value / first).toFixed(2)}× of the first size`;
    console.log(`  ${what.padEnd(44)} ${`${value.toFixed(value < 10 ? 1 : 0)} ms`.padStart(12)}   ${ratio}${said}`);
  });
  baseline ??= figures;
}

/** `tell` hears of each figure (milliseconds) as soon as it is known. */
async function measure(size, tell) {
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
  chmodSync(parent, 0o755);
  const dataDirectory = join(parent, 'data');
  let server = await startWatched(dataDirectory);
  try {
    await server.import(statesOf({ flags: FLAGS, environments: ENVIRONMENTS }));
    await rareDeeds(server);
    await lengthen(databaseUrlOf(dataDirectory), size);
    await server.stop();
    server = await startWatched(dataDirectory);
    tell('start (its PostgreSQL included)', server.healthyAfterMs);
    const { revision } = await server.call('GET', '/api/feature-flags/snapshot?env=production');
    const asked = [];
    for (let index = 0; index < MOMENTS; index++) {
      const moment = 3 + Math.floor(((revision - 4) * (index + 0.5)) / MOMENTS);
      asked.push(await timed(() => server.call('GET', `/api/admin/feature-flags?limit=1&at=${moment}`)));
    }
    tell('?at= of a moment, median', median(asked));
    tell('?at= of a moment, worst', Math.max(...asked));
    tell('newest 50', await often(server, `${AUDIT}?limit=50`));
    for (const action of RARE) tell(`action=${action}`, await often(server, `${AUDIT}?limit=50&action=${action}`));
    tell('verify', await timed(() => server.call('GET', `${AUDIT}/verify`)));
    let from;
    const goOn = async () => void ({ from } = await server.call('GET', `${AUDIT}/verify?goOn=true`));
    tell('verify?goOn=true', await timed(goOn), `, from entry ${from}`);
  } finally {
    await server.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

async function rareDeeds(server) {
  const flags = '/api/admin/feature-flags';
  await server.call('POST', flags, { key: 'rare' });
  await server.call('DELETE', `${flags}/rare`);
  await server.call('POST', `${flags}/rare/restore`);
  await server.call('PUT', '/api/admin/environments/staging/feature-flags/rare', { enabled: true });
  const { id } = await server.call('POST', `${flags}/rare/promote`, { from: 'staging', to: 'production' });
  await server.call('POST', `/api/admin/promotions/${id}/revert`);
  await server.call('DELETE', '/api/admin/environments/staging/feature-flags/rare');
}

/** Edits every flag, five hundred at a time, until the log is as long. */
async function lengthen(url, size) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let turn = 0; ; turn++) {
    const [{ entries }] = (await client.query('SELECT ledger.entries FROM flagtree.ledger AS ledger')).rows;
    if (Number(entries) >= size) break;
    await client.query(
      `UPDATE flagtree.flags AS flag SET description = $1 WHERE flag.id IN
        (SELECT listed.id FROM flagtree.flags AS listed WHERE listed.key <> 'rare' ORDER BY listed.key OFFSET $2 LIMIT 500)`,
      [`Edit ${turn}`, (turn % (FLAGS / 500)) * 500],
    );
  }
  await client.query('ANALYZE flagtree.audit_entries');
  await client.end();
}

async function often(server, path) {
  const times = [];
  for (let turn = 0; turn < 7; turn++) times.push(await timed(() => server.call('GET', path)));
  return median(times);
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
