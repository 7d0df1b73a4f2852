import { describe, expect, it } from '@jest/globals';
import { Logger, SetMetadata, type Type } from '@nestjs/common';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { serveLeanRoutes } from './lean-routes.js';
import { Evaluates, RequireRole } from './permissions.js';
import { TokenRegistry } from './token-registry.js';
import { sha256Of } from './token-text.js';

const TOKEN = 'ft_client_abcdef_secret';
const ROW = { id: '1', public_id: 'abcdef', name: 'app', kind: 'client', environments: ['staging'], version: 1 };

@Evaluates()
class Answers {
  now({ caller }: FastifyRequest, reply: FastifyReply): void {
    void reply.send(caller?.token.name);
  }

  async later({ caller }: FastifyRequest, reply: FastifyReply): Promise<void> {
    await Promise.resolve();
    void reply.send(caller?.token.name);
  }

  throws(): void {
    throw new Error('thrown');
  }

  async rejects(): Promise<void> {
    await Promise.resolve();
    throw new Error('rejected');
  }
}

function serverOf(controller: Type<object>, method: string) {
  const tokens = new TokenRegistry();
  tokens.load([{ ...ROW, secret_sha256: `\\x${sha256Of(TOKEN)}` }]);
  const nest = Fastify();
  const lean = Fastify();
  serveLeanRoutes(nest, lean, (type) => (type === (TokenRegistry as Type) ? tokens : new type()) as never);
  nest.get('/lean', { config: { lean: { controller: () => controller, method } } }, () => 'by the pipeline');
  nest.get('/plain', () => 'by the pipeline');
  return { nest, lean };
}

const ask = async (method: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) => {
  const { nest, lean } = serverOf(Answers, method);
  const [answer, same] = await Promise.all([lean, nest].map((fastify) => fastify.inject({ url: '/lean', headers })));
  expect(answer?.statusCode).toBe(same?.statusCode);
  return { status: answer?.statusCode, body: answer?.body ?? '' };
};

Logger.overrideLogger(false);

describe('a lean route', () => {
  it.each(['now', 'later'])('is answered by the method of the controller, for the caller: %s', async (method) => {
    expect(await ask(method)).toEqual({ status: 200, body: 'app' });
    expect(await ask(method, { 'x-api-key': TOKEN })).toEqual({ status: 200, body: 'app' });
  });

  it.each([
    ['no token', {}, 'token-missing'],
    ['an unknown token', { authorization: 'Bearer ft_client_other' }, 'token-unknown'],
    ['a malformed one', { authorization: 'Basic abc' }, 'token-malformed'],
  ])('refuses %s before anything else', async (_what, headers: Record<string, string>, code) => {
    for (const method of ['now', 'throws']) {
      const { status, body } = await ask(method, headers);
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([401, code]);
    }
  });

  it.each(['throws', 'rejects'])('answers with a problem when the method fails: %s', async (method) => {
    const { status, body } = await ask(method);
    expect([status, JSON.parse(body)]).toEqual([500, expect.objectContaining({ code: 'internal-error' })]);
  });

  it('leaves other routes alone', async () => {
    const { nest, lean } = serverOf(Answers, 'now');
    expect((await nest.inject('/plain')).body).toBe('by the pipeline');
    expect((await lean.inject('/plain')).statusCode).toBe(404);
  });

  it('is refused at the start where a caller needs more than a token', () => {
    @RequireRole('viewer')
    class Management {}
    @SetMetadata('other', 'evaluate')
    class Undeclared {}
    for (const controller of [Management, Undeclared]) {
      expect(() => serverOf(controller, 'now')).toThrow(`${controller.name} has lean routes: declare it with @Evaluates().`);
    }
  });
});
