import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const SHOP = 'https://shop.example';
const BULK = '/ofrep/v1/evaluate/flags';

let server: TestServer;
let json: Record<string, string>;

beforeAll(async () => {
  server = await startServer({
    env: {
      FLAGTREE_CORS_ORIGINS: `${SHOP}, http://localhost:5173`,
      FLAGTREE_TRUSTED_PROXIES: 'loopback',
      FLAGTREE_LOG_LEVEL: 'info',
    },
  });
  json = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
  await makeFlag(await Api.of(server.url, server.adminToken), 'plain');
});
afterAll(() => server.stop());

const ask = (path: string, init: RequestInit = {}) => fetch(server.url + path, { redirect: 'manual', ...init });
const evaluate = (headers: Record<string, string>, path = `${BULK}/plain`) =>
  ask(path, { method: 'POST', body: '{"context":{}}', headers: { ...json, ...headers } });
const preflight = (path: string, origin: string) =>
  ask(path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
  });

describe('a page of an origin that may evaluate', () => {
  it('is let in by a preflight without a token', async () => {
    const answer = await preflight(BULK, SHOP);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': SHOP,
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': 'Authorization, X-API-Key, Content-Type, If-None-Match, X-Environment',
      'access-control-max-age': '7200',
      vary: 'Origin',
      'x-request-id': expect.stringMatching(/./),
    });
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it.each([
    ['an answer', () => evaluate({ origin: SHOP }), 200],
    ['an answer by the long way', () => evaluate({ origin: SHOP, 'content-type': 'application/json;charset="utf-8"' }), 200],
    ['a refusal', () => evaluate({ origin: SHOP, authorization: 'Bearer ft_client_none' }), 401],
    ['a flag that there is not', () => evaluate({ origin: SHOP }, `${BULK}/none`), 404],
    ['a path that there is not', () => evaluate({ origin: SHOP }, '/ofrep/v1/nothing'), 404],
    ['a path that cannot be read', () => evaluate({ origin: SHOP }, `${BULK}/%zz`), 400],
    ['a stream without a ticket', () => ask('/ofrep/v1/stream', { headers: { origin: SHOP } }), 401],
  ])('can read %s', async (_what, send, status) => {
    const answer = await send();
    await answer.text();
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': SHOP,
      'access-control-expose-headers': 'ETag, Retry-After, X-Request-Id, X-Resolved-Environment',
      vary: 'Origin',
      'x-content-type-options': 'nosniff',
    });
  });

  it('can read the stream that a bulk answer names', async () => {
    const { eventStreams } = (await (await evaluate({ origin: SHOP }, BULK)).json()) as {
      eventStreams: { endpoint: { requestUri: string } }[];
    };
    const abort = new AbortController();
    const answer = await ask(eventStreams[0]?.endpoint.requestUri ?? '', { headers: { origin: SHOP }, signal: abort.signal });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, SHOP]);
    abort.abort();
  });

  it('has no more than that: neither the management API nor the native routes', async () => {
    for (const path of ['/api/admin/feature-flags', '/api/feature-flags/snapshot', '/api/feature-flags/stream', '/health/live']) {
      const answers = [await preflight(path, SHOP), await ask(path, { method: 'HEAD', headers: { ...json, origin: SHOP } })];
      for (const { headers } of answers)
        expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('a page of any other origin', () => {
  it.each(['https://evil.example', 'https://shop.example.evil', 'http://shop.example', 'https://shop.example:8443', 'null'])(
    'gets nothing: %s',
    async (origin) => {
      for (const answer of [await preflight(BULK, origin), await evaluate({ origin })]) {
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(answer.headers.get('vary')).toBe('Origin');
      }
    },
  );
});

describe('behind a trusted proxy', () => {
  const proxied = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7', 'x-forwarded-prefix': '/flags' };
  const whole = { ...proxied, 'x-forwarded-host': 'flags.example', 'x-forwarded-proto': 'https' };

  it('every URL of an answer holds the prefix', async () => {
    const bulk = (await (await evaluate(proxied, BULK)).json()) as { eventStreams: { endpoint: object }[] };
    expect(bulk.eventStreams[0]?.endpoint).toEqual({ requestUri: expect.stringMatching(/^\/flags\/ofrep\/v1\/stream\?ticket=/) });
    const made = await ask('/api/admin/feature-flags', {
      method: 'POST',
      body: '{"key":"made"}',
      headers: { ...json, ...proxied },
    });
    expect(made.headers.get('location')).toBe('/flags/api/admin/feature-flags/made');
    const missing = await ask('/api/admin/feature-flags/none?x=1', { headers: { ...json, ...proxied } });
    expect(await missing.json()).toMatchObject({ instance: '/flags/api/admin/feature-flags/none' });
    const document = (await (await ask('/api/openapi.json', { headers: proxied })).json()) as object;
    expect(document).toMatchObject({ servers: [{ url: '/flags' }] });
    expect(await (await ask('/api/docs/swagger-ui-init.js', { headers: proxied })).text()).toContain('"url": "/flags"');
    expect((await ask('/', { headers: proxied })).headers.get('location')).toBe('/flags/api/docs');
  });

  it('a whole URL where scheme and host are told', async () => {
    const missing = await ask('/api/admin/feature-flags/none', { headers: { ...json, ...whole } });
    expect(await missing.json()).toMatchObject({ instance: 'https://flags.example/flags/api/admin/feature-flags/none' });
    // the provider puts the origin before it that it has
    const bulk = (await (await evaluate(whole, BULK)).json()) as { eventStreams: { endpoint: object }[] };
    expect(Object.keys(bulk.eventStreams[0]?.endpoint ?? {})).toEqual(['requestUri']);
  });

  it('streams are named anew to who moves', async () => {
    const [here, there] = [await evaluate({}, BULK), await evaluate(proxied, BULK)];
    expect(here.headers.get('etag')).not.toBe(there.headers.get('etag'));
    const again = await evaluate({ ...proxied, 'if-none-match': there.headers.get('etag') ?? '' }, BULK);
    expect(again.status).toBe(304);
  });

  it('the log has the address of the caller, the token, and refusals at level info', async () => {
    await ask('/api/admin/feature-flags', {
      headers: { ...proxied, authorization: 'Bearer nonsense', 'x-request-id': 'refused-1' },
    });
    await evaluate({ ...proxied, authorization: 'Bearer nonsense', 'x-request-id': 'refused-2' });
    await ask('/api/admin/feature-flags', {
      method: 'POST',
      body: '{"key":"logged"}',
      headers: { ...json, ...proxied, 'x-request-id': 'written-1' },
    });
    const lineOf = (id: string) =>
      server.logs().split('\n').filter((line) => line.includes(id)).map((line) => JSON.parse(line) as object)[0]; // prettier-ignore
    await until(() => ['refused-1', 'refused-2', 'written-1'].every((id) => lineOf(id) !== undefined), 'the three lines');
    for (const id of ['refused-1', 'refused-2'])
      expect(lineOf(id)).toMatchObject({ level: 'info', status: 401, remote: '203.0.113.7' });
    expect(lineOf('written-1')).toMatchObject({
      remote: '203.0.113.7',
      status: 201,
      token: expect.stringMatching(/^[\da-f]{12}$/),
    });
    expect(server.logs()).not.toContain(server.adminToken);
  });
});

it('GET / leads to the documents', async () => {
  const answer = await ask('/');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/api/docs']);
});

describe('with a public URL, any origin and no trusted proxy', () => {
  let other: TestServer;
  beforeAll(async () => {
    other = await startServer({ env: { FLAGTREE_PUBLIC_URL: 'https://example.org/flags/', FLAGTREE_CORS_ORIGINS: '*' } });
  });
  afterAll(() => other.stop());
  const post = (headers: Record<string, string>) =>
    fetch(other.url + BULK, {
      method: 'POST',
      body: '{"context":{}}',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${other.adminToken}`, ...headers },
    });

  it('that URL stands before every other, whatever anybody says', async () => {
    const headers = { 'x-forwarded-prefix': '/evil', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const { eventStreams } = (await (await post(headers)).json()) as { eventStreams: object[] };
    expect(eventStreams).toMatchObject([
      { endpoint: { origin: 'https://example.org', requestUri: expect.stringMatching(/^\/flags\/ofrep\/v1\/stream\?ticket=/) } },
    ]);
    const missing = await fetch(`${other.url}/nothing`, { headers });
    expect(await missing.json()).toMatchObject({ instance: 'https://example.org/flags/nothing' });
  });

  it('a preflight of any page passes; an answer to a token that is a secret names no origin', async () => {
    const headers = { origin: 'https://any.example', 'access-control-request-method': 'POST' };
    const passed = await fetch(other.url + BULK, { method: 'OPTIONS', headers });
    expect([passed.status, passed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://any.example']);
    for (const authorization of [`Bearer ${other.adminToken}`, 'Bearer ft_client_none']) {
      const answer = await post({ origin: 'https://any.example', authorization });
      expect([answer.headers.get('vary'), answer.headers.get('access-control-allow-origin')]).toEqual(['Origin', null]);
    }
  });
});
