import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editFlag, makeFlag, setOverride } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { createDatabase, type Database } from '../support/database.js';
import { hasPgbouncer, type Pooler, startPgbouncer } from '../support/pgbouncer.js';
import { failToStart, startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { expectAsInDatabase, History } from './history.js';

/** What docs/how-to/run-on-your-own-postgresql.md tells to set. */
const IGNORED = 'extra_float_digits,options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout';
const BY_POLLING_MS = 7_500;
const ENVIRONMENTS = ['production', 'staging', 'development'];

const suite = hasPgbouncer ? describe : describe.skip;

suite(`a pgbouncer in transaction mode${hasPgbouncer ? '' : ' (skipped: there is no pgbouncer here)'}`, () => {
  let database: Database;
  let pooler: Pooler;
  let servers: TestServer[];
  let apis: [Api, Api];
  const history = new History();

  beforeAll(async () => {
    database = await createDatabase();
    pooler = await startPgbouncer(database.url, IGNORED);
    const first = await startServer({ database: pooler.url });
    const second = await startServer({ database: pooler.url, env: { FLAGTREE_ADMIN_TOKEN: first.adminToken } });
    servers = [first, second];
    apis = [await Api.of(first.url, first.adminToken), await Api.of(second.url, first.adminToken)];
    await makeFlag(apis[0], 'lamp');
    await until(async () => (await apis[1].get('/api/admin/feature-flags/lamp')).status === 200, 'the flag on both servers');
    for (const api of apis) for (const slug of ENVIRONMENTS) await history.follow(api, first.adminToken, slug).first(1);
  }, 120_000);

  afterAll(async () => {
    history.close();
    for (const server of servers) await server.stop();
    await pooler.stop();
    await database.drop();
  });

  it('is noticed by each server: the log and /health/ready say so', async () => {
    for (const [index, api] of apis.entries()) {
      const feed = async () => (await api.get('/health/ready')).body.checks.changeFeed as object;
      await until(async () => 'detail' in (await feed()), 'the notice', 20_000);
      expect(await feed()).toEqual({ status: 'up', detail: expect.stringContaining('polling') });
      expect(servers[index]?.logs().match(/Notifications of PostgreSQL do not arrive/g)).toHaveLength(1);
    }
  });

  it('lets migrations through once, and leaves no lock behind', async () => {
    expect(servers[0]?.logs()).toContain('the database was migrated');
    expect(servers[1]?.logs()).not.toContain('the database was migrated');
    expect(await sql(database.url, `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
  });

  it('brings a change to the other server by polling, in time', async () => {
    for (const percentage of [11, 22, 33]) {
      await editFlag(apis[0], 'lamp', { percentage });
      const now = async () => (await apis[1].get('/api/feature-flags/snapshot')).body.flags.lamp.percentage as number;
      await until(async () => (await now()) === percentage, 'the change', BY_POLLING_MS);
    }
  });

  it('lets whoever has written to a server find it there, though it had not heard of what came before', async () => {
    for (const percentage of [51, 52, 53]) {
      await setOverride(apis[1], 'development', 'lamp', { percentage });
      await editFlag(apis[0], 'lamp', { percentage });
      expect((await apis[0].get('/api/feature-flags/snapshot')).body.flags.lamp.percentage).toBe(percentage);
    }
  });

  it('keeps each write to itself: who, why and what, under writers of both servers', async () => {
    const edits = Array.from({ length: 40 }, (_, number) => {
      const api = apis[number % 2 === 0 ? 0 : 1];
      return api.patch('/api/admin/feature-flags/lamp', {
        description: `number ${String(number)}`,
        reason: `edit ${String(number)}`,
      });
    });
    expect((await Promise.all(edits)).filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    const rows = await sql(
      database.url,
      `SELECT log.reason, log.after ->> 'description' AS description FROM flagtree.audit_log AS log
        WHERE log.after ->> 'description' LIKE 'number %' AND log.flag = 'lamp' AND 'description' = ANY (log.changed)`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { reason, description } of rows) expect(description).toBe(String(reason).replace('edit', 'number'));
    expect((await apis[1].get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });

  it('leaves readers of both servers with the same, in order, told once, as it is in the database', async () => {
    await setOverride(apis[1], 'staging', 'lamp', { percentage: 5 });
    await editFlag(apis[0], 'lamp', { percentage: 44 });
    await history.check(apis[0]);
    for (const environment of ENVIRONMENTS) await expectAsInDatabase(database.url, apis, environment);
  });

  it('that is not told to let our settings pass is refused by name, with what to set', async () => {
    const strict = await startPgbouncer(database.url, '');
    const dataDirectory = createDataDirectory();
    const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: dataDirectory, DATABASE_URL: strict.url });
    expect(code).toBe(78);
    expect(output).toContain(`ignore_startup_parameters = ${IGNORED}`);
    removeDataDirectory(dataDirectory);
    await strict.stop();
  });
});
