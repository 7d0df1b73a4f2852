import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createClient, defineFlags, flag } from '@flagtree/client';
import { withFlags } from '@flagtree/client/testing';
import {
  type CallHandler,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Inject,
  Module,
  NotFoundException,
  Post,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { OpenFeature } from '@openfeature/server-sdk';
import { defer, lastValueFrom } from 'rxjs';
import { RequireFlagGuard } from './decorators/require-flag.guard.js';
import {
  type ContextSource,
  Flag,
  flagDecorators,
  Flags,
  FlagtreeModule,
  FlagtreeScopeInterceptor,
  RequireFlag,
} from './index.js';
import { Runtime } from './runtime.js';

const featureFlags = defineFlags({ 'search.enabled': flag.boolean(false), page: flag.string('a', { oneOf: ['a', 'b'] }) });
const typed = flagDecorators<typeof featureFlags>();

@Controller()
class Routes {
  constructor(@Inject(Flags) private readonly flags: Flags<typeof featureFlags>) {}

  @Get('page')
  page(@typed.Flag('page') page: string, @Flag('unknown', 7) unknown: number): object {
    return { page, unknown, injected: this.flags.get('page'), environment: this.flags.environment };
  }

  @Post('search')
  @typed.RequireFlag('search.enabled')
  search(): string {
    return 'found';
  }
}

const open: NestFastifyApplication[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function start(flagtree: DynamicModule): Promise<NestFastifyApplication> {
  @Module({ imports: [flagtree], controllers: [Routes] })
  class Application {}
  const testing = await Test.createTestingModule({ imports: [Application] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  open.push(app);
  await app.init();
  return app;
}

describe('a module for tests', () => {
  it('needs no server, and has the values of the test', async () => {
    const app = await start(FlagtreeModule.forTest({ page: 'b', 'search.enabled': true }, { flags: featureFlags }));
    expect((await app.inject('/page')).json()).toEqual({ page: 'b', unknown: 7, injected: 'b', environment: null });
    expect((await app.inject({ method: 'POST', url: '/search' })).payload).toBe('found');
  });

  it('has the fallbacks of the definitions for all else, and withFlags for one test', async () => {
    const app = await start(FlagtreeModule.forTest({}, { flags: featureFlags }));
    expect((await app.inject('/page')).json()).toMatchObject({ page: 'a' });
    const refused = await app.inject({ method: 'POST', url: '/search' });
    expect([refused.statusCode, refused.json()]).toEqual([404, (await app.inject({ method: 'POST', url: '/none' })).json<object>()].map(
      (one) => (typeof one === 'object' ? { ...one, message: 'Cannot POST /search' } : one),
    )); // prettier-ignore
    await withFlags({ 'search.enabled': true, page: 'b' }, async () => {
      expect((await app.inject({ method: 'POST', url: '/search' })).payload).toBe('found');
      expect((await app.inject('/page')).json()).toMatchObject({ page: 'b', injected: 'b' });
    });
  });

  it('keeps two applications of one process apart', async () => {
    const a = await start(FlagtreeModule.forTest({ page: 'a' }, { flags: featureFlags }));
    const b = await start(FlagtreeModule.forTest({ page: 'b' }, { flags: featureFlags }));
    const answers = await Promise.all(
      [a, b, a].map(async (app) => (await app.inject('/page')).json<{ page: string; injected: string }>()),
    );
    expect(answers.map(({ page, injected }) => page + injected)).toEqual(['aa', 'bb', 'aa']);
  });

  it('is what requests of other environments are given, too', async () => {
    const environments = { default: 'production', allowed: ['staging'] };
    const app = await start(FlagtreeModule.forTest({ page: 'b' }, { flags: featureFlags, environments }));
    expect((await app.inject('/page?env=staging')).json()).toMatchObject({ page: 'b', environment: 'staging' });
  });
});

describe('a context that cannot be told', () => {
  it('is nobody, and the request goes on', async () => {
    const context = () => { throw new Error('no user yet'); }; // prettier-ignore
    const app = await start(FlagtreeModule.forTest({ page: 'b' }, { flags: featureFlags, context }));
    expect((await app.inject('/page')).json()).toMatchObject({ page: 'b' });
  });
});

describe('environments', () => {
  it('are ten at most, which the start says', () => {
    const allowed = Array.from({ length: 10 }, (_, at) => `e${String(at)}`);
    const make = () => new Runtime({ environments: { default: 'production', allowed } }, () => createClient({ mode: 'offline' }));
    expect(make).toThrow('there are 11 with the default');
  });
});

describe('messages', () => {
  class Handler {
    @RequireFlag('search.enabled')
    handle(): void {
      // only its decorator is looked at
    }
  }
  const message = (type: string, args: unknown[]) =>
    ({
      getType: () => type,
      getArgs: () => args,
      getArgByIndex: (at: number) => args[at],
      getClass: () => Handler,
      getHandler: () => Handler.prototype.handle, // eslint-disable-line @typescript-eslint/unbound-method
    }) as unknown as ExecutionContext;

  const seen: ContextSource[] = [];
  const context = (source: ContextSource) => {
    seen.push(source);
    return { targetingKey: 'ann' };
  };

  it.each(['rpc', 'ws'])('of %s are refused by the guard in the words of Nest', async (type) => {
    const app = await start(FlagtreeModule.forTest({}, { flags: featureFlags, context }));
    const guard = new RequireFlagGuard(app.get(Reflector), app.get(Symbol.for('flagtree.nest.runtime')));
    const execution = message(type, [{}, {}]);
    expect(guard.canActivate(execution)).toBe(false);
    expect(seen.at(-1)?.execution).toBe(execution);
    withFlags({ 'search.enabled': true }, () => {
      expect(guard.canActivate(message(type, []))).toBe(true);
    });
  });

  it('of GraphQL are not found', async () => {
    const app = await start(FlagtreeModule.forTest({}, { flags: featureFlags }));
    const guard = app.get(RequireFlagGuard);
    expect(() => guard.canActivate(message('graphql', [{}, {}, { req: {} }]))).toThrow(NotFoundException);
  });

  it('have their flags in handlers by the interceptor', async () => {
    const app = await start(FlagtreeModule.forTest({ page: 'b' }, { flags: featureFlags, context }));
    const flags = app.get<Flags>(Flags);
    const before = seen.length;
    const next: CallHandler = { handle: () => defer(() => Promise.resolve(flags.string('page'))) };
    expect(await lastValueFrom(app.get(FlagtreeScopeInterceptor).intercept(message('rpc', ['data']), next))).toBe('b');
    expect(seen.length).toBe(before + 1);
  });
});

describe('OpenFeature', () => {
  it('has a provider on the same client, in its domain', async () => {
    const bootstrap = { format: 1, environment: 'production', revision: 1, etag: '1', segments: {}, flags: {} } as const;
    await start(FlagtreeModule.forRoot({ mode: 'offline', bootstrap, overrides: false, openFeature: { domain: 'nest' } }));
    expect(OpenFeature.getProviderMetadata('nest').name).toBe('flagtree');
    expect(await OpenFeature.getClient('nest').getBooleanDetails('none', true)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    await OpenFeature.clearProviders();
  });
});
