import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { writeFileAtomically } from '../../data-directory/atomic-file.js';

/** `flagtree` owns the database and is what the server is; `postgres` is the superuser, for its administrator. */
export interface Passwords {
  flagtree: string;
  postgres: string;
}

/** A file in libpq's own format: `psql` can look in with nothing but PGPASSFILE. It is the only place where the passwords are kept. */
export function passwordFile(dataDirectory: string): string {
  return join(dataDirectory, 'pgpass');
}

export async function generatePasswords(dataDirectory: string): Promise<Passwords> {
  const passwords = { flagtree: randomBytes(24).toString('hex'), postgres: randomBytes(24).toString('hex') };
  const lines = Object.entries(passwords).map(([user, password]) => `127.0.0.1:*:*:${user}:${password}\n`);
  await writeFileAtomically(passwordFile(dataDirectory), lines.join(''), 0o600);
  return passwords;
}

export function readPasswords(dataDirectory: string): Passwords {
  const path = passwordFile(dataDirectory);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [flagtree, postgres] = ['flagtree', 'postgres'].map(
    (user) => new RegExp(`^127\\.0\\.0\\.1:\\*:\\*:${user}:(\\w+)$`, 'm').exec(text)?.[1],
  );
  if (flagtree === undefined || postgres === undefined) {
    throw new ConfigError([
      `${path}, which holds the passwords of the private database, is missing or damaged: put it back from a backup`,
    ]);
  }
  return { flagtree, postgres };
}
