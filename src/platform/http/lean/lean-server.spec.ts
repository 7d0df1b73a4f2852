import { once } from 'node:events';
import { request as ask } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import Fastify from 'fastify';
import { byteString } from '../byte-string.js';
import { Face } from '../outside/face.js';
import { LeanServer } from './lean-server.js';
import type { LeanHandler } from '../request.js';
import type { LeanRoute } from './lean-route.js';
import { NotFound, Unauthorized } from '../problems/problem.js';
import { problemDocument } from '../problems/problem.filter.js';

Logger.overrideLogger(false);

const JSON_TYPE = 'application/json';
const server = new LeanServer(
  { bodyLimitBytes: 1_000, requestTimeoutMs: 30_000, connectionLimit: 100 },
  new Face({ publicUrl: null, trustedProxies: [], cors: null, environment: { header: 'x-environment' } }),
);
const fastify = Fastify({ serverFactory: server.createServer, forceCloseConnections: 'idle', bodyLimit: 1_000 });
const told: { route: string; status: number; tookMs: number; environment: string | undefined }[] = [];
let port: number;

/** Does what the body says. */
const handler: LeanHandler = ({ id, params, query, body, bodyText }, reply) => {
  const { act } = body as { act?: string };
  reply.header('x-resolved-environment', 'staging');
  if (act === 'throw') throw new NotFound('flag-not-found', 'There is no such flag.');
  if (act === 'reject') return Promise.reject(new Error('rejected'));
  reply.header('etag', '"1"');
  reply.header('etag', '"2"');
  if (act === 'unchanged') reply.notModified();
  else reply.json(201, byteString(JSON.stringify({ id, params, query, body, bodyText })));
  if (act === 'throw after the answer') throw new Error('too late');
  return undefined;
};

/** Lets everybody in who does not say otherwise. */
const admit: LeanRoute['admit'] = ({ headers }) => {
  if (headers['x-refuse'] !== undefined) throw new Unauthorized('token-unknown', 'This token is not known.');
};

const routeOf = (url: string): LeanRoute => ({ method: 'POST', url, admit, handler, problemAs: problemDocument });

beforeAll(async () => {
  server.add(routeOf('/flags'));
  server.add(routeOf('/flags/:key'));
  server.onAnswered(({ routeOptions: { url } }, reply) => {
    const environment = reply.getHeader('x-resolved-environment');
    told.push({ route: url, status: reply.statusCode, tookMs: reply.elapsedTime, environment });
  });
  server.closeWith(fastify);
  fastify.all('/*', (request) => `fastify ${request.url}`);
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as AddressInfo);
});
afterAll(() => fastify.close());
beforeEach(() => {
  told.length = 0;
});

interface Asked {
  method?: string;
  path?: string;
  type?: string;
  headers?: Record<string, string>;
  /** Sent one after the other, without a length when there are several. */
  body?: string[];
}

async function send({ method = 'POST', path = '/flags', type = JSON_TYPE, headers = {}, body = ['{}'] }: Asked) {
  const length = body.length === 1 ? { 'content-length': Buffer.byteLength(body[0] ?? '') } : {};
  const request = ask({ port, host: '127.0.0.1', method, path, headers: { 'content-type': type, ...length, ...headers } });
  for (const piece of body) request.write(piece);
  request.end();
  const [answer] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return { status: answer.statusCode, headers: answer.headers, text };
}

const json = ({ text }: { text: string }) => JSON.parse(text) as Record<string, unknown>;

describe('the short way', () => {
  it('hands over the body, the parameter and the query, and writes the answer as it is', async () => {
    const body = '{"a":"Grüße 🌳"}';
    const answer = await send({ path: '/flags/new-checkout.flow_2?env=a+b&env=%C3%BC', body: [body] });
    expect(json(answer)).toEqual({
      id: answer.headers['x-request-id'],
      params: { key: 'new-checkout.flow_2' },
      query: { env: ['a b', 'ü'] },
      body: { a: 'Grüße 🌳' },
      bodyText: body,
    });
    expect(answer).toMatchObject({
      status: 201,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(answer.text)),
        'x-content-type-options': 'nosniff',
        'x-resolved-environment': 'staging',
        etag: '"2"',
      },
    });
    expect(told).toEqual([{ route: '/flags/:key', status: 201, tookMs: expect.any(Number), environment: 'staging' }]);
    expect(told[0]?.tookMs).toBeGreaterThan(0);
  });

  it('keeps the request id of the caller', async () => {
    expect((await send({ headers: { 'x-request-id': 'mine-1' } })).headers['x-request-id']).toBe('mine-1');
  });

  it('has an answer without a body', async () => {
    const answer = await send({ body: ['{"act":"unchanged"}'] });
    expect(answer).toMatchObject({ status: 304, text: '', headers: { 'x-resolved-environment': 'staging' } });
    expect(told).toMatchObject([{ status: 304 }]);
  });

  it.each([
    ['{"act":"throw"}', 404, 'flag-not-found'],
    ['{"act":"reject"}', 500, 'internal-error'],
    ['{"act":', 400, 'invalid-json'],
    ['['.repeat(100), 400, 'json-too-deep'],
  ])('answers %s with the problem %i %s', async (body, status, code) => {
    const answer = await send({ path: '/flags/a?b=c', body: [body] });
    const { 'content-type': type, 'x-request-id': requestId } = answer.headers;
    expect([answer.status, type]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(json(answer)).toMatchObject({ status, code, instance: '/flags/a', requestId });
    expect(told).toMatchObject([{ route: '/flags/:key', status }]);
  });

  it('gives one answer where a handler fails after it has answered', async () => {
    expect(await send({ body: ['{"act":"throw after the answer"}'] })).toMatchObject({ status: 201 });
    expect(told).toHaveLength(1);
  });

  it('answers what comes in one piece of the connection one after the other, and a body that comes in many', async () => {
    const one = (key: string) =>
      `POST /flags/${key} HTTP/1.1\r\nhost: a\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 7\r\n\r\n{"a":1}`;
    const socket = connect(port, '127.0.0.1');
    socket.write(one('a') + one('b') + one('c').slice(0, -5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const character of one('c').slice(-5)) socket.write(character);
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      text += String(chunk);
      if (text.includes('"key":"c"')) break;
    }
    expect([...text.matchAll(/"key":"(.)"/g)].map(([, key]) => key)).toEqual(['a', 'b', 'c']);
  });

  it('answers nobody who leaves before the body has ended', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST /flags HTTP/1.1\r\nhost: a\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 7\r\n\r\n{"a"`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await send({});
    expect(told).toHaveLength(1);
  });
});

describe('Fastify answers', () => {
  it.each<[string, Asked]>([
    ['another method', { method: 'PUT' }],
    ['an empty parameter', { path: '/flags/' }],
    ['another segment', { path: '/flags/a/b' }],
    ['another path that begins the same', { path: '/flagsx' }],
    ['another path that ends the same', { path: '/x/flags' }],
    ['an escape', { path: '/flags/a%20b' }],
    ['a very long parameter', { path: `/flags/${'a'.repeat(256)}` }],
    ['a fragment', { path: '/flags#a' }],
    ['a fragment after the query', { path: '/flags?a=b#a' }],
    ['another charset', { type: `${JSON_TYPE}; charset=latin1` }],
    ['a form', { type: 'application/x-www-form-urlencoded' }],
    ['no length', { body: ['{', '}'] }],
    ['an empty body', { body: [''] }],
    ['a body over the limit', { body: [`"${'x'.repeat(1_000)}"`] }],
  ])('%s', async (_what, asked) => {
    await send(asked);
    expect(told).toEqual([]);
  });

  it('whatever comes while it is closing', async () => {
    const unused = connect(port, '127.0.0.1');
    const gone = once(unused.resume(), 'close');
    const socket = connect(port, '127.0.0.1');
    const body = '{"act":"unchanged"}';
    socket.write(
      `POST /flags HTTP/1.1\r\nhost: a\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${String(body.length)}\r\n\r\n`,
    );
    await once(fastify.server, 'request');
    const closed = fastify.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(`${body}POST /flags HTTP/1.1\r\nhost: a\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 2\r\n\r\n{}`);
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['304', '503']);
    await Promise.all([closed, gone]);
    expect(told).toMatchObject([{ status: 304 }]);
  });
});
