import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post('/api/admin/feature-flags', { key: 'f' });
});
afterAll(() => server.stop());

const NONE = { headers: { 'if-none-match': '*' } };
const SOME = { headers: { 'if-match': '*' } };

describe('If-None-Match: * makes, and never overwrites', () => {
  it.each([
    ['an override', 'PUT', '/api/admin/environments/staging/feature-flags/f', { enabled: true }],
    ['a flag', 'POST', '/api/admin/feature-flags', { key: 'made' }],
    ['a segment', 'POST', '/api/admin/segments', { key: 'beta', conditions: [] }],
    ['an environment', 'POST', '/api/admin/environments', { slug: 'qa', parent: 'staging' }],
    ['a check', 'PUT', '/api/admin/feature-flags/f/checks/first', { context: {}, variant: 'off' }],
    ['a pipeline', 'PUT', '/api/admin/pipelines/main', { steps: [{ environment: 'staging' }, { environment: 'production' }] }],
  ])('%s', async (_what, method, path, body) => {
    const made = await api.call(method, path, { body, ...NONE });
    expect(made.status).toBe(201);
    const { revision } = (await api.get('/api/admin/feature-flags/f')).body as { revision: number };
    const again = await api.call(method, path, { body, ...NONE });
    expect(again).toMatchObject({ status: 412, body: { code: 'stale-version', current: expect.any(Object) } });
    expect(again.headers.get('etag')).toBe(made.headers.get('etag'));
    expect((await api.get('/api/admin/feature-flags/f')).body).toMatchObject({ revision });
  });
});

describe('If-Match: * edits, and never makes', () => {
  it.each([
    ['an override', 'PUT', '/api/admin/environments/development/feature-flags/f', { enabled: true }],
    ['an override, in part', 'PATCH', '/api/admin/environments/development/feature-flags/f', { enabled: true }],
    ['a flag', 'POST', '/api/admin/feature-flags', { key: 'unmade' }],
    ['a segment', 'POST', '/api/admin/segments', { key: 'unmade', conditions: [] }],
    ['a check', 'PUT', '/api/admin/feature-flags/f/checks/unmade', { context: {}, variant: 'off' }],
  ])('%s', async (_what, method, path, body) => {
    expect(await api.call(method, path, { body, ...SOME })).toMatchObject({ status: 412, body: { current: null } });
  });

  it('what is there', async () => {
    expect((await api.patch('/api/admin/feature-flags/f', { description: 'seen' }, SOME)).status).toBe(200);
    expect((await api.patch('/api/admin/feature-flags/f', { enabled: true, environment: 'production' }, SOME)).status).toBe(200);
    expect((await api.patch('/api/admin/environments/development', { description: 'seen' }, SOME)).status).toBe(200);
  });
});

describe('lists of tags', () => {
  it('hold where one of them is the tag', async () => {
    const etag = (await api.get('/api/admin/feature-flags/f')).headers.get('etag') ?? '';
    const edit = (headers: Record<string, string>) => api.patch('/api/admin/feature-flags/f', { name: 'F' }, { headers });
    expect((await edit({ 'if-match': '"x", "y"' })).status).toBe(412);
    expect((await edit({ 'if-none-match': `"x", ${etag}` })).status).toBe(412);
    expect((await edit({ 'if-none-match': '"x"', 'if-match': `"x", ${etag}` })).status).toBe(200);
    expect((await api.get('/api/admin/feature-flags/f', { headers: { 'if-none-match': '*' } })).status).toBe(304);
  });

  it('are refused where a request is about several things', async () => {
    const answer = await api.post('/api/admin/import?dryRun=true', { format: 'flagtree', version: 1 }, NONE);
    expect([400, 422]).toContain(answer.status);
  });
});
