import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const READS = [
  '/api/admin/feature-flags',
  '/api/admin/feature-flags?archived=true',
  '/api/admin/feature-flags?env=development',
  '/api/admin/feature-flags?envs=production,staging,development',
  '/api/admin/feature-flags/checkout',
  '/api/admin/feature-flags/checkout?env=development',
  '/api/admin/environments',
  '/api/admin/environments/development',
  '/api/admin/environments/development/chain',
  '/api/admin/environments/production/children',
  '/api/admin/environments/staging/feature-flags',
  '/api/admin/environments/staging/feature-flags/checkout',
  '/api/admin/segments',
  '/api/admin/segments/beta',
  '/api/feature-flags/snapshot?env=development',
  '/api/feature-flags/environment?env=development',
];

/** What every read answers; errors by their status and code, since a detail may tell of the present. */
async function readAll(at?: string): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const path of READS) {
    const { status, body } = await api.get(at === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}at=${at}`);
    answers[path] = status === 200 ? { ...body, revision: 0, items: withoutRevisions(body.items) } : { status, code: body.code };
  }
  return answers;
}

/** The revision at which something was read differs between now and then; what was read may not. */
const withoutRevisions = (items: object[] | undefined) => items?.map((item) => ({ ...item, revision: 0 }));

const plans = { conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }] };
const rule = { id: 'beta', conditions: [{ segment: 'beta' }], serve: { variant: 'on' } };
const CHANGES: (() => Promise<unknown>)[] = [
  () => api.post('/api/admin/feature-flags', { key: 'checkout' }),
  () => api.post('/api/admin/segments', { key: 'beta', ...plans }),
  () => api.patch('/api/admin/feature-flags/checkout', { environment: 'staging', enabled: true, rules: [rule] }),
  () => api.patch('/api/admin/feature-flags/checkout', { environment: 'development', percentage: 12.5 }),
  () => api.post('/api/admin/environments', { slug: 'pr-1', parent: 'staging' }),
  () => api.patch('/api/admin/feature-flags/checkout', { environment: 'staging', enabled: null, offVariant: 'on' }),
  () => api.patch('/api/admin/segments/beta', { conditions: [] }),
  () =>
    sql(
      server.databaseUrl,
      "BEGIN; UPDATE environment_flags SET percentage = 50; INSERT INTO flags (key) VALUES ('by-hand'); COMMIT",
    ),
  () => api.patch('/api/admin/environments/development?force=true', { parent: 'production' }),
  () => api.delete('/api/admin/environments/staging/feature-flags/checkout'),
  () => api.delete('/api/admin/environments/staging?force=true'),
  () => api.delete('/api/admin/segments/beta'),
  () => api.delete('/api/admin/feature-flags/checkout'),
];

describe('the past', () => {
  it('is, at each revision and at its instant, exactly what was read there at the time', async () => {
    const seen: { revision: number; instant: string; answers: Record<string, unknown> }[] = [];
    for (const change of [() => Promise.resolve(), ...CHANGES]) {
      await change();
      const [newest] = (await api.get('/api/flags/audit?limit=1')).body.items;
      seen.push({ revision: newest.revision, instant: newest.timestamp, answers: await readAll() });
    }
    expect(new Set(seen.map(({ revision }) => revision)).size).toBe(CHANGES.length + 1);
    for (const [index, { revision, instant, answers }] of [...seen.entries()].reverse())
      expect(await readAll(index % 2 === 0 ? String(revision) : instant)).toEqual(answers);
    expect((await api.get(`/api/admin/feature-flags/checkout?at=${String(seen[1]?.revision)}`)).body.revision).toBe(
      seen[1]?.revision,
    );
  });

  it('begins with nothing', async () => {
    expect((await api.get('/api/admin/environments?at=0')).body.items).toEqual([]);
    expect((await api.get('/api/admin/environments?at=2020-01-01T00:00:00Z')).body.items).toEqual([]);
    expect((await api.get('/api/admin/feature-flags/checkout?at=0')).status).toBe(404);
  });

  it('ends with the present', async () => {
    const { body } = await api.get('/api/admin/environments');
    const { revision } = body.items[0];
    expect((await api.get(`/api/admin/environments?at=${String(revision)}`)).body).toEqual(body);
    expect((await api.get(`/api/admin/environments?at=${new Date().toISOString()}`)).body).toEqual(body);
    const { status, body: problem } = await api.get(`/api/admin/environments?at=${String(Number(revision) + 1)}`);
    expect([status, problem.code, problem.errors[0].pointer]).toEqual([400, 'moment-in-the-future', '?at']);
    expect((await api.get('/api/admin/environments?at=2999-01-01T00:00:00Z')).body.code).toBe('moment-in-the-future');
  });

  it.each(['yesterday', '-1', '1.5', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', ''])('refuses the moment %p', async (at) => {
    for (const path of ['/api/admin/feature-flags', '/api/admin/environments/production/chain', '/api/feature-flags/snapshot']) {
      const { status, body } = await api.get(`${path}?at=${at}`);
      expect([status, body.errors[0]]).toMatchObject([400, { pointer: '?at', code: 'invalid-moment' }]);
    }
  });

  it('takes an instant whose offset was not escaped', async () => {
    expect((await api.get('/api/admin/environments?at=2020-01-01T00:00:00+02:00')).body.items).toEqual([]);
  });
});

describe('evaluation in the past', () => {
  let before: number;
  beforeAll(async () => {
    await api.post('/api/admin/feature-flags', { key: 'search', enabled: true });
    const dawn = {
      id: 'dawn',
      conditions: [{ attribute: '$now', operator: 'before', values: [new Date().toISOString()] }],
      serve: { variant: 'off' },
    };
    before = (await api.patch('/api/admin/feature-flags/search', { environment: 'development', rules: [dawn] })).body.revision;
    await api.delete('/api/admin/environments/development?force=true');
  });

  it('evaluates and explains an environment that is gone, with the time of then', async () => {
    const headers = { 'x-environment': 'development' };
    expect((await api.post('/api/feature-flags/evaluate', { context: {} }, { headers })).status).toBe(404);
    const { body } = await api.post(
      `/api/feature-flags/evaluate?at=${String(before)}`,
      { context: {}, flags: ['search'] },
      { headers },
    );
    expect(body).toMatchObject({
      environment: 'development',
      revision: before,
      flags: { search: { value: true, variant: 'on' } },
    });
    const dawn = new Date(Date.now() - 3_600_000).toISOString();
    expect((await api.post(`/api/feature-flags/evaluate?at=${dawn}`, { context: {} }, { headers })).body.code).toBe(
      'environment-not-found',
    );
    for (const at of [before, String(before)]) {
      const { body: explained } = await api.post('/api/admin/feature-flags/search/explain', {
        environment: 'development',
        context: {},
        at,
      });
      expect(explained).toMatchObject({ chain: ['development', 'production'], evaluation: { value: true, reason: 'DEFAULT' } });
    }
  });

  it('is for admin tokens within their scope', async () => {
    const tokenOf = async (token: object) => api.as((await api.post('/api/admin/tokens', token)).body.token as string);
    const client = await tokenOf({ name: 'web', kind: 'client', environments: ['production'] });
    const viewer = await tokenOf({ name: 'reader', kind: 'admin', role: 'viewer', environments: ['production'] });
    const ask = (api: Api, env: string) =>
      api.post(`/api/feature-flags/evaluate?at=${String(before)}&env=${env}`, { context: {} });
    expect((await client.post('/api/feature-flags/evaluate', { context: {} })).status).toBe(200);
    expect((await ask(client, 'production')).body.code).toBe('wrong-token-kind');
    expect((await ask(viewer, 'production')).status).toBe(200);
    expect((await ask(viewer, 'development')).body.code).toBe('environment-forbidden');
  });
});

describe('a long history', () => {
  const count = async (at: number) =>
    Object.keys((await api.get(`/api/feature-flags/snapshot?env=production&at=${String(at)}`)).body.flags as object).filter(
      (key) => key.startsWith('bulk-'),
    ).length;

  it('is read in pages, also where one revision is longer than a page', async () => {
    const start = (await api.get('/api/admin/environments')).body.items[0].revision as number;
    await sql(server.databaseUrl, `INSERT INTO flags (key) SELECT 'bulk-' || number FROM generate_series(1, 5000) AS number`);
    await sql(server.databaseUrl, `UPDATE flags SET archived_at = now() WHERE key LIKE 'bulk-%' AND key < 'bulk-3'`);
    await sql(server.databaseUrl, `DELETE FROM flags WHERE key LIKE 'bulk-%'`);
    expect(await Promise.all([start + 2, start, start + 1, start + 3].map(count))).toEqual([2778, 0, 5000, 0]);
    await sql(server.databaseUrl, `UPDATE flags SET name = name || number FROM generate_series(1, 1) AS number`);
    for (let revision = start; revision > start - 20; revision -= 5) expect(await count(revision)).toBe(0);
    expect(await count(start + 1)).toBe(5000);
  });
});
