import { Controller, Get, Module, type Type } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from '@jest/globals';
import { DeclaredPermissions } from './declared-permissions.js';
import { Public, RequireRole } from './permissions.js';

@Controller('closed')
class ForgottenController {
  @Get('a')
  @RequireRole('viewer')
  declared(): void {
    /* answers nothing */
  }

  @Get('b')
  forgotten(): void {
    /* answers nothing */
  }
}

@Public()
@Controller('open')
class OpenController {
  @Get()
  all(): void {
    /* answers nothing */
  }
}

async function start(controller: Type): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers: [controller], providers: [DeclaredPermissions] })
  class TestModule {}
  const app = await NestFactory.create(TestModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

describe('a route without a declared permission', () => {
  it('keeps the server from starting, and is named', async () => {
    await expect(start(ForgottenController)).rejects.toThrow('ForgottenController.forgotten');
  });

  it('may take it from its controller', async () => {
    await expect(start(OpenController)).resolves.toBeUndefined();
  });
});
