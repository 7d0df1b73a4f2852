import { Controller, Get, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
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
  const parts = { imports: [DiscoveryModule], controllers: [controller], providers: [DeclaredPermissions] };
  const built = await Test.createTestingModule(parts).compile();
  const app = built.createNestApplication(new FastifyAdapter(), { logger: false });
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
