import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDirectory } from '../platform/data-directory/data-directory.js';

const FILE = 'server.json';

/** Notes in the data directory where the server answers, for commands beside it. Returns what takes the note away. */
export async function noteServer(
  directory: DataDirectory,
  url: string,
  notice: (line: string) => void,
): Promise<() => Promise<void>> {
  await directory.writeSecret(FILE, `${JSON.stringify({ url, pid: process.pid })}\n`).catch((error: unknown) => {
    notice(
      `The address could not be noted in ${directory.path} (${(error as Error).message}): commands beside the server need FLAGTREE_URL`,
    );
  });
  return () => rm(join(directory.path, FILE), { force: true });
}
