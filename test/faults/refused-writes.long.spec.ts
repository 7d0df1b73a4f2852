import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { editFlag, makeFlag } from '../evaluation/steps.js';
import { holdLedger } from '../runtime/held-ledger.js';
import { Reader } from '../streaming/reader.js';
import { until } from '../support/until.js';
import { type Answer, Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { OwnPostgres } from './own-postgres.js';
import { PostgresLink } from './postgres-link.js';

const FLAGS = '/api/admin/feature-flags';
const POOL = 3;

let postgres: OwnPostgres;
let link: PostgresLink;
let server: TestServer;
let api: Api;
let made = 0;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  link = await PostgresLink.to(postgres.url);
  const env = { DATABASE_URL: link.url, FLAGTREE_POLL_INTERVAL: '500ms', FLAGTREE_DATABASE_POOL_SIZE: String(POOL) };
  server = await startServer({ env });
  api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'lamp', { percentage: 10 });
});
afterAll(async () => {
  await server.stop();
  await link.close();
  await postgres.remove();
});

const ready = async () => (await api.get('/health/ready')).body;
const write = () => api.post(FLAGS, { key: `flag-${String(made++)}` });
const told = ({ status, body }: Answer) => [status, body.code as string];
const percentage = async () => (await api.get('/api/feature-flags/snapshot?env=production')).body.flags.lamp.percentage as number;

/** As the administrator of the database. */
const asAdministrator = (text: string) => sql(postgres.administratorUrl, text);

async function recovers(): Promise<void> {
  await asAdministrator('ALTER DATABASE flagtree RESET default_transaction_read_only');
  await asAdministrator('ALTER TABLE flagtree.flags OWNER TO flagtree');
  await until(async () => (await ready()).status === 'ok', 'readiness', 15_000);
  expect((await write()).status).toBe(201);
}

describe('a database that answers and takes no writes', () => {
  afterEach(recovers);

  it('is read-only: writes say so, and /health/ready knows before anybody writes', async () => {
    await asAdministrator(`ALTER DATABASE flagtree SET default_transaction_read_only = on`);
    link.reset();
    const isKnown = async () => {
      const { database, writes } = (await ready()).checks;
      return database.status === 'up' && writes.status === 'degraded';
    };
    await until(isKnown, 'the check');
    expect(told(await write())).toEqual([503, 'database-refuses-writes']);
    expect(await isKnown()).toBe(true);
  });

  it('has taken a privilege away: the check stays degraded while nobody writes, and recovers while nobody writes', async () => {
    await asAdministrator(`ALTER TABLE flagtree.flags OWNER TO postgres; GRANT SELECT ON flagtree.flags TO flagtree`);
    expect(told(await write())).toEqual([503, 'database-refuses-writes']);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect((await ready()).checks.writes).toEqual({
      status: 'degraded',
      detail: expect.stringMatching(/^Writes fail since .* \(database-refuses-writes\)/),
    });
    expect(server.logs()).toMatch(/permission denied for table flags/);
    await asAdministrator('ALTER TABLE flagtree.flags OWNER TO flagtree');
    await until(async () => (await ready()).status === 'ok', 'readiness', 15_000);
    expect(server.logs()).toMatch(/Writes are possible again/);
  });

  it('has no connection left for this server: another code than one that is away', async () => {
    const held = await holdLedger(postgres.url);
    const answers = await Promise.all(Array.from({ length: POOL * 4 }, write));
    await held.release();
    expect(new Set(answers.map(({ status, body }) => (status === 201 ? 'made' : (body.code as string))))).toEqual(
      new Set(['database-busy']),
    );
    expect(answers.some(({ body }) => /FLAGTREE_DATABASE_POOL_SIZE/.test(String(body.detail)))).toBe(true);
  });
});

describe('a session that holds the ledger', () => {
  it('is named by the 503 and by the log; after ten seconds /health/ready tells of it', async () => {
    const holder = new pg.Client({ connectionString: postgres.url, application_name: 'psql of a colleague' });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN; SELECT FROM flagtree.ledger FOR UPDATE');
    const [{ pid } = { pid: 0 }] = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const { status, body } = await write();
    expect([status, body.code]).toEqual([503, 'database-busy']);
    const who = `pid ${String(pid)}, user flagtree, application psql of a colleague, since 20`;
    expect(body.detail).toContain(who);
    expect(server.logs()).toContain(who);
    expect((await ready()).checks.writes).toEqual({ status: 'up' });
    await until(async () => (await ready()).checks.writes.status === 'degraded', 'the check', 15_000);
    await holder.query('COMMIT');
    await holder.end();
    await recovers();
  });
});

describe('a standby that lags, behind the name of the database', () => {
  let standby: OwnPostgres | undefined;
  let reader: Reader | undefined;

  beforeAll(async () => {
    standby = await postgres.laggingStandby();
    link.reset();
    await recovers();
    await editFlag(api, 'lamp', { percentage: 20 });
    reader = new Reader(`${server.url}/api/feature-flags/stream?env=production`, { token: server.adminToken });
    await reader.first(1);
  });
  afterAll(async () => {
    reader?.close();
    await standby?.remove();
  });

  it('is away, not restored: nothing goes back, nobody is reset, and both checks say so', async () => {
    link.leadTo(String(standby?.url));
    link.reset();
    await until(async () => (await ready()).checks.database.status === 'degraded', 'the check');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await percentage()).toBe(20);
    expect(reader?.events.map(({ event }) => event)).toEqual(['snapshot']);
    const { checks } = await ready();
    expect(checks.database.detail).toMatch(/^It is a standby since/);
    expect(checks.writes.status).toBe('degraded');
    expect(told(await write())).toEqual([503, 'database-refuses-writes']);
  });

  it('is left as soon as the name leads to the primary again, though the old connections still work', async () => {
    link.leadTo(postgres.url);
    await recovers();
    await editFlag(api, 'lamp', { percentage: 30 });
    expect(await percentage()).toBe(30);
    await until(() => (reader?.events.length ?? 0) > 1, 'the change');
    expect(new Set(reader?.events.slice(1).map(({ event }) => event))).toEqual(new Set(['change']));
    expect(server.logs()).not.toMatch(/Loading it anew/);
  });
});
