import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

/** The route takes whole documents: its bodies may have `FLAGTREE_IMPORT_LIMIT` instead of `FLAGTREE_BODY_LIMIT`. */
export const LargeBody = (): MethodDecorator => applyDecorators(RouteConfig({ largeBody: true }));

/** To be called before the routes are registered. */
export function allowLargeBodies(fastify: FastifyInstance, limitBytes: number): void {
  fastify.addHook('onRoute', (route) => {
    if ((route.config as { largeBody?: boolean } | undefined)?.largeBody === true) route.bodyLimit = limitBytes;
  });
}
