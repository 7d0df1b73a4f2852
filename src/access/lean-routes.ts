import type { Type } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../platform/http/problem.filter.js';
import { PERMISSION } from '../platform/http/public.js';
import { identify } from './identify.js';
import { TokenRegistry } from './token-registry.js';

/** Sends the answer itself. */
export type LeanHandler = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The method of a controller that answers this route by itself, past Nest's pipeline. */
    lean?: { controller: () => Type; method: string };
  }
}

/**
 * The hottest routes are declared and documented like all others, but served without Nest's pipeline, which costs more than an evaluation:
 * who calls is found out by what the guard uses, then the controller's method answers. Only for routes that any valid token may call,
 * so that there is nothing else for the guard to decide. To be called before the routes are registered.
 */
export function serveLeanRoutes(fastify: FastifyInstance, get: <T>(type: Type<T>) => T): void {
  fastify.addHook('onRoute', (route) => {
    const lean = route.config?.lean;
    if (!lean) return;
    const type = lean.controller();
    if (Reflect.getMetadata(PERMISSION, type) !== 'evaluate')
      throw new Error(`${type.name} has lean routes: declare it with @Evaluates().`);
    const controller = get<Record<string, LeanHandler>>(type as Type<Record<string, LeanHandler>>);
    const tokens = get(TokenRegistry);
    const { method } = lean;
    route.handler = (request, reply) => {
      try {
        identify(tokens, request);
        const pending = controller[method]?.(request, reply);
        if (pending) pending.catch((error: unknown) => { sendProblem(error, request, reply); }); // prettier-ignore
      } catch (error) {
        sendProblem(error, request, reply);
      }
    };
  });
}
