import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const get = (path: string, method = 'GET') => fetch(server.url + path, { method });

describe('/api/docs', () => {
  it('is a page whose every part is served', async () => {
    for (const page of ['/api/docs', '/api/docs/']) {
      const html = await (await get(page)).text();
      const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, part = '']) => new URL(part, server.url + page).pathname,
      );
      expect(parts.length).toBeGreaterThan(4);
      for (const part of parts) expect([part, (await get(part)).status]).toEqual([part, 200]);
    }
  });

  it('runs no script but its own, is framed by nobody, and tells nobody its address', async () => {
    const html = await (await get('/api/docs')).text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S|\son[a-z]+="/);
    for (const path of ['/api/docs', '/api/docs/', '/api/docs/swagger-ui-bundle.js', '/api/docs/none']) {
      for (const method of ['GET', 'HEAD']) {
        const { headers } = await get(path, method);
        const policy = headers.get('content-security-policy') ?? '';
        for (const rule of [
          "default-src 'none'",
          "script-src 'self';",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "connect-src 'self'",
        ])
          expect(policy).toContain(rule);
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('x-frame-options')).toBe('DENY');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    }
  });

  it.each(['package.json', 'index.js', 'absolute-path.js', 'swagger-ui.js', 'swagger-ui-es-bundle.js', 'swagger-ui-bundle.js.map', 'oauth2-redirect.html', 'README.md', 'NOTICE', 'LICENSE', '%69ndex.js', './index.js', '..%2fpackage.json', 'docs/index.js'])(
    'has nothing else of its library: %s',
    async (file) => {
      const answer = await get(`/api/docs/${file}`);
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'route-not-found' }]);
    },
  ); // prettier-ignore
});

it('neither the page nor the document is there where they are turned off', async () => {
  const without = await startServer({ env: { FLAGTREE_API_DOCS: 'false' } });
  try {
    for (const path of [
      '/api/docs',
      '/api/docs/',
      '/api/docs/swagger-ui-init.js',
      '/api/openapi.json',
      '/api/openapi.yaml',
      '/',
    ]) {
      const answer = await fetch(without.url + path, { redirect: 'manual' });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await fetch(`${without.url}/health/live`)).status).toBe(200);
    expect(without.logs()).not.toContain('API docs');
  } finally {
    await without.stop();
  }
});

describe('caches', () => {
  it('are told by every operation that its answer is for who asked', async () => {
    const { paths } = (await (await get('/api/openapi.json')).json()) as { paths: Record<string, Record<string, object>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{slug\}/, 'staging').replace(/\{[^}]+\}/g, 'plain') })),
    );
    expect(operations.length).toBeGreaterThan(60);
    for (const { method, path } of operations) {
      for (const headers of [{}, { 'x-api-key': server.adminToken }] as Record<string, string>[]) {
        const abort = new AbortController();
        const body = ['GET', 'DELETE'].includes(method) ? null : '{"context":{}}';
        const dryRun = method === 'GET' || path.startsWith('/ofrep') ? '' : '?dryRun=true';
        const { headers: said, status } = await fetch(server.url + path + dryRun, { method, headers: { 'content-type': 'application/json', ...headers }, body, signal: abort.signal });
        abort.abort();
        const control = said.get('cache-control') ?? '';
        expect([method, path, status, control]).toEqual([method, path, status, expect.stringMatching(/no-store|private, no-cache|no-cache, no-transform/)]);
        if (method === 'GET' && status === 200 && path.startsWith('/api/')) expect([path, said.get('vary')]).toEqual([path, expect.stringContaining('X-API-Key')]);
      }
    }
  });

  it('keep the answers of one environment apart from those of another', async () => {
    for (const path of ['environment', 'snapshot', 'environment?env=none']) {
      const { headers } = await fetch(`${server.url}/api/feature-flags/${path}`, { headers: { 'x-api-key': server.adminToken } });
      expect(headers.get('cache-control')).toBe('private, no-cache');
      expect(headers.get('vary')?.toLowerCase()).toBe(
        `authorization, x-api-key, x-environment${path === 'snapshot' ? ', accept-encoding' : ''}`,
      );
    }
  });
}); // prettier-ignore
