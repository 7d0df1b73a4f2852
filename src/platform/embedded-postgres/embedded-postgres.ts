import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../data-directory/atomic-file.js';
import type { Logger } from '../logging/logger.js';
import { createCluster } from './cluster.js';
import { findHome } from './home.js';
import { launchPostmaster } from './launch-postmaster.js';
import { findPackage } from './package-binaries.js';
import { passwordFile, readPasswords } from './passwords.js';
import { adoptPostmaster, interrupt, stopPostmaster } from './postmaster.js';

export interface EmbeddedPostgres {
  url: string;
  /** The directory that holds the database and PostgreSQL's own log. */
  location: string;
  /** A command that looks into the database. */
  psql: string;
  /** Ends the server in order; the data stays. */
  stop: () => Promise<void>;
}

interface Options {
  /** Exists, and is locked by the caller. */
  dataDirectory: string;
  logger: Pick<Logger, 'info'>;
}

/**
 * A private PostgreSQL over data that it makes on the first start, for this machine only (127.0.0.1, SCRAM passwords).
 * It outlives a killed server, and the next start adopts it. @throws StartError
 */
export async function startEmbeddedPostgres({ dataDirectory, logger }: Options): Promise<EmbeddedPostgres> {
  const home = await findHome(dataDirectory, findPackage());
  await createCluster(home, dataDirectory);
  const { flagtree: password } = readPasswords(dataDirectory);
  const adopted = await adoptPostmaster(home, password);
  const postmaster = adopted ?? (await launchPostmaster(home, recordedPort(dataDirectory), password));
  const { pid, port } = postmaster;
  // A process that dies in a hurry still asks its database to end; nobody waits for it.
  const lastWord = (): void => {
    interrupt(home, pid);
  };
  process.once('exit', lastWord);
  await writeFileAtomically(portFile(dataDirectory), `${port}\n`, 0o600);
  logger.info({ pid, port, location: home.location, adopted: adopted !== null }, 'private PostgreSQL is ready');
  return {
    url: `postgres://flagtree:${password}@127.0.0.1:${port}/flagtree`,
    location: home.location,
    psql: `PGPASSFILE=${quoted(passwordFile(dataDirectory))} psql -h 127.0.0.1 -p ${port} -U flagtree flagtree`,
    stop: async () => {
      await stopPostmaster(home, postmaster);
      process.off('exit', lastWord);
    },
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
