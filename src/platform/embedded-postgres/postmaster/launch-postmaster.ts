import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../config/config-error.js';
import { dataOf } from '../cluster/cluster.js';
import { completeCluster } from '../cluster/complete-cluster.js';
import type { Home } from '../cluster/home.js';
import { unsupported } from '../binaries/package-binaries.js';
import type { Passwords } from '../cluster/passwords.js';
import { findPostmaster, hasOpened, type Postmaster } from './postmaster-file.js';
import { interrupt } from './postmaster.js';
import { probe } from './probe.js';
import { spawnBinary } from '../cluster/run-binary.js';

const START_MS = 120_000; // a recovery after a crash can take a while
const POLL_MS = 20;
const ORPHANS_MS = 15_000;
const RETRY_MS = 200;
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

interface PostmasterPort {
  /** The one that it had before, if any: an address noted down once goes on to work. */
  port: number | null;
  /** Whether another port will do when that one is taken. */
  elsewhere: boolean;
}

/** A new server. @throws StartError */
export async function launchPostmaster(
  home: Home,
  passwords: Passwords,
  { port, elsewhere }: PostmasterPort,
): Promise<Postmaster> {
  const giveUpAt = Date.now() + ORPHANS_MS;
  let candidate = port ?? (await freePort());
  for (;;) {
    const problem = await launch(home, candidate, passwords);
    if (problem === null) break;
    if (Date.now() > giveUpAt) throw new StartError([problem]);
    if (isPortTaken(problem) && elsewhere) candidate = await freePort();
    else if (hasOrphans(problem)) await sleep(RETRY_MS);
    else throw new StartError([problem]);
  }
  const started = findPostmaster(dataOf(home));
  if (started) return started;
  throw new StartError([`The private PostgreSQL ended as soon as it had started: see ${logOf(home)}`]);
}

function isPortTaken(problem: string): boolean {
  return /could not bind|could not create any TCP/.test(problem);
}

/** The sessions of a server that was killed end by themselves, but not at once. */
function hasOrphans(problem: string): boolean {
  return /pre-existing shared memory block/.test(problem);
}

/** Null when the server answers, else what it wrote before it ended. */
async function launch(home: Home, port: number, passwords: Passwords): Promise<string | null> {
  const begin = logSize(home);
  const log = openSync(logOf(home), begin > LOG_BYTES ? 'w' : 'a', 0o600);
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawnBinary(home, 'postgres', ['-D', dataOf(home), ...settings], ['ignore', log, log]);
  closeSync(log);
  child.unref();
  const { pid } = child;
  const lastWord = (): void => { if (pid !== undefined) interrupt(home, pid); }; // prettier-ignore
  process.once('exit', lastWord); // until it is known by its file
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(
    () => `The private PostgreSQL does not start. Its log ${logOf(home)} says:\n${tail(home, begin > LOG_BYTES ? 0 : begin)}`,
    (error: unknown) => {
      throw unsupported(`its binaries do not run here: ${(error as Error).message}`);
    },
  );
  const launched = { isOpen: () => pid !== undefined && hasOpened(dataOf(home), pid), isOver: () => over.signal.aborted };
  const answers = untilReady(port, passwords, launched).then((problem) => {
    if (problem !== null && !launched.isOver()) lastWord();
    return problem === null ? null : `The private PostgreSQL ${problem}: see ${logOf(home)}`;
  });
  try {
    return await Promise.race([ended, answers]);
  } finally {
    over.abort();
    process.off('exit', lastWord);
  }
}

interface Launched {
  /** It has the port: nobody else answers there. */
  isOpen: () => boolean;
  /** It has ended, or answers. */
  isOver: () => boolean;
}

/** Null when it answers, else what it does instead. One that knows our administrator but not our role is completed, once. */
async function untilReady(port: number, passwords: Passwords, { isOpen, isOver }: Launched): Promise<string | null> {
  const giveUpAt = Date.now() + START_MS;
  let isCompleted = false;
  while (!isOver() && Date.now() < giveUpAt) {
    const kind = isOpen() ? (await probe(port, passwords.flagtree)).kind : 'silent';
    if (kind === 'ready') return null;
    if (kind === 'refused') {
      if (isCompleted) return 'does not let us in';
      const why = await completeCluster(port, passwords).then(() => null, (error: unknown) => (error as Error).message); // prettier-ignore
      if (why !== null) return `lets neither us in nor its administrator (${why})`;
      isCompleted = true;
    }
    await sleep(POLL_MS);
  }
  return 'does not answer';
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
