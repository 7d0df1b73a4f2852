import type { FastifyInstance } from 'fastify';
import { routeConfig } from '../route-config.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    largeBody?: boolean;
  }
}

/** The route takes whole documents: its bodies may have `FLAGTREE_IMPORT_LIMIT` instead of `FLAGTREE_BODY_LIMIT`, and may be YAML. */
export const LargeBody = () => routeConfig({ largeBody: true });

/** To be called before the routes are registered. */
export function allowLargeBodies(fastify: FastifyInstance, limitBytes: number): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.largeBody === true) route.bodyLimit = limitBytes;
  });
}
