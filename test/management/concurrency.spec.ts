import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, type Answer } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';
const etagOf = (answer: Answer) => answer.headers.get('etag') ?? '';

describe('If-Match', () => {
  it('refuses an edit of a version that is no longer current, and shows the current one', async () => {
    await api.post(FLAGS, { key: 'stale' });
    const seen = etagOf(await api.get(`${FLAGS}/stale`));
    await api.patch(`${FLAGS}/stale`, { description: 'theirs' });
    const refused = await api.patch(`${FLAGS}/stale`, { description: 'mine' }, { headers: { 'if-match': seen } });
    expect(refused).toMatchObject({ status: 412, body: { code: 'stale-version', current: { description: 'theirs' } } });
    const retried = await api.patch(`${FLAGS}/stale`, { description: 'mine' }, { headers: { 'if-match': etagOf(refused) } });
    expect(retried).toMatchObject({ status: 200, body: { description: 'mine' } });
  });

  it.each([
    ['an environment', 'PATCH', '/api/admin/environments/staging', { description: 'x' }],
    ['the removal of an environment', 'DELETE', '/api/admin/environments/development', undefined],
    ['an override, put', 'PUT', '/api/admin/environments/staging/feature-flags/stale', { enabled: true }],
    ['an override, patched', 'PATCH', '/api/admin/environments/staging/feature-flags/stale', { enabled: true }],
    ['a flag in an environment', 'PATCH', `${FLAGS}/stale`, { environment: 'staging', enabled: true }],
    ['the archiving of a flag', 'DELETE', `${FLAGS}/stale`, undefined],
  ])('is honoured for %s', async (_what, method, path, body) => {
    const refused = await api.call(method, path, { headers: { 'if-match': '"something-else"' }, ...(body ? { body } : {}) });
    expect(refused.status).toBe(412);
  });

  it('takes the ETag of the override or of the flag as it is in the environment', async () => {
    const inEnvironment = etagOf(await api.get(`${FLAGS}/stale?env=staging`));
    const path = '/api/admin/environments/staging/feature-flags/stale';
    expect((await api.put(path, { enabled: true }, { headers: { 'if-match': inEnvironment } })).status).toBe(201);
    const own = etagOf(await api.get(path));
    expect((await api.patch(path, { percentage: 5 }, { headers: { 'if-match': own } })).status).toBe(200);
    expect((await api.delete(path, { headers: { 'if-match': own } })).status).toBe(412);
  });

  it('is honoured for tokens, whose use does not make them another version', async () => {
    const { body } = await api.post('/api/admin/tokens', { name: 'rotated', kind: 'admin', role: 'viewer' });
    const path = `/api/admin/tokens/${String(body.id)}`;
    const seen = etagOf(await api.get(path));
    await api.as(body.token as string).get('/api/admin/environments');
    expect(etagOf(await api.get(path))).toBe(seen);
    expect((await api.delete(path, { headers: { 'if-match': '"something-else"' } })).status).toBe(412);
    expect((await api.delete(path, { headers: { 'if-match': seen } })).status).toBe(204);
  });

  it('lets exactly one of 20 simultaneous edits of the same version through', async () => {
    await api.post(FLAGS, { key: 'contended' });
    const seen = etagOf(await api.get(`${FLAGS}/contended`));
    const edits = Array.from({ length: 20 }, (_, index) =>
      api.patch(`${FLAGS}/contended`, { description: `edit ${String(index)}` }, { headers: { 'if-match': seen } }),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(19).fill(412)]);
    expect((await api.get(`${FLAGS}/contended`)).body.version).toBe(2);
  });
});

describe('writers at once', () => {
  it('each get a revision of their own, without gaps, and the chain of the log holds', async () => {
    const revisionOf = async () => (await api.get('/api/admin/environments/production')).body.revision as number;
    const before = await revisionOf();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => api.post(FLAGS, { key: `parallel-${String(index)}` })),
    );
    const revisions = answers.map(({ body }) => body.revision as number).sort((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => before + 1 + index));
    expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });

  it('cannot make a cycle together', async () => {
    for (const slug of ['a', 'b', 'c']) await api.post('/api/admin/environments', { slug, parent: 'production' });
    for (let round = 0; round < 10; round++) {
      await Promise.all([
        api.patch('/api/admin/environments/a?force=true', { parent: 'b' }),
        api.patch('/api/admin/environments/b?force=true', { parent: 'c' }),
        api.patch('/api/admin/environments/c?force=true', { parent: 'a' }),
      ]);
      const chains = await Promise.all(['a', 'b', 'c'].map((slug) => api.get(`/api/admin/environments/${slug}/chain`)));
      for (const { body } of chains) expect(body.items.at(-1).slug).toBe('production');
      for (const slug of ['a', 'b', 'c']) await api.patch(`/api/admin/environments/${slug}?force=true`, { parent: 'production' });
    }
  });
});

describe('Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'deploy-1' };

  it('gives the same request the same answer, and one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(FLAGS, { key: 'once' }, { headers })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    const [first] = answers;
    for (const answer of answers) expect(answer.body).toEqual(first?.body);
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(4);
    expect((await api.get('/api/flags/audit?flag=once')).body.items).toHaveLength(1);
  });

  it('repeats what was said about the write, too, under the same ETag', async () => {
    const split = [
      { variant: 'on', weight: 50 },
      { variant: 'off', weight: 45 },
    ];
    const flag = { key: 'doubtful', rules: [{ id: 'r', conditions: [], serve: { split } }] };
    const options = { headers: { 'idempotency-key': 'doubtful-1' } };
    const first = await api.post(FLAGS, flag, options);
    const again = await api.post(FLAGS, flag, options);
    expect(first).toMatchObject({ status: 201, body: { warnings: [expect.stringContaining('add up to 95')] } });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is refused for another request', async () => {
    const answer = await api.post(FLAGS, { key: 'twice' }, { headers });
    expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect((await api.get(`${FLAGS}/twice`)).status).toBe(404);
  });

  it('does not remember a request that failed', async () => {
    const failing = { headers: { 'idempotency-key': 'retry-me' } };
    expect((await api.post(FLAGS, { key: 'late', prerequisites: [{ flag: 'needed', variants: ['on'] }] }, failing)).status).toBe(
      422,
    );
    await api.post(FLAGS, { key: 'needed' });
    expect((await api.post(FLAGS, { key: 'late', prerequisites: [{ flag: 'needed', variants: ['on'] }] }, failing)).status).toBe(
      201,
    );
  });

  it('never stores the secret of a token', async () => {
    const options = { headers: { 'idempotency-key': 'token-1' } };
    const body = { name: 'svc', kind: 'client', environments: ['staging'] };
    const first = await api.post('/api/admin/tokens', body, options);
    const again = await api.post('/api/admin/tokens', body, options);
    expect(first.body.token).toMatch(/^ft_client_/);
    expect(again.body).toEqual({ ...first.body, token: undefined });
    const stored = await sql(server.databaseUrl, `SELECT body::text FROM flagtree.idempotency_keys WHERE key = 'token-1'`);
    expect(JSON.stringify(stored)).not.toContain(first.body.token);
  });
});
