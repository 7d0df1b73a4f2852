import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  ParseBoolPipe,
  Post,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Details } from '@flagtree/client';
import {
  type ContextSource,
  Flag,
  FlagDetails,
  Flags,
  FlagtreeModule,
  fromHeaders,
  RequestEnvironment,
  RequireFlag,
} from '@flagtree/nestjs';

const { ADAPTER = 'express', FLAGTREE_URL = '', FLAGTREE_TOKEN = '', HOW = 'forRoot', REQUIRED } = process.env;

const headers = fromHeaders({ targetingKey: 'X-User-ID', groups: 'X-User-Groups' });
const options = {
  url: FLAGTREE_URL,
  token: FLAGTREE_TOKEN,
  overrides: false,
  logger: false as const,
  required: REQUIRED === 'true',
  readyTimeout: REQUIRED === 'true' ? '500ms' : '10s',
  environments: { default: 'production', allowed: ['staging'] },
  context: (source: ContextSource) => {
    const { user } = source.request as { user?: string };
    return user === undefined ? headers(source) : { targetingKey: user };
  },
};

/** Reads flags where no request is at hand. */
@Injectable()
class Search {
  constructor(private readonly flags: Flags) {}

  async algorithm(): Promise<string> {
    await pause(1);
    return this.flags.string('search.algorithm', 'none');
  }

  staff(): boolean {
    return this.flags.boolean('staff', false);
  }
}

@Injectable()
class Identified implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<{ headers: Record<string, string>; user?: string }>();
    const [, user] = (request.headers['authorization'] ?? '').split(' ');
    if (user) request.user = user;
    return true;
  }
}

const waiting: (() => void)[] = [];

@Controller()
class Routes {
  constructor(
    private readonly search: Search,
    private readonly flags: Flags,
  ) {}

  @Get('value')
  async value(
    @Flag('search.algorithm', 'none') algorithm: string,
    @RequestEnvironment() environment: string,
    @Flag('staff', false) staff: boolean,
  ): Promise<object> {
    return { algorithm, environment, staff, injected: await this.search.algorithm(), isStaff: this.search.staff() };
  }

  @Get('details')
  details(@FlagDetails('search.algorithm', 'none') details: Details<string>): object {
    return details;
  }

  @Get('pipes')
  pipes(@Flag('text.of.truth', 'false', ParseBoolPipe) truth: boolean): object {
    return { truth };
  }

  @Get('on')
  @RequireFlag('on')
  on(): string {
    return 'here';
  }

  @Get('off')
  @RequireFlag('off')
  off(): string {
    return 'here';
  }

  @Get('not-off')
  @RequireFlag('off', { not: true })
  notOff(): string {
    return 'here';
  }

  @Get('any')
  @RequireFlag({ any: ['off', 'on'] })
  any(): string {
    return 'here';
  }

  @Get('all')
  @RequireFlag({ all: ['off', 'on'] }, { otherwise: () => new ForbiddenException('not yet') })
  all(): string {
    return 'here';
  }

  @Get('twice-required')
  @RequireFlag('on')
  @RequireFlag('off')
  twiceRequired(): string {
    return 'here';
  }

  @Get('anns')
  @RequireFlag('anns')
  @UseGuards(Identified)
  anns(): object {
    return { key: this.flags.details('anns', false).reason };
  }

  @Post('body')
  async body(@Body() body: { text: string }, @Flag('staff', false) staff: boolean): Promise<object> {
    return { length: body.text.length, staff, isStaff: this.search.staff(), injected: await this.search.algorithm() };
  }

  @Get('slow')
  async slow(@Flag('on', false) before: boolean): Promise<object> {
    const { revision } = this.flags.details('on', false);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return {
      before,
      after: this.flags.boolean('on', false),
      isOneRevision: this.flags.details('on', false).revision === revision,
    };
  }

  @Get('go')
  go(): object {
    return { gone: waiting.splice(0).map((resolve) => { resolve(); }).length, now: this.flags.client.boolean('on', false) }; // prettier-ignore
  }
}

@Controller('whole')
@RequireFlag('off')
class Whole {
  @Get()
  get(): string {
    return 'here';
  }
}

@Injectable()
class Factory {
  createFlagtreeOptions() {
    return options;
  }
}
@Module({ providers: [Factory], exports: [Factory] })
class FactoryModule {}

const ways = {
  forRoot: () => FlagtreeModule.forRoot(options),
  useFactory: () => FlagtreeModule.forRootAsync({ useFactory: async () => Promise.resolve(options) }),
  useClass: () => FlagtreeModule.forRootAsync({ useClass: Factory }),
  useExisting: () => FlagtreeModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory }),
};

@Module({ imports: [ways[HOW as keyof typeof ways]()], controllers: [Routes, Whole], providers: [Search] })
class Application {}

const platform = (await import(`@nestjs/platform-${ADAPTER}`)) as Record<string, new () => never>;
const Adapter = platform[ADAPTER === 'fastify' ? 'FastifyAdapter' : 'ExpressAdapter'] as new () => never;
const app = await NestFactory.create(Application, new Adapter(), { logger: ['error'], abortOnError: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
