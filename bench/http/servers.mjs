import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onServerCore } from './pin.mjs';

const BUILT = process.env.BENCH_SERVER ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const BARE = fileURLToPath(new URL('bare-server.mjs', import.meta.url));
export const ADMIN_TOKEN = 'ft_admin_benchmark_0123456789abcdef0123456789abcdef0123456789abcdef';

/** A directory for the private PostgreSQL, and how to take it away. */
export function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
  return { path: join(path, 'data'), remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The built server with a private PostgreSQL unless there is a URL of another; `healthyAfterMs` is from spawn to the first ready answer. */
export async function startFlagtree(
  dataDirectory,
  { pinned, onCores = onServerCore, databaseUrl = process.env.DATABASE_URL, stdio = ['ignore', 'ignore', 'inherit'] },
) {
  const { PATH = '', TMPDIR = '/tmp' } = process.env;
  const port = String(await freePort());
  const started = performance.now();
  const [command, args] = onCores(BUILT, pinned);
  const child = spawn(command, args, {
    env: {
      PATH,
      TMPDIR,
      PORT: port,
      FLAGTREE_DATA_DIR: dataDirectory,
      FLAGTREE_ADMIN_TOKEN: ADMIN_TOKEN,
      FLAGTREE_LOG_LEVEL: 'warn',
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    },
    stdio,
  });
  const url = `http://127.0.0.1:${port}`;
  await healthy(url, child);
  return {
    url,
    pid: child.pid,
    child,
    healthyAfterMs: performance.now() - started,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Of the running private PostgreSQL of a data directory. */
export function databaseUrlOf(dataDirectory) {
  const password = /:flagtree:(\w+)$/m.exec(readFileSync(join(dataDirectory, 'pgpass'), 'utf8'))[1];
  return `postgres://flagtree:${password}@127.0.0.1:${readFileSync(join(dataDirectory, 'postgres-port'), 'utf8').trim()}/flagtree`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function healthy(url, child) {
  for (let time = 0; time < 6000 && child.exitCode === null; time++) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('Flagtree is not ready: see above.');
}

export async function startBare(pinned) {
  const [command, args] = onServerCore(BARE, pinned);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ url }] = await once(child, 'message');
  return {
    url,
    pid: child.pid,
    async tell(name, answer) {
      child.send({ name, answer });
      await once(child, 'message');
    },
    stop: () => child.disconnect(),
  };
}
