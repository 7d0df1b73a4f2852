import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { createDatabase, type Database } from '../support/database.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

let database: Database;
let server: Server;
let admin: Api;

/** A statement about a database, from another one. */
function fromOutside(statement: (name: string) => string, { url }: Database): Promise<unknown> {
  const other = new URL(url);
  other.pathname = '/postgres';
  return sql(other.href, statement(new URL(url).pathname.slice(1)));
}

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ database: database.url });
  admin = await Api.of(server.url, server.adminToken);
  await makeFlag(admin, 'lamp');
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

it('a database that is dropped and made anew, as for a restore, is like one that is away: no fault of the server', async () => {
  const expectAway = async () => {
    const refused = { status: 503, body: { code: expect.stringMatching(/^database-(away|unusable)$/) } };
    const write = await admin.patch('/api/admin/feature-flags/lamp', { enabled: false });
    expect(write).toMatchObject(refused);
    expect(write.headers.get('retry-after')).toBe('5');
    expect(await admin.get('/api/flags/audit')).toMatchObject(refused);
    expect(await admin.get('/api/admin/feature-flags/lamp')).toMatchObject({ status: 200, body: { enabled: true } });
    expect((await admin.post('/ofrep/v1/evaluate/flags/lamp', { context: {} })).body).toMatchObject({ value: true });
    expect(await admin.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded' } });
  };
  await database.drop();
  await expectAway();
  await fromOutside((name) => `CREATE DATABASE ${name}`, database);
  await expectAway();
});

it('one that lets nobody in does not keep a server from starting with what it has on disk', async () => {
  const own = await createDatabase();
  const first = await startServer({ database: own.url });
  await makeFlag(await Api.of(first.url, first.adminToken), 'lamp');
  const { dataDirectory } = first;
  const folder = join(dataDirectory, 'snapshots');
  await until(
    () => existsSync(folder) && readdirSync(folder).some((name) => /-revision-3\.[0-9a-f]{6}\.json$/.test(name)),
    'the state on disk',
  );
  await first.kill();
  await fromOutside((name) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`, own);
  const again = await startServer({ database: own.url, dataDirectory });
  const api = await Api.of(again.url, again.adminToken);
  expect((await api.post('/ofrep/v1/evaluate/flags/lamp', { context: {} })).body).toMatchObject({ value: true });
  const detail = expect.stringMatching(/^It was dropped, is being restored, or turns this server away since /);
  expect((await api.get('/health/ready')).body).toMatchObject({ status: 'degraded', checks: { database: { detail } } });
  await fromOutside((name) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`, own);
  await until(async () => (await api.get('/health/ready')).body.status === 'ok', 'the database to be followed again', 40_000);
  await again.stop();
  await first.stop();
  await own.drop();
});
