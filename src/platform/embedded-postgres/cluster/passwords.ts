import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { writeFileAtomically } from '../../data-directory/atomic-file.js';

/** `flagtree` migrates, in the name of who owns the tables; `flagtree_server` is what the server is; `postgres` the superuser, for its administrator. */
export interface Passwords {
  flagtree: string;
  flagtree_server: string;
  postgres: string;
}

const LOGINS = ['flagtree', 'flagtree_server', 'postgres'] as const;

/** A file in libpq's own format: `psql` can look in with nothing but PGPASSFILE. It is the only place where the passwords are kept. */
export function passwordFile(dataDirectory: string): string {
  return join(dataDirectory, 'pgpass');
}

export async function generatePasswords(dataDirectory: string): Promise<Passwords> {
  const passwords = { flagtree: newPassword(), flagtree_server: newPassword(), postgres: newPassword() };
  const lines = LOGINS.map((login) => lineOf(login, passwords[login]));
  await writeFileAtomically(passwordFile(dataDirectory), lines.join(''), 0o600);
  return passwords;
}

/** An earlier version had no login for the server: it gets a password here. @throws {ConfigError} */
export async function readPasswords(dataDirectory: string): Promise<Passwords> {
  const path = passwordFile(dataDirectory);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [flagtree, known, postgres] = LOGINS.map(
    (login) => new RegExp(`^127\\.0\\.0\\.1:\\*:\\*:${login}:(\\w+)$`, 'm').exec(text)?.[1],
  );
  if (flagtree === undefined || postgres === undefined) {
    throw new ConfigError([
      `${path}, which holds the passwords of the private database, is missing or damaged: put it back from a backup`,
    ]);
  }
  if (known !== undefined) return { flagtree, flagtree_server: known, postgres };
  const made = newPassword();
  await writeFileAtomically(path, `${text.replace(/\n?$/, '\n')}${lineOf('flagtree_server', made)}`, 0o600);
  return { flagtree, flagtree_server: made, postgres };
}

const newPassword = () => randomBytes(24).toString('hex');
const lineOf = (login: string, password: string) => `127.0.0.1:*:*:${login}:${password}\n`;
