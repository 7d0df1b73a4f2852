import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_LOG_LEVEL: 'debug', FLAGTREE_METRICS_FLAGS: 'true' } });
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

type Metrics = Map<string, number>;

async function scrape(from = api): Promise<Metrics> {
  const { status, headers, body } = await from.get('/metrics');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const samples = (body as string).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** What has changed of a metric between two scrapes, by its labels. */
function growth(name: string, before: Metrics, after: Metrics): Record<string, number> {
  const grown = [...after].filter(([sample, value]) => sample.startsWith(`${name}{`) && value !== (before.get(sample) ?? 0));
  return Object.fromEntries(grown.map(([sample, value]) => [sample.slice(name.length), value - (before.get(sample) ?? 0)]));
}

const evaluations = (before: Metrics, after: Metrics) => growth('flagtree_evaluations_total', before, after);

describe('/metrics', () => {
  it('is for admin tokens of any role, as long as no setting says otherwise', async () => {
    const tokenOf = async (token: object) => (await api.post('/api/admin/tokens', token)).body.token as string;
    const viewer = await tokenOf({ name: 'prometheus', kind: 'admin', role: 'viewer' });
    const client = await tokenOf({ name: 'web', kind: 'client', environments: ['production'] });
    expect((await api.get('/metrics', { token: null })).status).toBe(401);
    expect((await api.get('/metrics', { token: client })).status).toBe(403);
    expect((await api.get('/metrics', { token: viewer })).status).toBe(200);
  });

  it.each([
    ['public', 200],
    ['off', 404],
  ])('answers everybody with the setting %s: %i', async (setting, status) => {
    const other = await startServer({ env: { FLAGTREE_METRICS: setting } });
    expect((await fetch(`${other.url}/metrics`)).status).toBe(status);
    await other.stop();
  });

  it('counts evaluations by environment and reason, however they are asked for', async () => {
    for (const flag of [{ key: 'static', enabled: true }, { key: 'off' }, { key: 'split', enabled: true, percentage: 50 }]) {
      await api.post('/api/admin/feature-flags', flag);
    }
    const one = (key: string, context: object) => api.post(`/ofrep/v1/evaluate/flags/${key}?env=staging`, { context });
    const before = await scrape();
    await one('static', {});
    await one('split', { targetingKey: 'ada' });
    await one('split', {});
    await one('nope', {});
    const singly = await scrape();
    expect(evaluations(before, singly)).toEqual({
      '{environment="staging",reason="static"}': 1,
      '{environment="staging",reason="split"}': 1,
      '{environment="staging",reason="error"}': 2,
    });
    const all = {
      '{environment="production",reason="static"}': 1,
      '{environment="production",reason="disabled"}': 1,
      '{environment="production",reason="split"}': 1,
    };
    const context = { targetingKey: 'ada' };
    await api.post('/api/feature-flags/evaluate', { context });
    const together = await scrape();
    expect(evaluations(singly, together)).toEqual(all);
    const { headers } = await api.post('/ofrep/v1/evaluate/flags', { context });
    await api.post('/ofrep/v1/evaluate/flags', { context });
    const bulk = await scrape();
    expect(evaluations(together, bulk)).toEqual(Object.fromEntries(Object.entries(all).map(([labels]) => [labels, 2])));
    await api.post('/ofrep/v1/evaluate/flags', { context }, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    const { revision } = (await api.get('/api/admin/feature-flags/static')).body;
    await api.post(`/api/feature-flags/evaluate?at=${String(revision)}`, { context });
    expect(evaluations(bulk, await scrape())).toEqual({});
  });

  it('counts by flag and variant what each door serves, where a setting asks for it [002-89]', async () => {
    const ofFlags = (before: Metrics, after: Metrics) => growth('flagtree_flag_evaluations_total', before, after);
    const variants = [{ key: 'a', value: 'A' }, { key: 'b', value: 'B' }]; // prettier-ignore
    await api.post('/api/admin/feature-flags', { key: 'hero', type: 'string', enabled: true, variants, defaultVariant: 'b' });
    await api.patch('/api/admin/feature-flags/hero', { environment: 'staging', defaultVariant: 'a' });
    const context = { targetingKey: 'ada' };
    const before = await scrape();
    await api.post('/ofrep/v1/evaluate/flags/hero', { context });
    await api.post('/ofrep/v1/evaluate/flags/hero?env=staging', { context });
    await api.post('/ofrep/v1/evaluate/flags/made-up', { context });
    const singly = await scrape();
    expect(ofFlags(before, singly)).toEqual({
      '{environment="production",flag="hero",variant="b"}': 1,
      '{environment="staging",flag="hero",variant="a"}': 1,
    });
    await api.post('/api/feature-flags/evaluate?env=staging', { context, flags: ['hero', 'made-up'] });
    const named = await scrape();
    expect(ofFlags(singly, named)).toEqual({ '{environment="staging",flag="hero",variant="a"}': 1 });
    const all = {
      '{environment="staging",flag="hero",variant="a"}': 1,
      '{environment="staging",flag="off",variant="off"}': 1,
      '{environment="staging",flag="static",variant="on"}': 1,
      '{environment="staging",flag="split",variant="on"}': 1,
    };
    await api.post('/api/feature-flags/evaluate?env=staging', { context });
    const directly = await scrape();
    expect(ofFlags(named, directly)).toEqual(all);
    const { headers } = await api.post('/ofrep/v1/evaluate/flags?env=staging', { context });
    const bulk = await scrape();
    expect(ofFlags(directly, bulk)).toEqual(all);
    const seen = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await api.post('/ofrep/v1/evaluate/flags?env=staging', { context }, { headers: seen })).status).toBe(304);
    expect(ofFlags(bulk, await scrape())).toEqual({});
  });

  it('tells how current the snapshots are, and how long a write takes to get here', async () => {
    const before = await scrape();
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET name = 'by hand' WHERE key = 'off'`);
    const revision = Number((await sql(server.databaseUrl, 'SELECT revision FROM flagtree.ledger'))[0]?.['revision']);
    await api.get('/api/admin/environments');
    const after = await scrape();
    expect(after.get('flagtree_snapshot_revision')).toBe(revision);
    expect(after.get('flagtree_snapshot_age_seconds')).toBe(0);
    expect(
      Number(after.get('flagtree_propagation_seconds_count')) - Number(before.get('flagtree_propagation_seconds_count')),
    ).toBe(1);
    expect(
      Number(after.get('flagtree_propagation_seconds_sum')) - Number(before.get('flagtree_propagation_seconds_sum')),
    ).toBeLessThan(5);
  });

  it('tells of rows that cannot be compiled, until they are mended', async () => {
    const write = (rules: string) =>
      sql(
        server.databaseUrl,
        `BEGIN; ALTER TABLE flagtree.flags DROP CONSTRAINT IF EXISTS ck_flags_rule_conditions_are_a_list; UPDATE flagtree.flags SET rules = '${rules}' WHERE key = 'static'; COMMIT`,
      );
    await write('[{"id": "r", "conditions": 7, "serve": {"variant": "on"}}]');
    await api.get('/api/admin/environments');
    const broken = await scrape();
    expect([broken.get('flagtree_broken_flags'), broken.get('flagtree_snapshot_rejected_total{cause="flag"}')]).toEqual([1, 1]);
    await write('[]');
    await api.get('/api/admin/environments');
    const mended = await scrape();
    expect([mended.get('flagtree_broken_flags'), mended.get('flagtree_snapshot_rejected_total{cause="flag"}')]).toEqual([0, 1]);
  });

  it('measures requests by route, and the pool of connections', async () => {
    const before = await scrape();
    await api.get('/api/admin/environments/staging/chain');
    await api.get('/api/admin/environments/development/chain');
    await fetch(`${server.url}/no/such/page`);
    const after = await scrape();
    const requests = growth('flagtree_http_request_duration_seconds_count', before, after);
    expect(requests).toMatchObject({
      '{method="GET",route="/api/admin/environments/:slug/chain",status="200"}': 2,
      '{method="GET",route="none",status="404"}': 1,
    });
    expect(after.get('flagtree_db_pool_size')).toBeGreaterThan(0);
    expect(after.get('flagtree_db_pool_waiting')).toBe(0);
    expect([...after.keys()].find((sample) => sample.startsWith('flagtree_build_info'))).toMatch(
      /version="\d+\.\d+\.\d+",node="v\d+/,
    );
    expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(after.get('flagtree_audit_anchor_age_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('names everything of its own with one prefix, the process as dashboards for Node do, and no flag unless asked', async () => {
    const other = await startServer();
    const plain = await Api.of(other.url, other.adminToken);
    await plain.post('/api/admin/feature-flags', { key: 'split', enabled: true, percentage: 50 });
    await plain.post('/ofrep/v1/evaluate/flags/split', { context: { targetingKey: 'ada' } });
    const samples = [...(await scrape(plain)).keys()];
    await other.stop();
    expect(samples.filter((sample) => !/^(flagtree|process|nodejs)_/.test(sample))).toEqual([]);
    expect(samples).toContain('process_cpu_seconds_total');
    expect(samples.filter((sample) => /split/.test(sample.replace(/reason="\w+"/, '')))).toEqual([]);
  });
});

describe('the log', () => {
  const lines = () => server.logs().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
  /** It is written when the answer has left, so a moment after its arrival. */
  async function lineOf(requestId: string): Promise<Record<string, unknown> | undefined> {
    const line = () => lines().find((one) => one['requestId'] === requestId && one['msg'] === 'request');
    await until(() => line() !== undefined, `the line of ${requestId}`);
    return line();
  }

  it('has one line for each request: writes at info, the rest at debug, with the ids to find it by', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await api.patch(
      '/api/admin/feature-flags/static?dryRun=true',
      { enabled: false },
      { headers: { 'x-request-id': 'write-1', traceparent } },
    );
    await api.post(
      '/ofrep/v1/evaluate/flags/static',
      { context: {} },
      { headers: { 'x-request-id': 'read-1', 'x-environment': 'staging' } },
    );
    expect(await lineOf('write-1')).toMatchObject({
      level: 'info',
      context: 'http',
      method: 'PATCH',
      path: '/api/admin/feature-flags/static',
      route: '/api/admin/feature-flags/:key',
      status: 200,
      ms: expect.any(Number),
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
    expect(await lineOf('read-1')).toMatchObject({
      level: 'debug',
      route: '/ofrep/v1/evaluate/flags/:key',
      environment: 'staging',
    });
  });

  it('says at debug what each evaluation answered, one line a named flag and one for all at once [004-39]', async () => {
    const headers = (id: string) => ({ headers: { 'x-request-id': id, 'x-environment': 'staging' } });
    const ask = (path: string, body: object, id: string) => api.post(path, body, headers(id));
    const context = { targetingKey: 'lovelace', email: 'lovelace@example.org' };
    const variants = [{ key: 'wide', value: { columns: 3 } }];
    const layout = { key: 'layout', type: 'json', enabled: true, variants, defaultVariant: 'wide' };
    await api.post('/api/admin/feature-flags', layout);
    await ask('/ofrep/v1/evaluate/flags/hero', { context }, 'one');
    await ask('/ofrep/v1/evaluate/flags/made-up', { context }, 'none');
    await ask('/api/feature-flags/evaluate', { context, flags: ['hero', 'layout'] }, 'named');
    await ask('/api/feature-flags/evaluate', { context }, 'all');
    await ask('/ofrep/v1/evaluate/flags', { context }, 'bulk');
    await lineOf('bulk');
    const said = lines().filter(({ context: part }) => part === 'evaluation');
    const of = (id: string) =>
      said
        .filter(({ requestId }) => requestId === id)
        .map(({ level: _level, time: _time, context: _part, revision: _at, ...rest }) => rest);
    const staging = { environment: 'staging' };
    const hero = { ...staging, flag: 'hero', variant: 'a', value: 'A', reason: 'static', msg: 'evaluation' };
    expect(of('one')).toEqual([{ requestId: 'one', ...hero }]);
    expect(of('none')).toEqual([
      { requestId: 'none', ...staging, flag: 'made-up', reason: 'error', errorCode: 'FLAG_NOT_FOUND', msg: 'evaluation' },
    ]);
    expect(of('named')).toEqual([
      { requestId: 'named', ...hero },
      { requestId: 'named', ...staging, flag: 'layout', variant: 'wide', reason: 'static', msg: 'evaluation' },
    ]);
    const counts = { ...staging, flags: 5, reasons: { static: 3, split: 1, disabled: 1 }, msg: 'evaluation of all flags' };
    expect([...of('all'), ...of('bulk')]).toEqual([
      { requestId: 'all', ...counts },
      { requestId: 'bulk', ...counts },
    ]);
    expect(server.logs()).not.toContain('lovelace');
  });

  it('holds no values of contexts, no queries, no bodies and no tokens', async () => {
    await api.post('/ofrep/v1/evaluate/flags/static?env=staging&email=ada@example.org', {
      context: { targetingKey: 'hunter2', email: 'ada@example.org' },
    });
    await api.post('/api/feature-flags/evaluate', { context: { targetingKey: 7, email: 'ada@example.org' } });
    await api.get(`/api/admin/feature-flags/${server.adminToken}`, { headers: { 'x-request-id': 'misplaced' } });
    expect(await lineOf('misplaced')).toMatchObject({ path: '/api/admin/feature-flags/ft_admin_[redacted]' });
    await api.get('/api/admin/feature-flags?search=hunter2', { headers: { 'x-request-id': 'last' } });
    expect(await lineOf('last')).toBeDefined();
    for (const secret of ['hunter2', 'ada@example.org', server.adminToken]) expect(server.logs().includes(secret)).toBe(false);
  });
});
