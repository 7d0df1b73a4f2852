import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTemplate } from './migrated-template.mjs';
import { buildIfChanged } from '../../../scripts/setup/build/build-if-changed.mjs';

/** One PostgreSQL for all spec files, in which each makes databases of its own: that of DATABASE_URL, or a private one. */
export default async function setup() {
  buildIfChanged();
  process.env.FLAGTREE_TEST_PIDS = mkdtempSync(join(tmpdir(), 'flagtree-test-pids-'));
  const url = process.env.DATABASE_URL || (await startPrivate());
  process.env.FLAGTREE_TEST_DATABASE_URL = url;
  process.env.FLAGTREE_TEST_TEMPLATE = await createTemplate(url);
}

async function startPrivate() {
  const { openDataDirectory } = await import('../../../dist/platform/data-directory/data-directory.js');
  const { startEmbeddedPostgres } = await import('../../../dist/platform/embedded-postgres/embedded-postgres.js');
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-test-postgres-'));
  chmodSync(parent, 0o755); // a root server's PostgreSQL is another user
  const dataDirectory = await openDataDirectory(join(parent, 'data'), console.warn);
  const postgres = await startEmbeddedPostgres({
    dataDirectory: dataDirectory.path,
    logger: { info: () => undefined, error: console.error },
  });
  globalThis.flagtreeTestPostgres = { postgres, dataDirectory, parent };
  const url = superuserUrl(postgres.url, readFileSync(join(dataDirectory.path, 'pgpass'), 'utf8'));
  await forgetPowerFailures(url);
  return url;
}

/** Nobody needs these databases after one: without it the first start of a server takes nearly twice as long. */
async function forgetPowerFailures(url) {
  const superuser = new pg.Client({ connectionString: url });
  await superuser.connect();
  for (const setting of ['fsync', 'full_page_writes']) await superuser.query(`ALTER SYSTEM SET ${setting} = off`);
  await superuser.query('SELECT pg_reload_conf()');
  await superuser.end();
}

/** Specs make roles, and play the administrator who goes past the triggers. */
function superuserUrl(url, passwords) {
  const superuser = new URL(url);
  superuser.username = 'postgres';
  superuser.password = /:postgres:(\w+)$/m.exec(passwords)[1];
  superuser.pathname = '/postgres';
  return superuser.href;
}
