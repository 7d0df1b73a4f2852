import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { writeFileAtomically } from '../../data-directory/atomic-file.js';
import { accountFor, canEnter, type Account } from '../binaries/account.js';
import type { PostgresPackage } from '../binaries/package-binaries.js';
import { usableBinaries } from '../binaries/usable-binaries.js';

/** Where the private PostgreSQL lives. */
export interface Home {
  /** Holds `data` and `postgres.log`; owned by the account. */
  location: string;
  /** Holds `bin`, `lib` and `share`. */
  binaries: string;
  account: Account;
  version: string;
}

const RECORD = 'postgres-location';

/**
 * Below the data directory wherever the account that runs PostgreSQL may go there; a root server's may not enter root's home, for one.
 * Then in a directory of the system, which the data directory remembers.
 */
export async function findHome(dataDirectory: string, source: PostgresPackage): Promise<Home> {
  const known = recordedLocation(dataDirectory);
  const account = accountFor(known !== null && existsSync(join(known, 'data')) ? join(known, 'data') : dataDirectory);
  const location = makeLocation(known ?? newLocation(dataDirectory, account));
  if (account) chownSync(location, account.uid, account.gid);
  if (known === null) await record(dataDirectory, location);
  const forCopies = () => (account === null ? dataDirectory : systemDirectory());
  return { location, account, version: source.version, binaries: usableBinaries(source, account, forCopies) };
}

// Its real path, by which a server that was left running is known again, whichever way leads there.
function makeLocation(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return realpathSync(path);
}

function recordedLocation(dataDirectory: string): string | null {
  const path = join(dataDirectory, RECORD);
  if (!existsSync(path)) return null;
  const location = resolve(dataDirectory, readFileSync(path, 'utf8').trim());
  if (existsSync(location)) return location;
  throw new ConfigError([
    `The private database of ${dataDirectory} was in ${location}, which is gone: put it back, or delete ${path} to begin with an empty one`,
  ]);
}

// A path inside the data directory is kept relative, so that the directory can be moved.
async function record(dataDirectory: string, location: string): Promise<void> {
  const inside = relative(dataDirectory, location);
  const text = inside.startsWith('..') || isAbsolute(inside) ? location : inside;
  await writeFileAtomically(join(dataDirectory, RECORD), `${text}\n`, 0o600);
}

function newLocation(dataDirectory: string, account: Account): string {
  const passable = account === null || canPass(dataDirectory, account);
  return passable ? join(dataDirectory, 'postgres') : join(systemDirectory(), randomBytes(6).toString('hex'));
}

/** Tried with a directory like the one that would be made: the account may pass through where it may not look around. */
function canPass(dataDirectory: string, account: NonNullable<Account>): boolean {
  const probe = join(dataDirectory, `probe.${process.pid}.tmp`);
  mkdirSync(probe, { mode: 0o700 });
  try {
    chownSync(probe, account.uid, account.gid);
    return canEnter(probe, account);
  } finally {
    rmSync(probe, { recursive: true });
  }
}

/** Only for a root server: what lies there is run, so nobody else may be able to write it. */
function systemDirectory(): string {
  for (const path of ['/var/lib/flagtree', join(tmpdir(), 'flagtree')]) {
    try {
      mkdirSync(path, { mode: 0o755, recursive: true });
      const { uid, mode } = lstatSync(path);
      if (uid !== 0 || (mode & 0o022) !== 0) continue;
      chmodSync(path, 0o755);
      return path;
    } catch {
      continue;
    }
  }
  throw new ConfigError([
    'A server that runs as root keeps its private PostgreSQL in /var/lib/flagtree, which cannot be written: run it as another user, or set DATABASE_URL',
  ]);
}
