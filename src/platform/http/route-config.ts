import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/** Adds to what Fastify knows of a route. Nest's own decorator replaces what another one has said. */
export function routeConfig(more: Partial<FastifyContextConfig>): MethodDecorator {
  return (prototype, method, descriptor) => {
    const known = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value as object) as object | undefined;
    RouteConfig({ ...known, ...more })(prototype, method, descriptor);
  };
}
