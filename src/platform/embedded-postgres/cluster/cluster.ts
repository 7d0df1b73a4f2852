import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../../config/config-error.js';
import { syncDirectory } from '../../data-directory/atomic-file.js';
import { rolesAndDatabase } from './complete-cluster.js';
import type { Home } from './home.js';
import { generatePasswords, type Passwords } from './passwords.js';
import { runBinary } from './run-binary.js';

export function dataOf({ location }: Home): string {
  return join(location, 'data');
}

/** Makes the empty database in a draft directory and renames it when it is whole: a kill on the way leaves nothing that looks like one. */
export async function createCluster(home: Home, dataDirectory: string): Promise<void> {
  if (existsSync(dataOf(home))) return;
  removeDrafts(home);
  const passwords = await generatePasswords(dataDirectory);
  const draft = join(home.location, `data.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await initialize(home, draft, passwords);
    await makeRolesAndDatabase(home, draft, passwords);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof StartError) throw error;
    throw new StartError([`The private PostgreSQL in ${home.location} cannot be made: ${(error as Error).message}`], {
      cause: error,
    });
  }
  renameSync(draft, dataOf(home));
  await syncDirectory(home.location);
}

async function initialize(home: Home, draft: string, { postgres }: Passwords): Promise<void> {
  const passwordFile = `${draft}.password.tmp`;
  writeFileSync(passwordFile, postgres, { mode: 0o600, flag: 'wx' });
  if (home.account) chownSync(passwordFile, home.account.uid, home.account.gid);
  try {
    const options = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--username=postgres', '--no-instructions'];
    await runBinary(home, 'initdb', ['-D', draft, `--pwfile=${passwordFile}`, ...options], '');
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * The single-user mode reads a statement a line, and ends with 0 whatever became of them: so the database is asked for the role. It cannot be
 * opened where it is missing.
 */
async function makeRolesAndDatabase(home: Home, draft: string, passwords: Passwords): Promise<void> {
  const statements = rolesAndDatabase(passwords).map(({ statement }) => `${statement};\n`);
  const said = await runBinary(home, 'postgres', ['--single', '-D', draft, 'postgres'], statements.join(''));
  const question = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = 'flagtree';\n";
  const answer = await runBinary(home, 'postgres', ['--single', '-D', draft, 'flagtree'], question);
  if (!answer.includes('rolname = "flagtree"')) throw new Error(`its role and its database could not be made:\n${said}`);
}

// Of a start that was killed; its initdb may still be writing, then the next start takes the rest away.
function removeDrafts({ location }: Home): void {
  for (const name of readdirSync(location)) {
    if (!name.startsWith('data.') || !name.includes('.tmp')) continue;
    try {
      rmSync(join(location, name), { recursive: true, force: true });
    } catch {
      continue;
    }
  }
}
