import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../data-directory/atomic-file.js';
import type { Readiness } from '../health/readiness-registry.js';
import type { Logger } from '../logging/logger.js';
import { createCluster } from './cluster/cluster.js';
import { findHome } from './cluster/home.js';
import { launchPostmaster } from './postmaster/launch-postmaster.js';
import { findPackage } from './binaries/package-binaries.js';
import { passwordFile, readPasswords } from './cluster/passwords.js';
import { PostmasterKeeper } from './postmaster/postmaster-keeper.js';
import { adoptPostmaster } from './postmaster/postmaster.js';

export interface EmbeddedPostgres {
  url: string;
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
  const passwords = readPasswords(dataDirectory);
  const { flagtree: password } = passwords;
  const adopted = await adoptPostmaster(home, passwords);
  const postmaster = adopted ?? (await launchPostmaster(home, passwords, { port: recordedPort(dataDirectory), elsewhere: true }));
  const keeper = new PostmasterKeeper({ home, passwords, logger }, postmaster);
  const { pid, port } = postmaster;
  await writeFileAtomically(portFile(dataDirectory), `${port}\n`, 0o600);
  logger.info({ pid, port, location: home.location, adopted: adopted !== null }, 'private PostgreSQL is ready');
  return {
    url: `postgres://flagtree:${password}@127.0.0.1:${port}/flagtree`,
    location: home.location,
    psql: `PGPASSFILE=${quoted(passwordFile(dataDirectory))} psql -h 127.0.0.1 -p ${port} -U flagtree flagtree`,
    readiness: () => keeper.readiness(),
    stop: () => keeper.stop(),
  };
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
