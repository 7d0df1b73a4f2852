import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { editFlag, makeFlag } from '../evaluation/steps.js';
import { Reader } from '../streaming/reader.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { PostgresLink } from './postgres-link.js';

const EVALUATE = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { targetingKey: 'user-1' } };

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_POLL_INTERVAL: '500ms' } });
  api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'lamp');
  await makeFlag(api, 'door');
});
afterAll(() => server.stop());

const readiness = async (of = api) => (await of.get('/health/ready')).body;

describe('a row that was written past every guard', () => {
  beforeAll(async () => {
    const checks = await sql(
      server.databaseUrl,
      `SELECT conname FROM pg_constraint WHERE conrelid = 'flagtree.flags'::regclass AND contype = 'c'`,
    );
    for (const { conname } of checks)
      await sql(server.databaseUrl, `ALTER TABLE flagtree.flags DROP CONSTRAINT ${String(conname)}`);
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET rules = '[{"nonsense": 1}]' WHERE key = 'lamp'`);
    await sql(
      server.databaseUrl,
      `INSERT INTO flagtree.flags (key, name, type, rules) VALUES ('new', 'new', 'boolean', '{"nonsense": 1}')`,
    );
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET enabled = false WHERE key = 'door'`);
    await until(
      async () => (await api.post(`${EVALUATE}/door`, CONTEXT)).body.reason === 'DISABLED',
      'the row after the bad ones',
    );
  });

  it('disables that flag alone: the last good one is served, or PARSE_ERROR where there is none', async () => {
    expect((await api.post(`${EVALUATE}/lamp`, CONTEXT)).body).toMatchObject({ value: true, reason: 'STATIC' });
    expect((await api.post(`${EVALUATE}/new`, CONTEXT)).body).toMatchObject({ errorCode: 'PARSE_ERROR' });
    expect((await api.post(`${EVALUATE}/door`, CONTEXT)).body).toMatchObject({ value: false, reason: 'DISABLED' });
  });

  it('is counted in /health/ready, which names no flag; the log names it', async () => {
    const body = await readiness();
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { flags: { status: 'degraded', detail: expect.stringMatching(/^2 flags in 3 environments/) } },
    });
    expect(JSON.stringify(body)).not.toMatch(/lamp|"new"/);
    expect(server.logs()).toMatch(/The flag \\"lamp\\" is broken in \\"production\\"/);
  });

  it('is forgotten when it is put right', async () => {
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET rules = '[]' WHERE key IN ('lamp', 'new')`);
    await sql(
      server.databaseUrl,
      `UPDATE flagtree.flags SET variants = '[{"key":"on","value":true}]', default_variant = 'on', off_variant = NULL WHERE key = 'new'`,
    );
    await until(async () => (await readiness()).checks.flags.status === 'up', 'readiness');
  });
});

describe('a way to PostgreSQL on which no notifications arrive, as with a pooler in transaction mode', () => {
  it('is noticed at once, told once in the log and in /health/ready, and made up for by polling', async () => {
    const link = await PostgresLink.to(server.databaseUrl);
    link.notifications = 'drop';
    const far = await startServer({ env: { DATABASE_URL: link.url, FLAGTREE_ADMIN_TOKEN: server.adminToken } });
    const farApi = await Api.of(far.url, server.adminToken);
    await until(async () => (await readiness(farApi)).checks.changeFeed.detail !== undefined, 'the notice');
    expect((await readiness(farApi)).checks.changeFeed).toEqual({ status: 'up', detail: expect.stringContaining('polling') });
    await editFlag(api, 'lamp', { enabled: false });
    await until(async () => (await farApi.post(`${EVALUATE}/lamp`, CONTEXT)).body.reason === 'DISABLED', 'the change', 5_000);
    expect(far.logs().match(/Notifications of PostgreSQL do not arrive/g)).toHaveLength(1);
    await far.stop();
    await link.close();
  });
});

describe('a database that is restored to an older moment', () => {
  it('is what the server then evaluates with, and readers are told to forget what they have', async () => {
    const name = new URL(server.databaseUrl).pathname.slice(1);
    await editFlag(api, 'lamp', { enabled: true });
    await swap(async (admin) => { await admin.query(`CREATE DATABASE ${name}_old TEMPLATE ${name}`); }); // prettier-ignore
    await until(async () => (await api.patch('/api/admin/feature-flags/lamp', { enabled: false })).status === 200, 'a write');
    for (const percentage of [1, 2, 3]) await editFlag(api, 'lamp', { percentage });
    const reader = new Reader(`${server.url}/api/feature-flags/stream`, { token: server.adminToken });
    const [{ id: newest, name: lost } = { id: 0, name: '' }] = await reader.first(1);
    await swap(async (admin) => {
      await admin.query(`ALTER DATABASE ${name} RENAME TO ${name}_lost`);
      await admin.query(`ALTER DATABASE ${name}_old RENAME TO ${name}`);
    });
    const [, reset, snapshot] = await reader.first(3);
    expect(reset).toMatchObject({ event: 'reset', data: { reason: 'history-replaced' } });
    expect(snapshot).toMatchObject({ event: 'snapshot', data: { flags: { lamp: { enabled: true, percentage: 100 } } } });
    expect(reset?.id).toBeLessThan(newest);
    // A reader of the lost history is not told a part of the new one, which has its revision by now: neither here nor on another server.
    for (let percentage = 40; percentage <= 50; percentage++) await editFlag(api, 'lamp', { percentage });
    expect((await api.get('/api/feature-flags/environment')).body.revision).toBeGreaterThan(newest);
    const env = { FLAGTREE_ADMIN_TOKEN: server.adminToken, DATABASE_URL: server.databaseUrl };
    const other = await startServer({ env });
    const onOther = new Reader(`${other.url}/api/feature-flags/stream`, { token: server.adminToken, lastEventId: lost });
    expect((await onOther.first(2)).map(({ event }) => event)).toEqual(['reset', 'snapshot']);
    onOther.close();
    await other.stop();
    expect((await api.get(`/api/admin/feature-flags/lamp?at=${lost}`)).body).toMatchObject({
      status: 400,
      code: 'moment-of-another-history',
    });
    expect((await api.get(`/api/admin/feature-flags/lamp?at=${String(newest)}`)).status).toBe(200);
    const late = new Reader(`${server.url}/api/feature-flags/stream`, {
      token: server.adminToken,
      lastEventId: lost,
    });
    expect((await late.first(2)).map(({ event }) => event)).toEqual(['reset', 'snapshot']);
    const known = (await reader.first(4))[3];
    expect(known).toMatchObject({ event: 'change', data: { keys: ['lamp'] } });
    expect((await api.get(`/api/admin/feature-flags/lamp?at=${String(known?.name)}`)).body.percentage).toBe(40);
    reader.close();
    late.close();
    await swap(async (admin) => { await admin.query(`DROP DATABASE ${name}_lost`); }); // prettier-ignore

    /** With nobody connected. */
    async function swap(work: (admin: pg.Client) => Promise<void>): Promise<void> {
      const url = new URL(server.databaseUrl);
      url.pathname = '/postgres';
      const admin = new pg.Client({ connectionString: url.href });
      await admin.connect();
      const gone = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE $1 AND pid <> pg_backend_pid()`;
      for (let attempt = 1; ; attempt++) {
        await admin.query(gone, [`${name}%`]);
        try {
          await work(admin);
          break;
        } catch (error) {
          if (attempt === 20 || !/being accessed by other users/.test((error as Error).message)) throw error;
        }
      }
      await admin.end();
    }
  });
});
