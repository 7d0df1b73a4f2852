import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasNginx, startNginx } from '../support/nginx.js';
import { type Server, startServer } from '../support/server.js';

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

(hasNginx ? describe : describe.skip)('the documented nginx (needs nginx)', () => {
  let server: Server;
  let proxy: Awaited<ReturnType<typeof startNginx>>;
  let headers: Record<string, string>;
  beforeAll(async () => {
    server = await startServer({ env: { FLAGTREE_TRUSTED_PROXIES: 'loopback' } });
    proxy = await startNginx(server.url, await freePort());
    headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  const post = (path: string, body: string) => fetch(proxy.url + path, { method: 'POST', headers, body });

  it('gives every URL of an answer the prefix', async () => {
    const created = await post('/api/admin/feature-flags', '{"key": "behind.proxy"}');
    expect(created.headers.get('location')).toMatch(/\/flags\/api\/admin\/feature-flags\/behind\.proxy$/);
    const bulk = (await (await post('/ofrep/v1/evaluate/flags', '{"context": {}}')).json()) as {
      eventStreams: { endpoint: { requestUri: string } }[];
    };
    expect(bulk.eventStreams[0]?.endpoint.requestUri).toMatch(/^\/flags\/ofrep\/v1\/stream/);
    const document = (await (await fetch(`${proxy.url}/api/openapi.json`)).json()) as { servers: { url: string }[] };
    expect(document.servers[0]?.url).toMatch(/\/flags$/);
  });

  it('lets an event through when it happens, and ends no silent stream', async () => {
    const stream = await fetch(`${proxy.url}/api/feature-flags/stream?env=staging`, { headers });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (word: string) => {
      while (!text.includes(word)) text += (await reader?.read())?.value ?? '';
    };
    await until('event: snapshot');
    await post('/api/admin/feature-flags', '{"key": "told.through", "enabled": true}');
    await until('told.through');
    await reader?.cancel();
    expect(text).toContain('event: change');
  });

  it('lets a large import through', async () => {
    const document = {
      format: 'flagtree-states',
      version: 1,
      flags: [{ key: 'large', description: 'x'.repeat(3_000), variants: [{ key: 'on', value: true }] }],
    };
    const padded = JSON.stringify(document) + ' '.repeat(3 * 1024 * 1024);
    expect((await post('/api/admin/import?dryRun=true', padded)).status).toBe(200);
  });
});
