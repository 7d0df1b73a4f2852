import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { byteString, type ByteString, bytesOf, joined, sendJson } from './byte-string.js';

const TEXTS = ['', 'plain', 'Grüße, 世界 🌳', '\u0000\u007f\u0080\u00ff', 'half a pair: \ud83c'];

describe('a byte string', () => {
  it.each(TEXTS)('holds the UTF-8 of %j, a character for each byte', (text) => {
    const utf8 = Buffer.from(text, 'utf8');
    expect(byteString(text)).toHaveLength(utf8.length);
    expect(bytesOf(byteString(text)).equals(utf8)).toBe(true);
  });

  it('is joined as the texts would be', () => {
    expect(joined(TEXTS.map(byteString))).toBe(byteString(TEXTS.map((text) => text.toWellFormed()).join('')));
  });

  it('is joined of as many pieces as there are', () => {
    expect(joined(Array<ByteString>(300_000).fill(byteString('ü')))).toHaveLength(600_000);
  });
});

describe('sending a byte string', () => {
  const fastify: FastifyInstance = Fastify();
  const statuses: number[] = [];
  let url: string;

  beforeAll(async () => {
    fastify.addHook('onRequest', (_request, reply, done) => {
      void reply.header('x-from-a-hook', 'yes');
      done();
    });
    fastify.addHook('onResponse', (_request, reply, done) => {
      statuses.push(reply.statusCode);
      done();
    });
    fastify.post('/answer', (_request, reply) => {
      sendJson(reply, 404, byteString(JSON.stringify(TEXTS)));
    });
    url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => fastify.close());

  it('answers with its bytes, the status, and what hooks put in the head, and is told of afterwards', async () => {
    const answer = await fetch(`${url}/answer`, { method: 'POST' });
    expect({ status: answer.status, fromHook: answer.headers.get('x-from-a-hook') }).toEqual({ status: 404, fromHook: 'yes' });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const body = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('content-length')).toBe(String(body.length));
    expect(JSON.parse(body.toString('utf8'))).toEqual(TEXTS);
    expect(statuses).toEqual([404]);
  });
});
