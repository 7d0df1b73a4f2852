import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { statesDocument, variants } from './documents.js';

const IMPORT = '/api/admin/import?async=true';
const over = ['succeeded', 'failed', 'cancelled'];

let server: Server;
let admin: Api;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const revision = async () => Number((await sql(server.databaseUrl, 'SELECT revision FROM flagtree.ledger'))[0]?.['revision']);
const flags = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => ({ key: `${prefix}-${String(index)}`, variants }));

async function finished(id: string, api = admin) {
  for (;;) {
    const { body } = await api.get(`/api/admin/jobs/${id}`);
    if (over.includes(body.status as string)) return body;
    await sleep(20);
  }
}

/** Somebody who holds the ledger, as another writer would. */
async function holdLedger(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT flagtree.open_change()');
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}

describe('an import as a job', () => {
  it('is answered at once, and gives in the end what the request would have given', async () => {
    const before = await revision();
    const answer = await admin.post(`${IMPORT}&reason=moving`, statesDocument({ flags: flags(3, 'job') }));
    expect(answer).toMatchObject({
      status: 202,
      body: { kind: 'import', createdBy: expect.stringMatching(/^token:/), request: { mode: 'merge', reason: 'moving' } },
    });
    expect(answer.headers.get('location')).toBe(`/api/admin/jobs/${String(answer.body.id)}`);
    const sections = { flags: { created: 3, updated: 0, removed: 0, unchanged: 0 } };
    expect(await finished(answer.body.id as string)).toMatchObject({
      status: 'succeeded', revision: before + 1, problem: null, progress: { done: expect.any(Number) }, result: { mode: 'merge', written: 3, revision: before + 1, sections },
    }); // prettier-ignore
    expect((await admin.get('/api/admin/feature-flags/job-2')).status).toBe(200);
  });

  it('tells of what is doubtful as the request would have, also when it is asked again', async () => {
    const split = [
      { variant: 'on', weight: 50 },
      { variant: 'off', weight: 45 },
    ];
    const document = statesDocument({
      flags: [{ key: 'doubtful', variants, rules: [{ id: 'r', conditions: [], serve: { split } }] }],
    });
    const options = { headers: { 'idempotency-key': 'doubtful' } };
    const first = await admin.post('/api/admin/import', document, options);
    expect(first.body.warnings).toEqual([expect.stringContaining('add up to 95')]);
    await admin.post('/api/admin/import?mode=merge', statesDocument({ flags: [{ key: 'doubtful', variants }] }));
    const job = await admin.post(IMPORT, document);
    expect((await finished(job.body.id as string)).result).toMatchObject({ warnings: first.body.warnings });
  });

  it('tells the effect of a dry run, and changes nothing', async () => {
    const before = await revision();
    const { body } = await admin.post(`${IMPORT}&dryRun=true`, statesDocument({ flags: flags(1, 'dry') }));
    const job = await finished(body.id as string);
    expect(job.result).toMatchObject({ dryRun: true, preview: { written: 1 } });
    expect(job.result.effect).toContainEqual({
      environment: 'production',
      flag: 'dry-0',
      field: 'exists',
      before: false,
      after: true,
    });
    expect(await revision()).toBe(before);
  });

  it('that cannot be done fails with the problem that the request would have had; what is malformed is refused at once', async () => {
    const { body } = await admin.post(IMPORT, statesDocument({ overrides: [{ flag: 'nope', environment: 'staging' }] }));
    expect(await finished(body.id as string)).toMatchObject({
      status: 'failed', result: null, revision: null, problem: { code: 'import-does-not-fit', errors: [{ pointer: '/overrides/0/flag' }] },
    }); // prettier-ignore
    expect(await admin.post(IMPORT, statesDocument({ flags: 7 }))).toMatchObject({
      status: 400,
      body: { code: 'invalid-document' },
    });
  });

  it('waits for a writer that holds the ledger longer than a request would', async () => {
    const release = await holdLedger();
    const { body } = await admin.post(IMPORT, statesDocument({ flags: flags(2, 'patient') }));
    await sleep(3_000);
    expect((await admin.get(`/api/admin/jobs/${String(body.id)}`)).body.status).toBe('running');
    await release();
    expect(await finished(body.id as string)).toMatchObject({ status: 'succeeded' });
  });

  it('can be cancelled until it has committed, and has then changed nothing', async () => {
    const before = await revision();
    const release = await holdLedger();
    const { body } = await admin.post(IMPORT, statesDocument({ flags: flags(500, 'cancelled') }));
    expect(await admin.post(`/api/admin/jobs/${String(body.id)}/cancel`)).toMatchObject({
      status: 200,
      body: { cancelRequested: true },
    });
    await release();
    expect(await finished(body.id as string)).toMatchObject({ status: 'cancelled', problem: null, result: null });
    expect(await revision()).toBe(before);
    expect(await admin.post(`/api/admin/jobs/${String(body.id)}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'job-finished' },
    });
  });

  it('is followed by the next one, up to four at a time', async () => {
    const release = await holdLedger();
    const started = [];
    for (let index = 0; index < 4; index++)
      started.push(await admin.post(IMPORT, statesDocument({ flags: flags(1, `queue${String(index)}`) })));
    const fifth = await admin.post(IMPORT, statesDocument({ flags: flags(1, 'queue4') }));
    expect(fifth).toMatchObject({ status: 503, body: { code: 'too-many-jobs' } });
    expect(fifth.headers.get('retry-after')).toBe('10');
    await release();
    const ends = [];
    for (const { body } of started) ends.push(await finished(body.id as string));
    expect(ends.map(({ status }) => status as string)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    const revisions = ends.map((job) => job.revision as number);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it('is seen by the token that asked for it, and by admins', async () => {
    const developer = async (name: string) =>
      admin.as((await admin.post('/api/admin/tokens', { name, kind: 'admin', role: 'developer' })).body.token as string);
    const [mine, other] = [await developer('mine'), await developer('other')];
    const { body } = await mine.post(IMPORT, statesDocument({ flags: flags(1, 'mine') }));
    await finished(body.id as string, mine);
    expect((await mine.get('/api/admin/jobs')).body.items).toHaveLength(1);
    expect((await other.get('/api/admin/jobs')).body.items).toEqual([]);
    expect(await other.get(`/api/admin/jobs/${String(body.id)}`)).toMatchObject({ status: 404, body: { code: 'job-not-found' } });
    expect((await other.post(`/api/admin/jobs/${String(body.id)}/cancel`)).status).toBe(404);
    expect((await admin.get(`/api/admin/jobs/${String(body.id)}`)).status).toBe(200);
    expect((await admin.get('/api/admin/jobs/no-uuid')).status).toBe(404);
    const first = await admin.get('/api/admin/jobs?limit=2');
    const second = await admin.get(`/api/admin/jobs?limit=2&cursor=${String(first.body.nextCursor)}`);
    expect(new Set([...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id)).size).toBe(4);
  });

  it('does not hold up the stop of its server, and says that it was interrupted', async () => {
    const other = await startServer({ env: { DATABASE_URL: server.databaseUrl, FLAGTREE_ADMIN_TOKEN: server.adminToken } });
    const there = await Api.of(other.url, server.adminToken);
    const release = await holdLedger();
    const { body } = await there.post(IMPORT, statesDocument({ flags: flags(1, 'stopped') }));
    expect((await admin.get(`/api/admin/jobs/${String(body.id)}`)).body.status).toMatch(/queued|running/);
    expect(await other.stop()).toMatchObject({ code: 0 });
    await release();
    expect(await finished(body.id as string)).toMatchObject({ status: 'failed', problem: { code: 'interrupted' } });
    expect((await admin.get('/api/admin/feature-flags/stopped-0')).status).toBe(404);
  });

  it('keeps no ledger from others when it is over: writing goes on', async () => {
    expect((await admin.post('/api/admin/feature-flags', { key: 'after-all' })).status).toBe(201);
    const locks = await sql(
      server.databaseUrl,
      `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(locks).toEqual([{ n: 0 }]);
  });
});

describe('the authority of a job', () => {
  const WAITING = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE flagtree.tokens %'`;
  const begun = async (name: string, body: object = { role: 'admin' }) => {
    const { body: made } = await admin.post('/api/admin/tokens', { name, kind: 'admin', ...body });
    const api = admin.as(made.token as string);
    const release = await holdLedger();
    // Jobs go one after another: while the first one waits for the ledger, the second does not, and what comes meanwhile goes before it.
    await admin.post(IMPORT, statesDocument({ flags: flags(1, `before-${name}`) }));
    const { body: job } = await api.post(
      IMPORT,
      statesDocument({ flags: flags(1, name).map((flag) => ({ ...flag, enabled: true })) }),
    );
    await sleep(200);
    return { token: made.id as string, job: job.id as string, release };
  };
  const entriesOf = async (name: string) =>
    sql(server.databaseUrl, 'SELECT id FROM flagtree.audit_entries WHERE actor = $1', [`token:${name}`]);

  it.each([
    ['revoked', 'revoked_at = now()', 'token-revoked'],
    ['expired', `expires_at = now() - interval '1 second'`, 'token-expired'],
    ['rotated', `public_id = 'another'`, 'token-unknown'],
    ['lowered', `role = 'viewer'`, 'role-too-low'],
    [
      'narrowed',
      `environment_ids = ARRAY[(SELECT id FROM flagtree.environments WHERE slug = 'development')]`,
      'environment-out-of-scope',
    ],
  ])('is that of its token when it writes: %s meanwhile', async (what, assignment, code) => {
    const name = `job-${what}-${String(Math.random()).slice(2, 8)}`;
    const { token, job, release } = await begun(name);
    const changed = sql(server.databaseUrl, `UPDATE flagtree.tokens SET ${assignment} WHERE public_id = $1`, [token]);
    await until(async () => (await sql(server.databaseUrl, WAITING)).length > 0, 'the change waits for the ledger');
    await release();
    await changed;
    const { status, problem } = await finished(job);
    expect({ status, code: problem?.code }).toEqual({ status: 'failed', code });
    expect(problem.detail).toContain(name);
    expect(await entriesOf(name)).toEqual([]);
  });
});
