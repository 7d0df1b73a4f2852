import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import Fastify from 'fastify';
import { TwoInstances } from './two-instances.js';

Logger.overrideLogger(false);

const instances = new TwoInstances({ bodyLimit: 1_000 });
const nest = Fastify({ serverFactory: instances.createServer, forceCloseConnections: 'idle' });
let url: string;

beforeAll(async () => {
  instances.join(nest);
  nest.all('/*', () => 'nest');
  instances.lean.post('/flags/:key', ({ params }) => `lean ${(params as { key: string }).key}`);
  instances.lean.post('/flags', () => 'lean, all');
  url = await nest.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => nest.close());

const ask = async (method: string, path: string, body?: string) => {
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('two instances of Fastify on one server', () => {
  it.each([
    ['POST', '/flags', 'lean, all'],
    ['POST', '/flags?env=staging', 'lean, all'],
    ['POST', '/flags/a.b', 'lean a.b'],
    ['POST', '/flags/a%20b?x=/', 'lean a b'],
    ['GET', '/flags', 'nest'],
    ['PUT', '/flags/a', 'nest'],
    ['POST', '/flags/', 'nest'],
    ['POST', '/flags/a/b', 'nest'],
    ['POST', '/flagsx', 'nest'],
    ['POST', '/x/flags', 'nest'],
    ['POST', '//flags', 'nest'],
  ])('give a request to the one that has its route: %s %s → %s', async (method, path, text) => {
    expect((await ask(method, path)).text).toBe(text);
  });

  it('answer with a problem where the lean one cannot read a body', async () => {
    const bodies = [['{', 400], [`"${'x'.repeat(1_000)}"`, 413]] as const; // prettier-ignore
    for (const [body, status] of bodies) {
      expect(await ask('POST', '/flags', body)).toMatchObject({
        status,
        type: expect.stringContaining('application/problem+json'),
      });
    }
  });

  it('end together: after that nobody is answered', async () => {
    await nest.close();
    await expect(ask('POST', '/flags')).rejects.toThrow('fetch failed');
    await expect(instances.lean.inject({ method: 'POST', url: '/flags' })).rejects.toThrow();
  });
});
