import type { Type } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { sendProblem } from '../platform/http/problem.filter.js';
import { PERMISSION } from '../platform/http/public.js';
import { identify } from './identify.js';
import { TokenRegistry } from './token-registry.js';

/** The method of a controller that answers a route by itself, past Nest's pipeline. */
interface LeanRoute {
  controller: () => Type;
  method: string;
}

/** Sends the answer itself. */
export type LeanHandler = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

declare module 'fastify' {
  interface FastifyContextConfig {
    lean?: LeanRoute;
  }
}

/**
 * The hottest routes are declared and documented like all others, but served without Nest's pipeline, which costs more than an evaluation,
 * and by an instance of Fastify that has none of Nest's hooks: who calls is found out by what the guard uses, then the controller's method
 * answers. Only for routes that any valid token may call, so that there is nothing else for the guard to decide. To be called before the
 * routes are registered.
 */
export function serveLeanRoutes(nest: FastifyInstance, lean: FastifyInstance, get: <T>(type: Type<T>) => T): void {
  nest.addHook('onRoute', (route) => {
    const declared = route.config?.lean;
    if (!declared) return;
    route.handler = leanHandler(declared, get);
    const { method, url, config, handler } = route;
    // to GET, the lean instance adds HEAD by itself, as Nest's does
    if (method !== 'HEAD') lean.route({ method, url, config: { ...config }, handler });
  });
}

function leanHandler({ controller: typeOf, method }: LeanRoute, get: <T>(type: Type<T>) => T): RouteHandlerMethod {
  const type = typeOf();
  if (Reflect.getMetadata(PERMISSION, type) !== 'evaluate')
    throw new Error(`${type.name} has lean routes: declare it with @Evaluates().`);
  const controller = get<Record<string, LeanHandler>>(type as Type<Record<string, LeanHandler>>);
  const tokens = get(TokenRegistry);
  return (request, reply) => {
    try {
      identify(tokens, request);
      const pending = controller[method]?.(request, reply);
      if (pending) pending.catch((error: unknown) => { sendProblem(error, request, reply); }); // prettier-ignore
    } catch (error) {
      sendProblem(error, request, reply);
    }
  };
}
