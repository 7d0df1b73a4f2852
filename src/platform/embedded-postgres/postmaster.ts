import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../config/config-error.js';
import { dataOf } from './cluster.js';
import type { Home } from './home.js';
import { unsupported } from './package-binaries.js';
import { findPostmaster, isRunning, type Postmaster } from './postmaster-file.js';
import { ask } from './probe.js';
import { spawnBinary } from './run-binary.js';

const START_MS = 120_000; // a recovery after a crash can take a while
const STOP_MS = 20_000;
const POLL_MS = 20;
const LOG_BYTES = 5_000_000;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // their paths would be too long for the system in a deep data directory
  max_connections: '100',
  shared_buffers: '32MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  cluster_name: 'flagtree',
};

/** The server that a killed process of ours left behind, if it answers; one that is about to end, or is of another version, is waited for. */
export async function adoptPostmaster(home: Home, password: string): Promise<Postmaster | null> {
  const giveUpAt = Date.now() + START_MS;
  for (;;) {
    const found = findPostmaster(dataOf(home));
    if (!found) return null;
    const answer = await ask(found.port, password);
    if (answer.kind === 'ready' && home.version.startsWith(answer.version)) return found;
    if (answer.kind === 'ready') interrupt(home, found.pid);
    if (answer.kind === 'refused' || Date.now() > giveUpAt) {
      throw new StartError([
        `The private PostgreSQL with pid ${found.pid} does not let us in (${answer.kind}): stop it with kill -INT ${found.pid}`,
      ]);
    }
    await sleep(POLL_MS);
  }
}

/** A new server, on `port` where that is still free, so that an address noted down once goes on to work. */
export async function launchPostmaster(home: Home, port: number | null, password: string): Promise<Postmaster> {
  let candidate = port ?? (await freePort());
  for (let attempt = 1; ; attempt++) {
    const problem = await launch(home, candidate, password);
    if (problem === null) break;
    if (attempt === 5 || !/could not bind|could not create any TCP/.test(problem)) throw new StartError([problem]);
    candidate = await freePort();
  }
  const started = findPostmaster(dataOf(home));
  if (started) return started;
  throw new StartError([`The private PostgreSQL ended as soon as it had started: see ${logOf(home)}`]);
}

/** Lets transactions end as aborted, writes everything down and ends; the next start then needs no recovery. */
export async function stopPostmaster(home: Home, { pid }: Postmaster): Promise<void> {
  interrupt(home, pid);
  const quitAt = Date.now() + STOP_MS;
  while (isRunning(pid)) {
    if (Date.now() > quitAt) process.kill(pid, 'SIGQUIT');
    await sleep(POLL_MS);
  }
}

/** Asks for a fast shutdown, without waiting for it. */
export function interrupt(home: Home, pid: number): void {
  try {
    if (process.platform === 'win32')
      spawnSync(join(home.binaries, 'bin', 'pg_ctl.exe'), ['stop', '-D', dataOf(home), '-m', 'fast', '-W']);
    else process.kill(pid, 'SIGINT');
  } catch {
    // it has ended by itself
  }
}

/** Null when the server answers, else what it wrote before it ended. */
async function launch(home: Home, port: number, password: string): Promise<string | null> {
  const begin = logSize(home);
  const log = openSync(logOf(home), begin > LOG_BYTES ? 'w' : 'a', 0o600);
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawnBinary(home, 'postgres', ['-D', dataOf(home), ...settings], ['ignore', log, log]);
  closeSync(log);
  child.unref();
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(
    () => `The private PostgreSQL does not start. Its log ${logOf(home)} says:\n${tail(home, begin > LOG_BYTES ? 0 : begin)}`,
    (error: unknown) => {
      throw unsupported(`its binaries do not run here: ${(error as Error).message}`);
    },
  );
  const answers = untilReady(port, password, over.signal).then((ready) =>
    ready ? null : `The private PostgreSQL does not answer: see ${logOf(home)}`,
  );
  try {
    return await Promise.race([ended, answers]);
  } finally {
    over.abort();
  }
}

async function untilReady(port: number, password: string, signal: AbortSignal): Promise<boolean> {
  const giveUpAt = Date.now() + START_MS;
  while (!signal.aborted && Date.now() < giveUpAt) {
    if ((await ask(port, password)).kind === 'ready') return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function logOf({ location }: Home): string {
  return join(location, 'postgres.log');
}

function logSize(home: Home): number {
  return statSync(logOf(home), { throwIfNoEntry: false })?.size ?? 0;
}

function tail(home: Home, from: number): string {
  return readFileSync(logOf(home)).subarray(from).toString().trim().split('\n').slice(-10).join('\n');
}
