import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const slugs = (answer: { body: { items: { slug: string }[] } }) => answer.body.items.map(({ slug }) => slug);

describe('the tree', () => {
  it('starts as production ← staging ← development', async () => {
    expect(slugs(await api.get('/api/admin/environments/development/chain'))).toEqual(['development', 'staging', 'production']);
    expect(slugs(await api.get('/api/admin/environments'))).toEqual(['development', 'production', 'staging']);
    expect(slugs(await api.get('/api/admin/environments/production/children'))).toEqual(['staging']);
  });

  it('grows by one row per environment, whose answer is the environment', async () => {
    const expiresAt = '2027-12-01T00:00:00Z';
    const answer = await api.post('/api/admin/environments', {
      slug: 'pr-42',
      name: 'PR 42',
      parent: 'staging',
      settings: {},
      expiresAt,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/admin/environments/pr-42');
    expect(answer.body).toMatchObject({ slug: 'pr-42', name: 'PR 42', parent: 'staging', isActive: true, version: 1 });
    expect(Date.parse(answer.body.expiresAt as string)).toBe(Date.parse(expiresAt));
    const read = await api.get('/api/admin/environments/pr-42');
    expect(read.body).toEqual(answer.body);
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'));
  });

  it('is read in pages that together hold each environment once', async () => {
    const first = await api.get('/api/admin/environments?limit=2');
    expect(slugs(first)).toHaveLength(2);
    const second = await api.get(`/api/admin/environments?limit=2&cursor=${String(first.body.nextCursor)}`);
    expect([...slugs(first), ...slugs(second)]).toEqual(['development', 'pr-42', 'production', 'staging']);
    expect(second.body.nextCursor).toBeNull();
  });

  it('answers a conditional read with 304 while nothing changed there, whatever changes elsewhere', async () => {
    const etag = (await api.get('/api/admin/environments/staging')).headers.get('etag') ?? '';
    await api.patch('/api/admin/environments/pr-42', { description: 'changed' });
    expect((await api.get('/api/admin/environments/staging', { headers: { 'if-none-match': etag } })).status).toBe(304);
    await api.patch('/api/admin/environments/staging', { description: 'changed too' });
    expect((await api.get('/api/admin/environments/staging', { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it.each([
    ['an unknown parent', { slug: 'x', parent: 'nope' }, 422, 'parent-not-found', '/parent'],
    ['a slug in capitals', { slug: 'Prod' }, 400, 'invalid-request', '/slug'],
    ['no slug', { name: 'x' }, 400, 'invalid-request', '/slug'],
    [
      'a near miss of a setting',
      { slug: 'x', parent: 'staging', settings: { Protected: true } },
      400,
      'invalid-request',
      '/settings/Protected',
    ],
    ['a moment that is none', { slug: 'x', parent: 'staging', expiresAt: 'tomorrow' }, 400, 'invalid-request', '/expiresAt'],
    ['an unknown property', { slug: 'x', parent: 'staging', parent_id: 'y' }, 400, 'invalid-request', '/parent_id'],
  ])('refuses %s', async (_what, body, status, code, pointer) => {
    const answer = await api.post('/api/admin/environments', body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code, errors: [{ pointer }] });
    expect((await api.get('/api/admin/environments/x')).status).toBe(404);
  });

  it('refuses a slug that is taken', async () => {
    expect(await api.post('/api/admin/environments', { slug: 'staging', parent: 'production' })).toMatchObject({
      status: 409,
      body: { code: 'environment-exists' },
    });
  });

  it('is at most 10 deep', async () => {
    let parent = 'development';
    for (let depth = 4; depth <= 10; depth++) {
      const slug = `depth-${String(depth)}`;
      expect((await api.post('/api/admin/environments', { slug, parent })).status).toBe(201);
      parent = slug;
    }
    const answer = await api.post('/api/admin/environments', { slug: 'depth-11', parent });
    expect(answer).toMatchObject({ status: 409, body: { code: 'environment-too-deep' } });
    expect(slugs(await api.get('/api/admin/environments/depth-10/chain'))).toHaveLength(10);
  });
});

describe('moving and deleting', () => {
  it.each([
    ['itself', 'staging', 'staging', ['staging']],
    ['its descendant', 'production', 'development', ['development', 'staging', 'production']],
  ])('never makes a cycle: under %s', async (_what, slug, parent, visitedChain) => {
    const answer = await api.patch(`/api/admin/environments/${slug}?force=true`, { parent });
    expect(answer).toMatchObject({ status: 409, body: { code: 'environment-cycle', visitedChain } });
  });

  it('needs force while there are children or overrides, and tells every value that changes', async () => {
    await api.post('/api/admin/environments', { slug: 'eu', parent: 'production' });
    await api.post('/api/admin/environments', { slug: 'eu-west', parent: 'eu' });
    await api.post('/api/admin/feature-flags', { key: 'move.me' });
    await api.patch('/api/admin/feature-flags/move.me', { environment: 'eu', enabled: true, percentage: 25 });

    const refused = await api.delete('/api/admin/environments/eu');
    expect(refused).toMatchObject({ status: 409, body: { code: 'environment-in-use', children: ['eu-west'], overrides: 1 } });
    const moveRefused = await api.patch('/api/admin/environments/eu', { parent: 'staging' });
    expect(moveRefused).toMatchObject({ status: 409, body: { code: 'environment-in-use' } });

    const planned = await api.delete('/api/admin/environments/eu?force=true&dryRun=true');
    expect(planned.body.effect).toEqual([
      { environment: 'eu-west', flag: 'move.me', field: 'enabled', before: true, after: false },
      { environment: 'eu-west', flag: 'move.me', field: 'percentage', before: 25, after: 100 },
    ]);
    expect((await api.get('/api/admin/environments/eu')).status).toBe(200);

    expect((await api.delete('/api/admin/environments/eu?force=true')).status).toBe(204);
    expect((await api.get('/api/admin/environments/eu-west')).body.parent).toBe('production');
    const orphan = await api.get('/api/admin/feature-flags/move.me?env=eu-west');
    expect(orphan.body.resolved.enabled).toEqual({ value: false, source: { kind: 'flag' }, state: 'inherited' });
  });

  it('lets an inactive environment go on as a link in the chain', async () => {
    await api.post('/api/admin/feature-flags', { key: 'link.flag' });
    await api.patch('/api/admin/feature-flags/link.flag', { environment: 'staging', enabled: true });
    await api.patch('/api/admin/environments/staging', { isActive: false });
    const child = await api.post(
      '/ofrep/v1/evaluate/flags/link.flag',
      { context: {} },
      { headers: { 'x-environment': 'development' } },
    );
    expect(child).toMatchObject({ status: 200, body: { value: true } });
    const itself = await api.post('/api/feature-flags/evaluate', { context: {} }, { headers: { 'x-environment': 'staging' } });
    expect(itself.status).toBe(409);
    expect(itself.body.detail).toContain('staging');
    await api.patch('/api/admin/environments/staging', { isActive: true });
  });
});
