import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '@flagtree/engine/testing';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

/** Of each answer alone, or of the connection. */
const OWN = ['date', 'connection', 'keep-alive'];

let server: TestServer;
let tokens: string[];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_CORS_ORIGINS: 'https://shop.example', FLAGTREE_TRUSTED_PROXIES: 'loopback' } });
  const api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'plain');
  await makeFlag(api, 'split', { rules: [{ id: 'r', serve: { split: [{ variant: 'on', weight: 1 }, { variant: 'off', weight: 1 }] }, conditions: [] }] }); // prettier-ignore
  tokens = [server.adminToken, await makeToken(api, ['staging']), await makeToken(api, ['staging', 'development'])];
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
});

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: string;
}

/** A body with a length goes the short way, where it is plain; one in chunks never does. */
function send({ method, path, headers, body }: Asked, way: 'length' | 'chunks') {
  const framing = way === 'length' ? { 'content-length': String(Buffer.byteLength(body)) } : { 'transfer-encoding': 'chunked' };
  return new Promise<object>((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const outgoing = request({ agent, hostname, port, method, path, headers: { ...headers, ...framing } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const kept = Object.entries(answer.headers).filter(([name]) => !OWN.includes(name));
        resolve({ status: answer.statusCode, headers: Object.fromEntries(kept), body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject).end(body);
  });
}

const context = fc.oneof(
  fc.record({ targetingKey: fc.oneof(fc.string(), fc.constantFrom(null, 7)), plan: fc.constantFrom('pro', 'ü', 1, null, [{}]) }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 2 }),
); // prettier-ignore
const body = fc.oneof(
  { weight: 6, arbitrary: context.map((given) => JSON.stringify({ context: given })) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(' ', '{"context":', 'null', '\ufeff{"context":{}}', '\ufeff\ufeff{}', `{"context":{"a":${'['.repeat(70)}${']'.repeat(70)}}}`) },
); // prettier-ignore
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('plain', 'split') },
  { weight: 3, arbitrary: fc.constantFrom('none', '%70lain', 'a%2Fb', 'plain/', 'a/b', '%zz', '%FF', '..', '__proto__', 'ü'.normalize(), 'k'.repeat(255), 'k'.repeat(2_100)) },
).map((text) => text.replace('ü', '%C3%BC')); // prettier-ignore
const query = fc.constantFrom('', '?', '?env=staging', '?env=staging&env=staging', '?env=none', '?env=Bad!', '?flagConfigEtag=999999.x', '?flagConfigEtag=1.x', '?a=%zz', '?env=development'); // prettier-ignore
const path = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('', '/'),
      key.map((text) => `/${text}`),
    ),
    query,
  )
  .map(([rest, asked]) => `/ofrep/v1/evaluate/flags${rest}${asked}`);
const authorization = () =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...tokens.map((token) => ({ authorization: `Bearer ${token}` }))) },
    { weight: 2, arbitrary: fc.constantFrom(...tokens.map((token) => ({ 'x-api-key': token }))) },
    fc.constantFrom<Record<string, string | string[]>>(
      {},
      { authorization: 'Bearer ft_client_none' },
      { authorization: 'Basic abc' },
      { authorization: 'Basic abc', 'x-api-key': tokens[1] ?? '' },
      { authorization: [`Bearer ${tokens[0] ?? ''}`, `Bearer ${tokens[1] ?? ''}`] },
    ),
  );
const others = fc.record(
  {
    'x-environment': fc.constantFrom<string | string[]>('staging', 'development', 'none', '', 'Bad!', ['staging', 'staging']),
    origin: fc.constantFrom('https://shop.example', 'https://evil.example', 'null'),
    'if-none-match': fc.constantFrom('*', '"x"', 'W/"x"'),
    'content-encoding': fc.constantFrom('gzip', 'identity'),
    'x-forwarded-prefix': fc.constantFrom('/flags', '//evil'),
    'x-request-id': fc.constantFrom('mine', 'not fit'),
  },
  { requiredKeys: [] },
);
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') },
  fc.constantFrom(
    'application/json; charset=latin1',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/vnd.x+json',
  ),
);
const method = fc.oneof({ weight: 12, arbitrary: fc.constant('POST') }, fc.constantFrom('GET', 'PUT', 'OPTIONS', 'DELETE'));

it('answers any request to OFREP the same by the lean way and by Fastify: status, headers and body', async () => {
  const asked = fc.record({
    method,
    path,
    body,
    headers: fc
      .tuple(type, authorization(), others)
      .map(([given, credentials, rest]) => ({ 'content-type': given, 'x-request-id': 'same', ...credentials, ...rest })),
  });
  const statuses = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(asked, async (one) => {
      const [lean, fastify] = [await send(one, 'length'), await send(one, 'chunks')];
      statuses.add((lean as { status: number }).status);
      expect(comparable(lean)).toEqual(comparable(fastify));
    }),
    { numRuns: runs(200, 600) },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 304, 400, 401, 403, 404, 405, 415]));
}, 120_000);

/** Ids that the server gives are its own. */
function comparable(answer: object): object {
  const { status, headers, body: text } = answer as { status: number; headers: Record<string, string>; body: string };
  const id = headers['x-request-id'];
  if (id === 'same' || id === 'mine') return answer;
  return { status, headers: { ...headers, 'x-request-id': '', 'content-length': '' }, body: text.replaceAll(id ?? ' ', '') };
}
