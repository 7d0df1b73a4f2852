/**
 * Import and export of a large server: `node bench/transfer.mjs [flags=5000] [environments=10]`.
 * The baseline is the same rows by plain multi-row INSERTs, without triggers. `gap`: for how long, at worst, nobody was answered meanwhile.
 * Builds the server if needed, starts it with a private PostgreSQL in a temporary directory, and drives it over HTTP.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildIfChanged } from '../scripts/setup/build/build-if-changed.mjs';
import { plainInserts, privateDatabaseUrl } from './plain-inserts.mjs';
import { longestWait } from './longest-wait.mjs';

const [flagCount = 5_000, environmentCount = 10] = process.argv.slice(2).map(Number);
const PORT = process.env.PORT ?? '4755';
const URL_ = `http://127.0.0.1:${PORT}`;

buildIfChanged();
const parent = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
chmodSync(parent, 0o755);
const server = await start();
try {
  await run();
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('close', resolve));
  rmSync(parent, { recursive: true, force: true });
}

async function run() {
  const document = statesOf(flagCount, environmentCount);
  const text = JSON.stringify(document);
  const rows = flagCount + document.overrides.length + document.environments.length + document.segments.length;
  console.log(`${flagCount} flags × ${environmentCount} environments: ${rows} rows, document ${megabytes(text.length)}`);
  await measure('warm-up evaluation', () => evaluate());

  await measure('dry run of the import', () => post('/api/admin/import?dryRun=true', text, 200));
  const job = await measure('import as a job, until it has succeeded', async () => {
    const { id } = await post('/api/admin/import?async=true', text, 202);
    const latencies = [];
    for (;;) {
      const started = performance.now();
      await evaluate();
      latencies.push(performance.now() - started);
      const { status, problem } = await get(`/api/admin/jobs/${id}`);
      if (status === 'failed') throw new Error(JSON.stringify(problem));
      if (status === 'succeeded') return { id, latencies };
      await sleep(25);
    }
  });
  const sorted = job.latencies.sort((a, b) => a - b);
  const at = (share) => `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)} ms`;
  console.log(
    `  evaluation meanwhile (${sorted.length} requests): p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, worst ${at(1)}`,
  );
  const plain = await plainInserts(privateDatabaseUrl((name) => readFileSync(join(parent, 'data', name), 'utf8')));
  console.log(`  baseline: the same rows by plain INSERTs ${(plain / 1000).toFixed(2)} s`);
  const exported = await measure('export', () => getText('/api/admin/export'));
  console.log(`  ${megabytes(exported.length)}`);
  await measure('import of that export (nothing changes)', async () => {
    const { written } = await post('/api/admin/import?mode=replace', exported, 200);
    if (written !== 0) throw new Error(`${written} rows were written`);
  });
  const edited = {
    ...document,
    overrides: document.overrides.map((row, index) => (index % 50 === 0 ? { ...row, percentage: 7 } : row)),
  };
  await measure('import in which 1 of 50 overrides differs', () => post('/api/admin/import', JSON.stringify(edited), 200));
  const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
  console.log(`server: peak memory ${Math.round(Number(memory) / 1024)} MB`);
}

/** Flags with two rules and a segment, overridden in every environment but the root, in ways that differ. */
function statesOf(flags, environments) {
  const slugs = Array.from({ length: environments }, (_, index) => (index === 0 ? 'production' : `env-${index}`));
  const parentOf = (index) => (index === 0 ? null : slugs[Math.floor((index - 1) / 3)]);
  const rule = (index) => ({
    id: `r${index % 7}`,
    conditions: [{ attribute: 'plan', operator: 'in', values: ['beta', `p${index % 11}`] }],
    serve: { variant: 'on' },
  });
  const variants = [{ key: 'on', value: true }, { key: 'off', value: false }]; // prettier-ignore
  return {
    format: 'flagtree-states',
    version: 1,
    environments: slugs.map((slug, index) => ({ slug, parent: parentOf(index) })),
    segments: [{ key: 'staff', conditions: [{ attribute: 'email', operator: 'ends_with', values: ['@example.com'] }] }],
    flags: Array.from({ length: flags }, (_, index) => ({
      key: `team-${index % 20}.flag-${index}`,
      description: `What flag ${index} is for`,
      variants,
      defaultVariant: 'on',
      offVariant: 'off',
      rules: [rule(index), { id: 'staff', conditions: [{ segment: 'staff' }], serve: { variant: 'on' } }],
      owner: `team-${index % 20}`,
      tags: [`t${index % 10}`],
    })),
    overrides: slugs.flatMap((environment, at) =>
      Array.from({ length: flags }, (_, index) => ({
        environment,
        flag: `team-${index % 20}.flag-${index}`,
        enabled: (index + at) % 2 === 0,
        ...(index % 3 === 0 ? { percentage: (index * 7 + at) % 101 } : {}),
        ...(index % 5 === 0 ? { rules: [{ ...rule(index + at), id: `o${at}` }], rulesMode: 'append' } : {}),
        reason: 'bench',
      })),
    ),
  };
}

async function start() {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const env = {
    PATH: process.env.PATH,
    TMPDIR: tmpdir(),
    PORT,
    FLAGTREE_DATA_DIR: join(parent, 'data'),
    FLAGTREE_LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (/^ {2}API {2,}http/m.test(output)) break;
  }
  return child;
}

function token() {
  return readFileSync(join(parent, 'data', 'admin-token'), 'utf8').trim();
}

async function call(path, init = {}) {
  const response = await fetch(URL_ + path, {
    ...init,
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
  });
  return { status: response.status, text: await response.text() };
}

async function post(path, body, expected) {
  const { status, text } = await call(path, { method: 'POST', body });
  if (status !== expected) throw new Error(`POST ${path} → ${status}: ${text.slice(0, 2_000)}`);
  return JSON.parse(text);
}

async function get(path) {
  return JSON.parse(await getText(path));
}

async function getText(path) {
  return (await call(path)).text;
}

function evaluate() {
  return call('/ofrep/v1/evaluate/flags/team-1.flag-1', {
    method: 'POST',
    body: '{"context":{"targetingKey":"u1","plan":"beta"}}',
  });
}

function megabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** CPU seconds of the server and of its PostgreSQL so far: what is left of a measurement on a busy machine. */
function cpuSeconds() {
  const postmaster = Number(readFileSync(join(postgresHome(), 'postmaster.pid'), 'utf8').split('\n')[0]);
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  let [node, postgres] = [0, 0];
  for (const pid of processes) {
    const stat = statOf(pid);
    if (stat === null) continue;
    if (Number(pid) === server.pid) node += stat.ticks;
    if (Number(pid) === postmaster || stat.parent === postmaster) postgres += stat.ticks;
  }
  return { node: node / 100, postgres: postgres / 100 };
}

function postgresHome() {
  return join(parent, 'data', readFileSync(join(parent, 'data', 'postgres-location'), 'utf8').trim(), 'data');
}

function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null; // it has ended
  }
}

async function measure(what, work) {
  const [started, before] = [performance.now(), cpuSeconds()];
  const { result, gap } = await longestWait(URL_, work);
  const [seconds, after] = [(performance.now() - started) / 1000, cpuSeconds()];
  const cpu = `CPU: server ${(after.node - before.node).toFixed(1)} s, PostgreSQL ${(after.postgres - before.postgres).toFixed(1)} s; gap ${gap.toFixed(0)} ms`;
  console.log(`${what}: ${seconds.toFixed(2)} s (${cpu})`);
  return result;
}
