import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { editFlag, makeFlag } from '../evaluation/steps.js';
import { until } from '../support/until.js';
import { Api } from '../support/api.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { createDatabase, type Database } from '../support/database.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';

const CONTEXT = { context: { targetingKey: 'user-1' } };

jest.setTimeout(180_000);

const dataDirectory = createDataDirectory();
const snapshots = () => readdirSync(join(dataDirectory, 'snapshots')).sort();
let database: Database;
let server: TestServer;
let api: Api;
let token: string;
/** The point that the data directory knows, and the database may not. */
let known: string;

const start = async (env: Record<string, string> = {}) => {
  server = await startServer({ dataDirectory, env: { DATABASE_URL: database.url, ...env } });
  api = await Api.of(server.url, server.adminToken);
};
const evaluated = async () => (await api.post('/ofrep/v1/evaluate/flags/lamp', CONTEXT)).body.value as unknown;
const readiness = async () => (await api.get('/health/ready')).body;
const name = () => new URL(database.url).pathname.slice(1);

/** As an administrator of the server of databases, with nobody connected. */
async function swap(...statements: string[]): Promise<void> {
  const url = new URL(database.url);
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  for (const statement of statements) {
    for (let attempt = 1; ; attempt++) {
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE $1 AND pid <> pg_backend_pid()`, [`${name()}%`]); // prettier-ignore
      const why = await admin.query(statement).then(() => null, (error: unknown) => error as Error); // prettier-ignore
      if (why === null) break;
      if (attempt === 20 || !/being accessed by other users/.test(why.message)) throw why;
    }
  }
  await admin.end();
}

/** Until the data directory has what is in force. */
async function isKept(): Promise<void> {
  const revision = (await api.get('/api/feature-flags/environment')).body.revision as number;
  const wanted = new RegExp(`-revision-(${String(revision)}\\.[0-9a-f]{6})\\.json$`);
  await until(() => wanted.test(snapshots().at(-1) ?? ''), 'the snapshot on disk', 40_000);
  known = wanted.exec(snapshots().at(-1) ?? '')?.[1] ?? '';
}

async function expectsWithout(what: string): Promise<void> {
  expect(await evaluated()).toBe(true);
  expect((await api.post('/api/admin/feature-flags', { key: 'more' })).status).toBe(503);
  const { status, checks } = await readiness();
  expect({ status, migrations: checks.migrations.status }).toEqual({ status: 'degraded', migrations: 'degraded' });
  expect(checks.migrations.detail).toContain(what);
  expect(checks.migrations.detail).toContain(`FLAGTREE_FORGET_HISTORY=${known}`);
  expect(server.logs()).toContain(`FLAGTREE_FORGET_HISTORY=${known}`);
}

beforeAll(async () => {
  database = await createDatabase();
  await start();
  token = server.adminToken;
  await makeFlag(api, 'lamp');
  await isKept();
  await server.stop();
  await swap(`CREATE DATABASE ${name()}_old TEMPLATE ${name()}`);
  await start();
  for (const percentage of [50, 60, 100]) await editFlag(api, 'lamp', { percentage });
  await isKept();
  await server.stop();
});
afterAll(async () => {
  await server.stop();
  await swap(`DROP DATABASE IF EXISTS ${name()}_old`, `DROP DATABASE IF EXISTS ${name()}_lost`);
  await database.drop();
  removeDataDirectory(dataDirectory);
});

describe('a start on a database that does not hold the history of the data directory', () => {
  it('that is empty: nothing is made in it, evaluation goes on from disk, and the server says what would let it go on', async () => {
    await swap(`ALTER DATABASE ${name()} RENAME TO ${name()}_lost`, `CREATE DATABASE ${name()}`);
    const before = snapshots();
    await start();
    await expectsWithout('it is empty');
    expect(await sql(database.url, `SELECT 1 FROM pg_namespace WHERE nspname = 'flagtree'`)).toEqual([]);
    expect(snapshots()).toEqual(before);
  });

  it('goes on by itself when the right one is back', async () => {
    await swap(`DROP DATABASE ${name()}`, `ALTER DATABASE ${name()}_lost RENAME TO ${name()}`);
    await until(async () => (await readiness()).status === 'ok', 'readiness', 40_000);
    await editFlag(api, 'lamp', { percentage: 100, description: 'edited again' });
    await isKept();
    await server.stop();
  });

  it('that is older: the same', async () => {
    await swap(`ALTER DATABASE ${name()} RENAME TO ${name()}_lost`, `ALTER DATABASE ${name()}_old RENAME TO ${name()}`);
    await start();
    await expectsWithout('its newest revision is');
    await server.stop();
  });

  it('that is older, and is to count: by the setting, for this history alone; the snapshots of the lost one stay', async () => {
    const lost = snapshots();
    await start({ FLAGTREE_FORGET_HISTORY: '1.000000' });
    expect((await readiness()).status).toBe('degraded');
    await server.stop();
    await start({ FLAGTREE_FORGET_HISTORY: known });
    expect((await readiness()).status).toBe('ok');
    expect(server.logs()).toContain(`The history up to ${known} is forgotten`);
    for (let percentage = 1; percentage <= 7; percentage++) {
      await editFlag(api, 'lamp', { percentage });
      await isKept();
    }
    // Those of the time before the loss belong to both histories; the lost ones are of one.
    expect(snapshots()).toEqual(expect.arrayContaining(lost.slice(-2)));
    await server.stop();
    // The setting may stay: the data directory knows another history now.
    await start({ FLAGTREE_FORGET_HISTORY: lost.at(-1)?.split('-').at(-1)?.replace('.json', '') ?? '' });
    expect([(await readiness()).status, server.adminToken]).toEqual(['ok', token]);
    await server.stop();
  });

  it('that is of another installation: the same', async () => {
    const foreign = await createDatabase();
    const other = await startServer({ database: foreign.url });
    await makeFlag(await Api.of(other.url, other.adminToken), 'lamp', { enabled: false });
    for (let edit = 0; edit < 20; edit++) await editFlag(await Api.of(other.url, other.adminToken), 'lamp', { description: String(edit) }); // prettier-ignore
    await other.stop();
    await start();
    await editFlag(api, 'lamp', { percentage: 100 });
    await isKept();
    await server.stop();
    await start({ DATABASE_URL: foreign.url });
    await expectsWithout('another revision of that number');
    await server.stop();
    await foreign.drop();
    await start();
  });
});
