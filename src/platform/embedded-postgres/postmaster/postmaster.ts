import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../config/config-error.js';
import { dataOf } from '../cluster/cluster.js';
import type { Home } from '../cluster/home.js';
import { completeCluster } from '../cluster/complete-cluster.js';
import type { Passwords } from '../cluster/passwords.js';
import { findPostmaster, isRunning, type Postmaster } from './postmaster-file.js';
import { probe } from './probe.js';

const ANSWER_MS = 120_000; // it may be recovering from a crash of its own
const STOP_MS = 20_000;
const POLL_MS = 20;

/** The server that a killed process of ours left behind, if it answers; one that is about to end, or is of another version, is waited for. */
export async function adoptPostmaster(home: Home, passwords: Passwords): Promise<Postmaster | null> {
  const giveUpAt = Date.now() + ANSWER_MS;
  let isCompleted = false;
  for (;;) {
    const found = findPostmaster(dataOf(home));
    if (!found) return null;
    const answer = await probe(found.port, passwords.flagtree);
    if (answer.kind === 'ready' && home.version.startsWith(answer.version)) return found;
    if (answer.kind === 'ready') interrupt(home, found.pid);
    if (answer.kind === 'refused' && !isCompleted) {
      isCompleted = await completeCluster(found.port, passwords).then(() => true, () => false); // prettier-ignore
      if (isCompleted) continue;
    }
    if (answer.kind === 'refused' || Date.now() > giveUpAt) {
      throw new StartError([
        `The private PostgreSQL with pid ${found.pid} does not let us in (${answer.kind}): stop it with kill -INT ${found.pid}`,
      ]);
    }
    await sleep(POLL_MS);
  }
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
