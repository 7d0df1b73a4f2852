/**
 * Planning and applying promotions: `node bench/promotion.mjs [environments=50] [flags=5000]`.
 * First the plan alone, as a pure function, among few and many stored flags; then over HTTP, on a server with a private PostgreSQL.
 * Beside each apply stands its baseline: as many overrides by plain multi-row INSERTs, without triggers. `gap`: for how long, at worst,
 * another request was not answered meanwhile.
 * The source is a child of the root and the root is the target, so that every environment of the tree can change.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfChanged } from '../scripts/setup/build/build-if-changed.mjs';
import { plainInserts, privateDatabaseUrl } from './plain-inserts.mjs';
import { longestWait } from './longest-wait.mjs';

const [environmentCount = 50, flagCount = 5_000] = process.argv.slice(2).map(Number);
const PORT = process.env.PORT ?? '4756';
const URL_ = `http://127.0.0.1:${PORT}`;
const FIELDS = ['enabled', 'percentage', 'rules', 'variants', 'defaultVariant', 'offVariant'];

const slugs = Array.from({ length: environmentCount }, (_, index) => (index === 0 ? 'production' : `env-${index}`));
const parentOf = (index) => (index === 0 ? null : slugs[Math.floor((index - 1) / 4)]);
const keyOf = (index) => `team-${index % 20}.flag-${String(index).padStart(5, '0')}`;
const rule = (index) => ({
  id: `r${index % 7}`,
  conditions: [{ attribute: 'plan', operator: 'in', values: ['beta', `p${index % 11}`] }],
  serve: { variant: 'on' },
});
const contentOf = (index) => ({ enabled: true, percentage: 1 + (index % 99), rules: [rule(index)] });

buildIfChanged();
const engine = await import('../packages/engine/dist/index.js');
console.log(`${environmentCount} environments; the target is their root\n`);
console.log('The plan as a pure function (CPU time, median of several runs)');
for (const stored of [flagCount, flagCount * 4]) {
  const state = stateOf(stored);
  for (const promoted of [1, 100, flagCount]) {
    const order = {
      from: 'env-1', to: ['production'], flags: Array.from({ length: promoted }, (_, index) => keyOf(index)),
      fields: FIELDS, mode: 'resolved', with: {}, keep: [], prune: true, dependencies: 'block', reason: null,
    }; // prettier-ignore
    const times = Array.from({ length: promoted < 1_000 ? 9 : 3 }, () => cpuTimed(() => engine.planPromotion(state, order)));
    const { effect } = engine.planPromotion(state, order);
    const ms = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    console.log(
      `  ${promoted} of ${stored} flags: ${ms.toFixed(1)} ms, ${((ms * 1_000) / promoted).toFixed(0)} µs a flag; effect ${effect.length}`,
    );
  }
}
await overHttp();

async function overHttp() {
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
  chmodSync(parent, 0o755);
  const server = await start(parent);
  const read = (name) => readFileSync(join(parent, 'data', name), 'utf8');
  const [token, database] = [read('admin-token').trim(), privateDatabaseUrl(read)];
  try {
    await call(token, '/api/admin/import', documentOf());
    console.log(`\nOver HTTP, among ${flagCount} stored flags`);
    for (const promoted of [1, 100, flagCount]) {
      const flags = Array.from({ length: promoted }, (_, index) => keyOf(index));
      const body = { flags, from: 'env-1', to: 'production', reason: 'bench' };
      await call(token, '/api/admin/promotions', { ...body, dryRun: true });
      const planned = await timedCall(server, () => call(token, '/api/admin/promotions', { ...body, dryRun: true }));
      const applied = await timedCall(server, () =>
        call(token, '/api/admin/promotions', { ...body, plan: planned.result.plan.id }),
      );
      const reverted = await timedCall(server, () => call(token, `/api/admin/promotions/${applied.result.id}/revert`, {}));
      console.log(
        `  ${promoted} flags: plan ${planned.told}, apply ${applied.told}, revert ${reverted.told}; ` +
          `effect ${applied.result.effectCount}, ${applied.result.result}`,
      );
      const plain = await plainInserts(database, { environment_flags: promoted });
      console.log(`    baseline: ${promoted} rows by plain INSERTs ${plain.toFixed(1)} ms`);
    }
    const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
    console.log(`  server: peak memory ${Math.round(Number(memory) / 1024)} MB`);
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('close', resolve));
    rmSync(parent, { recursive: true, force: true });
  }
}

function stateOf(stored) {
  const stamps = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', version: 1 };
  return engine.buildState({
    revision: 1,
    environments: slugs.map((slug, index) => ({
      id: slug, slug, name: slug, aliases: [], description: null, url: null, parentId: parentOf(index), settings: {}, isActive: true, expiresAt: null, ...stamps,
    })), // prettier-ignore
    flags: Array.from({ length: stored }, (_, index) => ({
      ...flagOf(index), id: keyOf(index), name: keyOf(index), description: null, type: 'boolean', enabled: false, percentage: 100, bucketing: 'flagd-v2',
      salt: null, prerequisites: [], onMissingKey: 'error', metadata: {}, owner: null, tags: [], permanent: false, expiresAt: null, archivedAt: null, ...stamps,
    })), // prettier-ignore
    overrides: Array.from({ length: stored }, (_, index) => ({
      id: `o${index}`, environmentId: 'env-1', flagId: keyOf(index), rulesMode: 'replace', variants: null, defaultVariant: null, offVariant: null,
      reason: null, ...contentOf(index), ...stamps,
    })), // prettier-ignore
    segments: [],
  });
}

function documentOf() {
  return {
    format: 'flagtree-states',
    version: 1,
    environments: slugs.map((slug, index) => ({ slug, parent: parentOf(index) })),
    segments: [],
    flags: Array.from({ length: flagCount }, (_, index) => flagOf(index)),
    overrides: Array.from({ length: flagCount }, (_, index) => ({
      environment: 'env-1',
      flag: keyOf(index),
      ...contentOf(index),
    })),
  };
}

function flagOf(index) {
  const variants = [{ key: 'on', value: true }, { key: 'off', value: false }]; // prettier-ignore
  return { key: keyOf(index), variants, defaultVariant: 'on', offVariant: 'off', rules: [rule(index + 1)] };
}

async function start(parent) {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const env = {
    PATH: process.env.PATH,
    TMPDIR: tmpdir(),
    PORT,
    FLAGTREE_DATA_DIR: join(parent, 'data'),
    FLAGTREE_LOG_LEVEL: 'warn',
    FLAGTREE_BODY_LIMIT: '64mb',
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (/^ {2}API {2,}http/m.test(output)) break;
  }
  return child;
}

async function call(token, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(URL_ + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} → ${response.status}: ${text.slice(0, 2_000)}`);
  return JSON.parse(text);
}

function cpuTimed(work) {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
}

/** Of the server: on a shared machine its CPU time is the steadier figure. */
async function timedCall(server, work) {
  const [started, cpu] = [performance.now(), cpuOf(server.pid)];
  const { result, gap } = await longestWait(URL_, work);
  const told = `${(performance.now() - started).toFixed(0)} ms (CPU ${cpuOf(server.pid) - cpu} ms, gap ${gap.toFixed(0)} ms)`;
  return { result, told };
}

function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
