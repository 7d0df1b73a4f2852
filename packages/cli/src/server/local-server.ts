import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command-error.js';

type Env = Readonly<Record<string, string | undefined>>;

export const dataDirectory = (env: Env): string => env['FLAGTREE_DATA_DIR'] || '.flagtree';

/** Where the server says that it answers, in its data directory here; null where none does. */
export function localUrl(env: Env): { url: string; from: string } | null {
  const from = join(dataDirectory(env), 'server.json');
  if (!existsSync(from)) return null;
  let url: unknown;
  try {
    ({ url } = JSON.parse(readFileSync(from, 'utf8')) as { url?: unknown });
  } catch (cause) {
    throw new UsageError(`${from} cannot be read (${(cause as Error).message}): set FLAGTREE_URL, or start the server anew.`, {
      cause,
    });
  }
  if (typeof url !== 'string') throw new UsageError(`${from} holds no url: set FLAGTREE_URL, or start the server anew.`);
  return { url, from };
}

/** The file with the token that the server made for its first administrator; null where there is none. */
export function localTokenFile(env: Env): string | null {
  const path = join(dataDirectory(env), 'admin-token');
  return existsSync(path) ? path : null;
}
