import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger, SetMetadata, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import Fastify, { type FastifyInstance } from 'fastify';
import { byteString } from '../platform/http/byte-string.js';
import type { LeanReply, LeanRequest } from '../platform/http/request.js';
import { Face } from '../platform/http/outside/face.js';
import { LeanServer } from '../platform/http/lean/lean-server.js';
import { admitByHeaders, Entrance } from './entrance.js';
import { RefusalLimit } from './limits/refusal-limit.js';
import { serveLeanRoutes } from './lean-routes.js';
import { EvaluatesForPages, RequireRole } from './permissions.js';
import { PageLimit } from './limits/page-limit.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { ReadinessRegistry } from '../platform/health/readiness-registry.js';
import { Sessions } from './sessions/sessions.js';
import { TokenRegistry } from './identity/token-registry.js';
import { sha256Of } from './identity/token-text.js';

const TOKEN = 'ft_client_abcdef_secret';
const ROW = { id: '1', public_id: 'abcdef', name: 'app', kind: 'client', environment_ids: ['staging'], version: 1 };
/** Both are JSON; the second is not plain enough for the short way. */
const WAYS = { short: 'application/json', long: 'application/json; charset="utf-8"' };

@EvaluatesForPages()
class Answers {
  now({ caller, params, body }: LeanRequest, reply: LeanReply): void {
    reply.header('x-resolved-environment', 'staging');
    reply.json(201, byteString(JSON.stringify({ name: caller?.token.name, params, body })));
  }

  async later(request: LeanRequest, reply: LeanReply): Promise<void> {
    await Promise.resolve();
    this.now(request, reply);
  }

  unchanged(_request: LeanRequest, reply: LeanReply): void {
    reply.header('etag', '"1"');
    reply.notModified();
  }

  throws(): void {
    throw new Error('thrown');
  }

  async rejects(): Promise<void> {
    await Promise.resolve();
    throw new Error('rejected');
  }
}

let nest: FastifyInstance;
let shortWays: number;

async function start(controller: Type<object>, method: string): Promise<string> {
  const application = await Test.createTestingModule({
    controllers: [controller],
    providers: [
      TokenRegistry,
      Entrance,
      Sessions,
      { provide: DataSource, useValue: new DataSource({ type: 'postgres' }) },
      DatabaseClock,
      ReadinessRegistry,
      { provide: RefusalLimit, useValue: new RefusalLimit({ refusalLimit: 0 }) },
      { provide: PageLimit, useValue: new PageLimit({ browserRate: 0 }) },
    ],
  }).compile();
  Logger.overrideLogger(false); // the one that Test brings would tell of each failure below
  application.get(TokenRegistry).load([{ ...ROW, secret_sha256: `\\x${sha256Of(TOKEN)}` }]);
  const server = new LeanServer(
    { bodyLimitBytes: 1_000, requestTimeoutMs: 30_000, connectionLimit: 100 },
    new Face({ publicUrl: null, trustedProxies: [], cors: null, environment: { header: 'x-environment' } }),
  );
  shortWays = 0;
  server.onAnswered(() => shortWays++);
  nest = Fastify({ serverFactory: server.createServer });
  admitByHeaders(nest, application.get(Entrance));
  serveLeanRoutes(nest, (route) => { server.add(route); }, (type) => application.get(type)); // prettier-ignore
  nest.post(
    '/lean/:key',
    { config: { permission: 'ofrep', lean: { controller: () => controller, method } } },
    () => 'by the pipeline',
  );
  nest.post('/plain', { config: { permission: 'public' } }, () => 'by the pipeline');
  return nest.listen({ port: 0, host: '127.0.0.1' });
}
afterEach(() => nest.close());

/** What both ways answer alike. */
async function ask(method: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }, path = '/lean/ä') {
  const url = await start(Answers, method);
  const answers = [];
  for (const type of Object.values(WAYS)) {
    const key = type === WAYS.short ? path.replace('ä', 'a') : path;
    const answer = await fetch(url + key, { method: 'POST', body: '{"b":1}', headers: { 'content-type': type, ...headers } });
    const text = (await answer.text()).replaceAll('ä', 'a').replace(/%C3%A4/g, 'a');
    answers.push({
      status: answer.status,
      type: answer.headers.get('content-type'),
      environment: answer.headers.get('x-resolved-environment'),
      etag: answer.headers.get('etag'),
      text: text.replace(/"requestId":"[^"]*"|under request id [\w.-]+/g, ''),
    });
  }
  expect(shortWays).toBe(1);
  expect(answers[0]).toEqual(answers[1]);
  return answers[0] as (typeof answers)[number];
}

describe('a lean route', () => {
  it.each(['now', 'later'])('is answered by the method of the controller, for the caller: %s', async (method) => {
    for (const headers of [{ authorization: `Bearer ${TOKEN}` }, { 'x-api-key': TOKEN }] as Record<string, string>[]) {
      expect(await ask(method, headers)).toEqual({
        status: 201,
        type: 'application/json; charset=utf-8',
        environment: 'staging',
        etag: null,
        text: JSON.stringify({ name: 'app', params: { key: 'a' }, body: { b: 1 } }),
      });
      await nest.close();
    }
  });

  it('may answer that nothing has changed', async () => {
    expect(await ask('unchanged')).toMatchObject({ status: 304, etag: '"1"', text: '' });
  });

  it.each([
    ['no token', {}, 'token-missing'],
    ['an unknown token', { authorization: 'Bearer ft_client_other' }, 'token-unknown'],
    ['a malformed one', { authorization: 'Basic abc' }, 'token-malformed'],
  ])('refuses %s before anything else', async (_what, headers: Record<string, string>, code) => {
    for (const method of ['now', 'throws']) {
      const { status, text } = await ask(method, headers);
      expect([status, text]).toEqual([401, expect.stringContaining(`"code":"${code}"`)]);
      await nest.close();
    }
  });

  it.each(['throws', 'rejects'])('answers with a problem when the method fails: %s', async (method) => {
    expect(await ask(method)).toMatchObject({ status: 500, text: expect.stringContaining('"code":"internal-error"') });
  });

  it('is none where a parameter is empty', async () => {
    const url = await start(Answers, 'now');
    const answer = await fetch(`${url}/lean/`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(404);
  });

  it('leaves other routes alone', async () => {
    const url = await start(Answers, 'now');
    expect(await (await fetch(`${url}/plain`, { method: 'POST' })).text()).toBe('by the pipeline');
  });

  it('is refused at the start where a caller needs more than a token', async () => {
    @RequireRole('viewer')
    class Management {}
    @SetMetadata('other', 'evaluate')
    class Undeclared {}
    for (const controller of [Management, Undeclared]) {
      await expect(start(controller, 'now')).rejects.toThrow(
        `${controller.name} has lean routes: declare it with @EvaluatesForPages().`,
      );
    }
  });
});
