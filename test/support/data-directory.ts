import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A path for a data directory that does not exist yet, alone in a directory that a root server's PostgreSQL may enter too. */
export function createDataDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-test-'));
  chmodSync(parent, 0o755);
  return join(parent, 'data');
}

/** The private database of the server that has this data directory. */
export function privateDatabaseUrl(dataDirectory: string): string {
  const port = read(dataDirectory, 'postgres-port');
  const password = /:flagtree:(\w+)$/m.exec(read(dataDirectory, 'pgpass'))?.[1] ?? '';
  return `postgres://flagtree:${password}@127.0.0.1:${port}/flagtree`;
}

/** The pid of the private PostgreSQL; null when none runs. */
export function privatePostgresPid(dataDirectory: string): number | null {
  if (!existsSync(join(dataDirectory, 'postgres-location'))) return null;
  const file = join(resolve(dataDirectory, read(dataDirectory, 'postgres-location')), 'data', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

/** Takes away what `createDataDirectory` and a server have made, and ends the PostgreSQL that a killed server has left. */
export function removeDataDirectory(path: string): void {
  endOrphan(path);
  rmSync(join(path, '..'), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export function endOrphan(dataDirectory: string): void {
  const pid = privatePostgresPid(dataDirectory);
  if (pid === null) return;
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // it has ended by itself
  }
}

function read(dataDirectory: string, name: string): string {
  return readFileSync(join(dataDirectory, name), 'utf8').trim();
}
