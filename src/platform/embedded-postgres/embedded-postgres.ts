import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../data-directory/atomic-file.js';
import type { Readiness } from '../health/readiness-registry.js';
import type { Logger } from '../logging/logger.js';
import { createCluster } from './cluster/cluster.js';
import { findHome } from './cluster/home.js';
import { launchPostmaster } from './postmaster/launch-postmaster.js';
import { findPackage } from './binaries/package-binaries.js';
import { completeCluster } from './cluster/complete-cluster.js';
import { passwordFile, type Passwords, readPasswords } from './cluster/passwords.js';
import { PostmasterKeeper } from './postmaster/postmaster-keeper.js';
import { adoptPostmaster } from './postmaster/postmaster.js';
import { probe } from './postmaster/probe.js';

export interface EmbeddedPostgres {
  /** By the login of the server, which owns nothing. */
  url: string;
  /** By the login that migrates; null: the server has no login of its own, and `url` is by this one. */
  migrationUrl: string | null;
  /** The directory that holds the database and PostgreSQL's own log. */
  location: string;
  /** A command that looks into the database. */
  psql: string;
  /** Whether it runs, or is just being started again. */
  readiness: () => Readiness;
  /** Ends the server in order; the data stays. */
  stop: () => Promise<void>;
}

interface Options {
  /** Exists, and is locked by the caller. */
  dataDirectory: string;
  logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * A private PostgreSQL over data that it makes on the first start, for this machine only (127.0.0.1, SCRAM passwords).
 * It outlives a killed server, and the next start adopts it; a running server starts it again when it dies. @throws StartError
 */
export async function startEmbeddedPostgres({ dataDirectory, logger }: Options): Promise<EmbeddedPostgres> {
  const home = await findHome(dataDirectory, findPackage());
  await createCluster(home, dataDirectory);
  const passwords = await readPasswords(dataDirectory);
  const adopted = await adoptPostmaster(home, passwords);
  const postmaster = adopted ?? (await launchPostmaster(home, passwords, { port: recordedPort(dataDirectory), elsewhere: true }));
  const keeper = new PostmasterKeeper({ home, passwords, logger }, postmaster);
  const { pid, port } = postmaster;
  await writeFileAtomically(portFile(dataDirectory), `${port}\n`, 0o600);
  logger.info({ pid, port, location: home.location, adopted: adopted !== null }, 'private PostgreSQL is ready');
  const urlOf = (login: 'flagtree' | 'flagtree_server') => `postgres://${login}:${passwords[login]}@127.0.0.1:${port}/flagtree`;
  const hasLogin = await letServerIn(port, passwords, logger);
  return {
    url: urlOf(hasLogin ? 'flagtree_server' : 'flagtree'),
    migrationUrl: hasLogin ? urlOf('flagtree') : null,
    location: home.location,
    psql: `PGPASSFILE=${quoted(passwordFile(dataDirectory))} psql -h 127.0.0.1 -p ${port} -U flagtree flagtree`,
    readiness: () => keeper.readiness(),
    stop: () => keeper.stop(),
  };
}

/** A cluster of an earlier version has no login for the server, or its password is of another backup: its administrator makes it. */
async function letServerIn(port: number, passwords: Passwords, logger: Options['logger']): Promise<boolean> {
  if ((await probe(port, passwords.flagtree_server, 'flagtree_server')).kind === 'ready') return true;
  try {
    await completeCluster(port, passwords);
    return true;
  } catch (err) {
    logger.error({ err }, 'the private PostgreSQL has no login for the server alone, and lets its administrator not make one: the server works with that of the owner'); // prettier-ignore
    return false;
  }
}

function recordedPort(dataDirectory: string): number | null {
  const path = portFile(dataDirectory);
  const port = existsSync(path) ? Number(readFileSync(path, 'utf8')) : NaN;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}

function portFile(dataDirectory: string): string {
  return join(dataDirectory, 'postgres-port');
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
