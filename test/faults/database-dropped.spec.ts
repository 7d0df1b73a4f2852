import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { createDatabase, type Database } from '../support/database.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let database: Database;
let server: Server;
let admin: Api;

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
  const name = new URL(database.url).pathname.slice(1);
  const other = new URL(database.url);
  other.pathname = '/postgres';
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
  await sql(other.href, `CREATE DATABASE ${name}`);
  await expectAway();
});
