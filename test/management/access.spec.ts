import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let admin: Api;
const tokens: Record<string, Api> = {};

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  for (const role of ['viewer', 'developer', 'promoter', 'admin'])
    tokens[role] = await issue({ name: role, kind: 'admin', role });
  tokens['client'] = await issue({ name: 'client', kind: 'client', environments: ['staging'] });
  await admin.post('/api/admin/environments', { slug: 'sandbox' });
  await admin.post('/api/admin/environments', { slug: 'sandbox-child', parent: 'sandbox' });
  await admin.post('/api/admin/feature-flags', { key: 'base.flag' });
});
afterAll(() => server.stop());

async function issue(body: object): Promise<Api> {
  const answer = await admin.post('/api/admin/tokens', body);
  return admin.as(answer.body.token as string);
}

const as = (who: string): Api => tokens[who] as Api;

describe('who is calling', () => {
  it.each([
    ['no token', null, 'token-missing'],
    ['an unknown token', `ft_admin_000000000000_${'0'.repeat(64)}`, 'token-unknown'],
    ['a text that is no token', 'let-me-in', 'token-unknown'],
  ])('is told what is wrong with %s', async (_what, token, code) => {
    const answer = await admin.get('/api/admin/environments', { token });
    expect(answer).toMatchObject({ status: 401, body: { code } });
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('may send the token as X-API-Key', async () => {
    expect(
      (await admin.get('/api/admin/environments', { token: null, headers: { 'x-api-key': server.adminToken } })).status,
    ).toBe(200);
  });

  it('is refused when the token has expired, or was revoked, or rotated', async () => {
    const soon = new Date(Date.now() + 1_000).toISOString();
    const short = await issue({ name: 'short', kind: 'admin', role: 'viewer', expiresAt: soon });
    expect((await short.get('/api/admin/environments')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(soon) - Date.now() + 20));
    expect(await short.get('/api/admin/environments')).toMatchObject({ status: 401, body: { code: 'token-expired' } });

    const created = await admin.post('/api/admin/tokens', { name: 'gone', kind: 'admin', role: 'viewer' });
    const gone = admin.as(created.body.token as string);
    const rotated = await admin.post(`/api/admin/tokens/${String(created.body.id)}/rotate`);
    expect(await gone.get('/api/admin/environments')).toMatchObject({ status: 401, body: { code: 'token-unknown' } });
    const fresh = admin.as(rotated.body.token as string);
    expect((await fresh.get('/api/admin/environments')).status).toBe(200);
    expect((await admin.delete(`/api/admin/tokens/${String(rotated.body.id)}`)).status).toBe(204);
    expect(await fresh.get('/api/admin/environments')).toMatchObject({ status: 401, body: { code: 'token-revoked' } });
  });
});

describe('roles', () => {
  it.each([
    ['viewer', 'GET', '/api/admin/feature-flags', undefined, 200],
    ['viewer', 'GET', '/api/flags/audit', undefined, 200],
    ['viewer', 'POST', '/api/admin/feature-flags', { key: 'x' }, 403],
    ['viewer', 'POST', '/api/admin/environments', { slug: 'x', parent: 'sandbox' }, 403],
    ['viewer', 'PATCH', '/api/admin/feature-flags/base.flag', { enabled: true, environment: 'sandbox' }, 403],
    ['viewer', 'DELETE', '/api/admin/feature-flags/base.flag', undefined, 403],
    ['viewer', 'POST', '/api/admin/segments', { key: 'x' }, 403],
    ['developer', 'POST', '/api/admin/feature-flags', { key: 'made.by.developer' }, 201],
    ['developer', 'PATCH', '/api/admin/feature-flags/base.flag', { enabled: true, environment: 'sandbox' }, 200],
    ['developer', 'POST', '/api/admin/environments', { slug: 'pr-1', parent: 'sandbox' }, 201],
    ['developer', 'POST', '/api/admin/environments', { slug: 'new-root' }, 403],
    ['developer', 'PATCH', '/api/admin/environments/sandbox', { settings: { protected: true } }, 403],
    ['developer', 'GET', '/api/admin/tokens', undefined, 403],
    ['developer', 'POST', '/api/admin/tokens', { name: 'x', kind: 'admin', role: 'admin' }, 403],
    ['promoter', 'POST', '/api/admin/tokens', { name: 'x', kind: 'admin', role: 'admin' }, 403],
    ['admin', 'GET', '/api/admin/tokens', undefined, 200],
    ['client', 'GET', '/api/admin/feature-flags', undefined, 403],
    ['client', 'PATCH', '/api/admin/feature-flags/base.flag', { enabled: true, environment: 'staging' }, 403],
  ])('a %s sends %s %s', async (who, method, path, body, status) => {
    expect((await as(who).call(method, path, body === undefined ? {} : { body })).status).toBe(status);
  });
});

describe('protected environments', () => {
  it('are written by promoters, not by developers: production from the first day on [001-21]', async () => {
    const edit = { enabled: true, environment: 'production' };
    const refused = await as('developer').patch('/api/admin/feature-flags/base.flag', edit);
    expect(refused).toMatchObject({ status: 403, body: { code: 'environment-protected' } });
    expect(refused.body.detail).toContain('production');
    expect((await as('promoter').patch('/api/admin/feature-flags/base.flag', edit)).status).toBe(200);
  });

  it('protect their descendants until one says otherwise', async () => {
    const edit = (environment: string) =>
      as('developer').patch('/api/admin/feature-flags/base.flag', { enabled: false, environment });
    expect((await edit('development')).status).toBe(200);
    await admin.post('/api/admin/environments', { slug: 'vault', parent: 'production' });
    const refused = await edit('vault');
    expect(refused).toMatchObject({ status: 403, body: { code: 'environment-protected' } });
    expect(refused.body.detail).toContain('by production');
  });

  it('are protected from edits of what they inherit: the base, a segment', async () => {
    const base = await as('developer').patch('/api/admin/feature-flags/base.flag', { percentage: 50 });
    expect(base).toMatchObject({ status: 403, body: { code: 'environment-protected' } });
    await admin.post('/api/admin/segments', { key: 'everybody' });
    await admin.patch('/api/admin/feature-flags/base.flag', {
      rules: [{ id: 'all', conditions: [{ segment: 'everybody' }], serve: { variant: 'on' } }],
    });
    const conditions = [{ attribute: 'plan', operator: 'exists' }];
    expect((await as('developer').patch('/api/admin/segments/everybody', { conditions })).status).toBe(403);
    expect((await as('promoter').patch('/api/admin/segments/everybody', { conditions })).status).toBe(200);
    expect((await as('developer').delete('/api/admin/feature-flags/base.flag')).status).toBe(403);
  });

  it('let a developer edit what changes nothing in them', async () => {
    expect((await as('developer').patch('/api/admin/feature-flags/base.flag', { description: 'harmless' })).status).toBe(200);
    expect(
      (await as('developer').patch('/api/admin/feature-flags/base.flag', { percentage: 7, environment: 'sandbox' })).status,
    ).toBe(200);
  });

  it('refuse a dry run as they refuse the write', async () => {
    expect((await as('developer').patch('/api/admin/feature-flags/base.flag?dryRun=true', { percentage: 50 })).status).toBe(403);
  });
});

describe('tokens limited to environments', () => {
  it('write those, and nothing that changes another one', async () => {
    const limited = await issue({ name: 'limited', kind: 'admin', role: 'developer', environments: ['sandbox-child'] });
    expect(
      (await limited.patch('/api/admin/feature-flags/base.flag', { enabled: true, environment: 'sandbox-child' })).status,
    ).toBe(200);
    const parent = await limited.patch('/api/admin/feature-flags/base.flag', { enabled: false, environment: 'sandbox' });
    expect(parent).toMatchObject({ status: 403, body: { code: 'environment-out-of-scope' } });
    const subtree = await issue({
      name: 'subtree',
      kind: 'admin',
      role: 'developer',
      environments: ['sandbox'],
      includeDescendants: true,
    });
    expect((await subtree.patch('/api/admin/feature-flags/base.flag', { enabled: false, environment: 'sandbox' })).status).toBe(
      200,
    );
    expect((await subtree.post('/api/admin/environments', { slug: 'pr-2', parent: 'sandbox' })).status).toBe(201);
  });

  it('cannot make tokens that are not', async () => {
    const limited = await issue({ name: 'limited-admin', kind: 'admin', role: 'admin', environments: ['sandbox'] });
    expect((await limited.post('/api/admin/tokens', { name: 'x', kind: 'admin', role: 'admin' })).status).toBe(403);
  });

  it.each([
    ['a client token without environments', { name: 'x', kind: 'client' }, '/environments'],
    ['a client token with a role', { name: 'x', kind: 'client', environments: ['staging'], role: 'viewer' }, '/role'],
    ['an admin token without a role', { name: 'x', kind: 'admin' }, '/role'],
    ['an unknown environment', { name: 'x', kind: 'client', environments: ['nope'] }, '/environments/0'],
    ['an expiry in the past', { name: 'x', kind: 'admin', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  ])('cannot be %s', async (_what, body, pointer) => {
    const answer = await admin.post('/api/admin/tokens', body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it('are listed without their secrets', async () => {
    const { body } = await admin.get('/api/admin/tokens?limit=200');
    expect(body.items.length).toBeGreaterThan(5);
    expect(JSON.stringify(body)).not.toMatch(/secret|ft_(?:admin|client)_/);
  });
});
