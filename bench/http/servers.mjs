import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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

/** The built server with a private PostgreSQL, or the one of DATABASE_URL; `healthyAfterMs` is from spawn to the first ready answer. */
export async function startFlagtree(dataDirectory, pinned) {
  const { PATH = '', TMPDIR = '/tmp', DATABASE_URL } = process.env;
  const port = String(20_000 + (process.pid % 20_000));
  const started = performance.now();
  const [command, args] = onServerCore(BUILT, pinned);
  const child = spawn(command, args, {
    env: {
      PATH,
      TMPDIR,
      PORT: port,
      FLAGTREE_DATA_DIR: dataDirectory,
      FLAGTREE_ADMIN_TOKEN: ADMIN_TOKEN,
      FLAGTREE_LOG_LEVEL: 'warn',
      ...(DATABASE_URL !== undefined && { DATABASE_URL }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await healthy(url, child);
  return {
    url,
    pid: child.pid,
    healthyAfterMs: performance.now() - started,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
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
