import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer;
let other: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  other = await startServer({ database: server.databaseUrl, env: { FLAGTREE_ADMIN_TOKEN: server.adminToken } });
  api = await Api.of(server.url, server.adminToken);
});
afterAll(async () => {
  await other.stop();
  await server.stop();
});

const OURS = { 'x-flagtree-panel': '1', 'sec-fetch-site': 'same-origin' };

interface Sent {
  at?: TestServer;
  cookie?: string | null;
  headers?: Record<string, string>;
  body?: unknown;
}

const send = (method: string, path: string, { at = server, cookie = null, headers = OURS, body }: Sent = {}) =>
  fetch(at.url + path, {
    method,
    headers: {
      ...headers,
      ...(cookie !== null && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function signIn(token = server.adminToken): Promise<string> {
  const answer = await send('POST', '/auth/sessions', { body: { token } });
  expect(answer.status).toBe(201);
  const [set = ''] = answer.headers.getSetCookie();
  return set.split(';')[0] ?? '';
}

const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

async function newToken(role: string): Promise<{ id: string; token: string }> {
  const { body } = await api.post('/api/admin/tokens', { name: `${role} ${String(Math.random())}`, kind: 'admin', role });
  return body;
}

describe('a session', () => {
  it('is a cookie that no script can read and no other site sends, and never the token', async () => {
    const answer = await send('POST', '/auth/sessions', { body: { token: server.adminToken } });
    const [set = ''] = answer.headers.getSetCookie();
    expect(set).toMatch(/^flagtree_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(set).not.toContain(server.adminToken);
    expect(await answer.json()).toMatchObject({ name: 'bootstrap', role: 'admin', environments: null });
  });

  it('is for this host alone over https', async () => {
    const behind = await startServer({ env: { FLAGTREE_PUBLIC_URL: 'https://flags.example' } });
    const headers = { ...OURS };
    const answer = await send('POST', '/auth/sessions', { at: behind, headers, body: { token: behind.adminToken } });
    const [set = ''] = answer.headers.getSetCookie();
    expect(set).toMatch(/^__Host-flagtree_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const plain = set.replace('__Host-', '').split(';')[0] ?? '';
    expect((await send('GET', '/auth/me', { at: behind, cookie: plain })).status).toBe(401);
    await behind.stop();
  });

  it('manages as its token does, on each server', async () => {
    const cookie = await signIn();
    for (const at of [server, other]) {
      expect((await send('GET', '/api/admin/environments', { at, cookie })).status).toBe(200);
      const key = `s.${String(at.pid)}`;
      expect((await send('POST', '/api/admin/feature-flags', { at, cookie, body: { key } })).status).toBe(201);
    }
    const { body } = await api.get('/api/flags/audit?limit=1');
    expect(body.items[0].user).toBe('token:bootstrap');
  });

  it('has the role of its token', async () => {
    const cookie = await signIn((await newToken('viewer')).token);
    const answer = await send('POST', '/api/admin/feature-flags', { cookie, body: { key: 'never' } });
    expect(await codeOf(answer)).toEqual([403, 'role-too-low']);
  });

  it('is nothing where flags are evaluated', async () => {
    const cookie = await signIn();
    for (const [method, path] of [
      ['POST', '/ofrep/v1/evaluate/flags'],
      ['POST', '/api/feature-flags/evaluate?environment=staging'],
      ['GET', '/api/feature-flags/snapshot?environment=staging'],
      ['GET', '/flagd/v1/staging/flags.json'],
    ] as const) {
      const answer = await send(method, path, { cookie, ...(method === 'POST' && { body: { context: {} } }) });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  it('gives way to a token, whatever that is', async () => {
    const cookie = await signIn();
    const headers = { ...OURS, authorization: 'Bearer ft_admin_00000000_none' };
    expect((await send('GET', '/api/admin/environments', { cookie, headers })).status).toBe(401);
  });
});

describe('a page of somebody else', () => {
  const body = { key: 'foreign' };
  it.each<[string, Record<string, string>]>([
    ['another site', { ...OURS, 'sec-fetch-site': 'cross-site' }],
    ['the same site, another origin', { ...OURS, 'sec-fetch-site': 'same-site' }],
    ['another origin, by an old browser', { 'x-flagtree-panel': '1', origin: 'https://evil.example' }],
    ['nobody knows where', { 'x-flagtree-panel': '1' }],
    ['a form, which has no header of its own', { 'sec-fetch-site': 'same-origin' }],
  ])('cannot write: %s', async (_, headers) => {
    const cookie = await signIn();
    const answer = await send('POST', '/api/admin/feature-flags', { cookie, headers, body });
    expect(await codeOf(answer)).toEqual([403, 'foreign-page']);
    const begun = await send('POST', '/auth/sessions', { headers, body: { token: server.adminToken } });
    expect([begun.status, begun.headers.getSetCookie()]).toEqual([403, []]);
  });

  it('can be told from ours by the origin, where the browser says no more', async () => {
    const cookie = await signIn();
    const headers = { 'x-flagtree-panel': '1', origin: server.url };
    expect((await send('POST', '/api/admin/feature-flags', { cookie, headers, body: { key: 'ours' } })).status).toBe(201);
  });
});

describe('a session ends', () => {
  const isOver = async (cookie: string, at: TestServer) => {
    await until(async () => (await send('GET', '/auth/me', { at, cookie })).status === 401);
    expect(await codeOf(await send('GET', '/auth/me', { at, cookie }))).toEqual([401, 'session-ended']);
  };

  it('by signing out, on all servers', async () => {
    const cookie = await signIn();
    expect((await send('GET', '/auth/me', { at: other, cookie })).status).toBe(200);
    const out = await send('POST', '/auth/logout', { cookie });
    expect([out.status, out.headers.get('clear-site-data')]).toEqual([204, '"cache", "storage"']);
    expect(out.headers.getSetCookie()[0]).toMatch(/^flagtree_session=; .*Max-Age=0/);
    expect((await send('GET', '/auth/me', { cookie })).status).toBe(401);
    await isOver(cookie, other);
  });

  it('with its token, revoked or rotated', async () => {
    for (const end of [
      (id: string) => api.delete(`/api/admin/tokens/${id}`),
      (id: string) => api.post(`/api/admin/tokens/${id}/rotate`),
    ]) {
      const { id, token } = await newToken('developer');
      const cookie = await signIn(token);
      expect((await send('GET', '/auth/me', { at: other, cookie })).status).toBe(200);
      await end(id);
      expect((await send('GET', '/auth/me', { cookie })).status).toBe(401);
      await isOver(cookie, other);
    }
  });

  it('by another session of the same token, and by none of another', async () => {
    const { token } = await newToken('developer');
    const [mine, theirs] = [await signIn(token), await signIn()];
    const listed = (await (await send('GET', '/auth/sessions', { cookie: mine })).json()) as {
      items: { id: string; isThis: boolean }[];
    };
    expect(listed.items.map(({ isThis }) => isThis)).toEqual([true]);
    const path = `/auth/sessions/${listed.items[0]!.id}`;
    expect(await codeOf(await send('DELETE', path, { cookie: theirs }))).toEqual([404, 'session-not-found']);
    expect(await codeOf(await send('DELETE', '/auth/sessions/none', { cookie: mine }))).toEqual([404, 'session-not-found']);
    expect((await send('DELETE', path, { cookie: mine })).status).toBe(204);
    expect((await send('GET', '/auth/me', { cookie: mine })).status).toBe(401);
  });

  it('and its streams with it', async () => {
    const cookie = await signIn();
    const stream = await send('GET', '/api/admin/stream', { cookie });
    await send('POST', '/auth/logout', { cookie });
    await stream.text(); // does not end by itself
  });
});

it('nobody signs in with a token that is none, or one that only evaluates', async () => {
  for (const token of ['ft_admin_00000000_none', '', 'x'.repeat(501)]) {
    const answer = await send('POST', '/auth/sessions', { body: { token } });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([token.startsWith('ft_') ? 401 : 400, []]);
  }
  const { body } = await api.post('/api/admin/tokens', { name: 'app', kind: 'client', environments: ['staging'] });
  expect(await codeOf(await send('POST', '/auth/sessions', { body: { token: body.token } }))).toEqual([403, 'wrong-token-kind']);
});

it.each(['flagtree_session=', 'flagtree_session=short', `flagtree_session=${'a'.repeat(43)}`, 'flagtree_session', ';;=;'])(
  'the cookie %j is no session',
  async (cookie) => {
    expect((await send('GET', '/auth/me', { cookie })).status).toBe(401);
  },
);
