import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { FlagtreeModule, fromHeaders } from '@flagtree/nestjs';
import { featureFlags } from './feature-flags.js';
import { SearchController } from './search.controller.js';
import { SearchService } from './search.service.js';

@Module({
  imports: [
    FlagtreeModule.forRoot({
      flags: featureFlags,
      environments: { default: 'production', allowed: ['staging'] },
      // only behind a gateway that writes these headers, and removes those of its callers
      context: fromHeaders({ targetingKey: 'X-User-ID', groups: 'X-User-Groups' }),
    }),
  ],
  controllers: [SearchController],
  providers: [SearchService],
})
class AppModule {}

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 4003), '127.0.0.1');
