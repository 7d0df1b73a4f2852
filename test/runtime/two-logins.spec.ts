import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { createDataDirectory, privateDatabaseUrl, removeDataDirectory } from '../support/data-directory.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';

const dataDirectory = createDataDirectory();
const passwords = join(dataDirectory, 'pgpass');
const OWNS = 'owns its tables';

let server: TestServer;
let api: Api;

const start = async () => {
  server = await startServer({ database: 'own', dataDirectory });
  api = await Api.of(server.url, server.adminToken);
};
const urlOf = (login: string, database = 'flagtree') => {
  const url = new URL(privateDatabaseUrl(dataDirectory));
  [url.username, url.pathname] = [login, `/${database}`];
  url.password = new RegExp(`:${login}:(\\w+)$`, 'm').exec(readFileSync(passwords, 'utf8'))?.[1] ?? '';
  return url.href;
};
const verified = async () => (await api.get('/api/flags/audit/verify')).body;
const WELL = { valid: true, broken: [], warnings: [] };

beforeAll(start);
afterAll(async () => {
  await server.stop();
  removeDataDirectory(dataDirectory);
});

/** As it was when the server had one login, which owned everything. */
async function makeItOld(): Promise<void> {
  const superuser = urlOf('postgres');
  await sql(superuser, 'REASSIGN OWNED BY flagtree_owner TO flagtree');
  for (const role of ['flagtree_owner', 'flagtree_app', 'flagtree_readonly', 'flagtree_server'])
    await sql(superuser, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
  writeFileSync(passwords, readFileSync(passwords, 'utf8').replace(/^.*:flagtree_server:.*\n/m, ''), { mode: 0o600 });
}

describe('the server of the private database', () => {
  it('works with a login that owns no table, and the one of the migrations has gone', async () => {
    await makeFlag(api, 'lamp');
    const sessions = await sql(
      urlOf('postgres'),
      `SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'flagtree' AND pid <> pg_backend_pid()`,
    );
    expect(sessions).toEqual([{ usename: 'flagtree_server' }]);
    expect(server.logs()).not.toContain(OWNS);
    expect(await verified()).toMatchObject({
      ...WELL,
      checkedBy: { entries: 'server', anchors: 'server', rows: 'postgresql', guards: 'postgresql' },
    });
  });

  it.each([
    `UPDATE flagtree.audit_entries SET actor = 'nobody'`,
    'ALTER TABLE flagtree.audit_entries DISABLE TRIGGER t1_refuse_edit',
    'CREATE OR REPLACE FUNCTION flagtree.audit_entry_hash(previous bytea, entry flagtree.audit_entries) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE RETURN entry.hash',
    'DROP TRIGGER t6_write_updates ON flagtree.flags',
    'SET ROLE flagtree_owner',
    `COPY flagtree.flags TO PROGRAM 'true'`,
  ])('may not: %s', async (statement) => {
    await expect(sql(urlOf('flagtree_server'), statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('goes on with its rights after a restore of a backup', async () => {
    const file = join(dataDirectory, 'kept.gz');
    const run = async (name: string, ...args: string[]) =>
      promisify(execFile)('npm', ['run', '--silent', name, '--', ...args], {
        env: { PATH: process.env['PATH'], FLAGTREE_DATA_DIR: dataDirectory },
      });
    await run('backup', file);
    const { stdout } = await run('restore-backup', file, '--replace');
    expect(stdout).toMatch(/rows are back\. The hashes of \d+ entries of the audit log were worked out anew/);
    await server.stop();
    await start();
    await makeFlag(api, 'after');
    expect(server.logs()).not.toContain(OWNS);
    expect(await verified()).toMatchObject(WELL);
    rmSync(file);
  });

  it('gets its login in a database of an earlier version, which had one', async () => {
    await makeItOld();
    await server.stop();
    await start();
    await makeFlag(api, 'upgraded');
    expect((await api.get('/api/admin/feature-flags/lamp')).status).toBe(200);
    expect(server.logs()).not.toContain(OWNS);
    expect(await verified()).toMatchObject(WELL);
    expect(readFileSync(passwords, 'utf8')).toMatch(/:flagtree_server:\w{48}\n/);
  });

  it('gets it again where the passwords are those of another backup', async () => {
    const other = readFileSync(passwords, 'utf8').replace(/(:flagtree_server:).*/, `$1${'0'.repeat(48)}`);
    await server.stop();
    writeFileSync(passwords, other, { mode: 0o600 });
    await start();
    expect(await verified()).toMatchObject(WELL);
  });

  it('says so where it has to work with the login of the owner', async () => {
    await makeItOld();
    await sql(urlOf('postgres'), `ALTER ROLE postgres PASSWORD 'of somebody else'`);
    await server.stop();
    await start();
    expect(server.logs()).toContain(OWNS);
    await makeFlag(api, 'in-spite');
    expect(await verified()).toMatchObject({ valid: true, warnings: [expect.stringContaining('owns the tables')] });
  });
});
