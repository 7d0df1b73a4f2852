import { existsSync, linkSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../config/config-error.js';
import { livenessOf, ownIdentity } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

export interface DirectoryLock {
  release(): void;
}

interface Timing {
  heartbeatMs: number;
  /** How long the heart of a holder that we cannot look at must be still before it counts as dead. */
  silenceMs: number;
}

/**
 * Locks are numbered files, and the highest number holds. Who finds the holder dead creates the next number, then looks around again
 * and steps back if there is another one alive: of two that take over at the same time the later to look sees the earlier.
 * (Deleting a dead lock before creating one's own could hit the winner's.)
 * @throws ConfigError naming the holder, if it is alive.
 */
export async function lockDirectory(
  directory: string,
  notice: (line: string) => void,
  timing: Timing = { heartbeatMs: 1_000, silenceMs: 10_000 },
): Promise<DirectoryLock> {
  const self = ownIdentity();
  const expectDead = deathWatch(self, directory, notice, timing);
  for (;;) {
    const before = lockNumbers(directory);
    for (const number of before) await expectDead(number);
    const mine = Math.max(0, ...before) + 1;
    if (!create(directory, mine, self)) continue;
    const path = lockPath(directory, mine);
    try {
      const others = lockNumbers(directory).filter((number) => number !== mine);
      for (const number of others) await expectDead(number);
      for (const number of others) rmSync(lockPath(directory, number), { force: true });
      return hold(path, timing);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
  }
}

function hold(path: string, { heartbeatMs }: Timing): DirectoryLock {
  const heart = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // A full or lost disk shows in everything else; the lock itself stays.
    }
  }, heartbeatMs);
  heart.unref();
  return {
    release: () => {
      clearInterval(heart);
      rmSync(path, { force: true });
    },
  };
}

/** A function that returns when the numbered lock's holder is dead or gone, and throws when it is alive; each holder is judged once. */
function deathWatch(self: ProcessIdentity, directory: string, notice: (line: string) => void, timing: Timing) {
  const dead = new Set<string>();
  return async (number: number): Promise<void> => {
    const path = lockPath(directory, number);
    const holder = readHolder(path);
    if (holder === null || dead.has(holder.nonce)) return;
    if (await isAlive(holder)) throw inUse(directory, holder);
    dead.add(holder.nonce);

    async function isAlive(other: ProcessIdentity): Promise<boolean> {
      const liveness = livenessOf(other, self);
      if (liveness !== 'unknown') return liveness === 'alive';
      notice(
        `${directory} was last used on ${other.host}: waiting up to ${timing.silenceMs / 1000} s for a sign of life from there`,
      );
      return heartBeats(path, timing);
    }
  };
}

function inUse(directory: string, holder: ProcessIdentity): ConfigError {
  const who = `the Flagtree server with pid ${holder.pid} on ${holder.host}`;
  return new ConfigError([
    `The data directory ${directory} is in use by ${who}: stop that one, or set FLAGTREE_DATA_DIR to another directory`,
  ]);
}

/** Compares the lock's own times only, so the clocks of two machines need not agree. */
async function heartBeats(path: string, { heartbeatMs, silenceMs }: Timing): Promise<boolean> {
  const before = modified(path);
  for (let waited = 0; waited < silenceMs; waited += heartbeatMs / 2) {
    await sleep(heartbeatMs / 2);
    const now = modified(path);
    if (now === null) return false;
    if (now !== before) return true;
  }
  return false;
}

function modified(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** Null when it has been released meanwhile. A lock appears complete, so an unreadable one is a foreign file: nobody's. */
function readHolder(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}

/** Space for a lock on a disk that has none left: who cannot lock does not start, though all else might be well. */
const RESERVE = 'server.reserve';
const RESERVED_BYTES = 16_384;

function create(directory: string, number: number, self: ProcessIdentity): boolean {
  try {
    return link(directory, number, self);
  } catch (error) {
    const reserve = join(directory, RESERVE);
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || !existsSync(reserve)) throw error;
    rmSync(reserve);
    return link(directory, number, self);
  }
}

/** For the next start. A disk that is too full for it now is told of by all else. */
export function keepReserve(directory: string): void {
  const reserve = join(directory, RESERVE);
  if (existsSync(reserve)) return;
  try {
    writeFileSync(reserve, Buffer.alloc(RESERVED_BYTES, 'flagtree'), { mode: 0o600 });
  } catch {
    rmSync(reserve, { force: true });
  }
}

/** Written aside and linked into place, so that nobody ever reads half a lock. */
function link(directory: string, number: number, self: ProcessIdentity): boolean {
  const draft = join(directory, `server.${self.pid}.${Math.random().toString(36).slice(2)}.tmp`);
  try {
    writeFileSync(draft, `${JSON.stringify(self)}\n`, { mode: 0o600 });
    linkSync(draft, lockPath(directory, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function lockNumbers(directory: string): number[] {
  return readdirSync(directory)
    .map((name) => Number(/^server\.(\d+)\.lock$/.exec(name)?.[1]))
    .filter((number) => number > 0);
}

function lockPath(directory: string, number: number): string {
  return join(directory, `server.${number}.lock`);
}
