import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const get = (path: string, headers: Record<string, string> = { accept: BROWSER }) =>
  fetch(server.url + path, { headers, redirect: 'manual' });

describe('the panel', () => {
  it.each(['/', '/flags', '/flags/a.b', '/environments', '/history?flag=a', '/sign-in'])(
    'is at %s, with all of its parts',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const html = await answer.text();
      const base = new URL(/<base href="([^"]+)"/.exec(html)?.[1] ?? '', server.url + path);
      expect(base.pathname).toBe('/');
      const parts = [...html.matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g)].map(([, part = '']) => new URL(part, base));
      expect(parts).toHaveLength(2);
      for (const part of parts) {
        const { status, headers } = await fetch(part);
        expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
      }
    },
  );

  it('runs no script but its own, makes none of text, and is framed by nobody', async () => {
    const { headers } = await get('/flags');
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "trusted-types 'none'",
    ])
      expect(policy.split('; ')).toContain(rule);
    expect(policy).not.toContain('unsafe');
    expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual(['same-origin', 'private, no-cache']);
    expect(await (await get('/flags')).text()).not.toMatch(/<script(?![^>]*\bsrc=)|\son[a-z]+="|style="/);
  });

  it('leaves programs alone', async () => {
    const index = await get('/', { accept: 'application/json' });
    expect(await index.json()).toEqual({ openapi: '/api/openapi.json', docs: '/api/docs' });
    expect((await get('/', { accept: '*/*' })).headers.get('location')).toBe('/api/docs');
    for (const path of ['/flags', '/environments/production', '/histories', '/api/admin/flag'])
      expect([path, (await get(path, { accept: 'application/json' })).status]).toEqual([path, 404]);
    expect((await get('/api/nothing')).status).toBe(404);
  });

  it('has no file but its own', async () => {
    for (const name of ['none.js', '..%2f..%2fpackage.json', '.build', 'index.html', '%00'])
      expect([name, (await get(`/assets/${name}`)).status]).toEqual([name, 404]);
  });

  it('is compressed for who takes that', async () => {
    const html = await (await get('/')).text();
    const script = /src="\.(\/assets\/[^"]+)"/.exec(html)?.[1] ?? '';
    const plain = await get(script, { 'accept-encoding': 'identity' });
    const small = await get(script, { 'accept-encoding': 'gzip, br' });
    expect([plain.headers.get('content-encoding'), small.headers.get('content-encoding')]).toEqual([null, 'br']);
    expect(await small.text()).toBe(await plain.text());
  });
});

it('is not there where it is switched off, and nobody can sign in', async () => {
  const without = await startServer({ env: { FLAGTREE_PANEL: 'false' } });
  const at = (path: string, init?: RequestInit) =>
    fetch(without.url + path, { headers: { accept: BROWSER }, redirect: 'manual', ...init });
  expect([(await at('/flags')).status, (await at('/auth/me')).status, (await at('/')).status]).toEqual([404, 404, 302]);
  expect((await at('/auth/sessions', { method: 'POST' })).status).toBe(404);
  await without.stop();
});
