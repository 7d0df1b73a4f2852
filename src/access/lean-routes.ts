import type { Type } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';
import { bytesOf } from '../platform/http/byte-string.js';
import { carryForPublicToken } from '../platform/http/every-answer.js';
import type { LeanHandler, LeanReply, LeanRequest } from '../platform/http/request.js';
import type { LeanRoute } from '../platform/http/lean/lean-route.js';
import { problemDocument, sendProblem } from '../platform/http/problems/problem.filter.js';
import { PERMISSION } from '../platform/http/permission-metadata.js';
import { Entrance } from './entrance.js';
import { PageLimit } from './limits/page-limit.js';

/** The method of a controller that answers a route by itself, past Nest's pipeline. */
interface Declared {
  controller: () => Type;
  method: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    lean?: Declared;
  }
}

/**
 * The hottest routes are declared and documented like all others, but served without Nest's pipeline, which costs more than an evaluation:
 * the caller is admitted by its headers, as on every route, then the controller's method answers. Only for routes that any valid token may
 * call. `add` gets each of them, for plain requests to be answered without Fastify as well.
 * To be called before the routes are registered.
 */
export function serveLeanRoutes(nest: FastifyInstance, add: (route: LeanRoute) => void, get: <T>(type: Type<T>) => T): void {
  nest.addHook('onRoute', (route) => {
    const { lean, problemAs = problemDocument } = route.config ?? {};
    if (!lean) return;
    const handler = handlerOf(lean, get);
    const entrance = get(Entrance);
    const admit = (request: LeanRequest) => { entrance.admit(request, 'ofrep'); }; // prettier-ignore
    route.handler = onFastify(handler);
    for (const method of [route.method].flat()) add({ method, url: route.url, admit, handler, problemAs });
  });
}

function handlerOf({ controller: typeOf, method }: Declared, get: <T>(type: Type<T>) => T): LeanHandler {
  const type = typeOf();
  if (Reflect.getMetadata(PERMISSION, type) !== 'ofrep')
    throw new Error(`${type.name} has lean routes: declare it with @EvaluatesForPages().`);
  const controller = get(type) as Record<string, LeanHandler>;
  const pages = get(PageLimit);
  return (request, reply) => {
    if (request.caller?.isPublic) {
      carryForPublicToken(request, reply);
      pages.assertMayAsk(request, Date.now());
    }
    return controller[method]?.(request, reply);
  };
}

function onFastify(handler: LeanHandler): RouteHandlerMethod {
  return (request, reply) => {
    // Fastify takes an empty segment for a parameter
    if (Object.values(request.params as object).includes('')) {
      reply.callNotFound();
      return;
    }
    const fail = (error: unknown) => { sendProblem(error, request, reply); }; // prettier-ignore
    try {
      handler(request, replyOn(reply))?.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

function replyOn(reply: FastifyReply): LeanReply {
  return {
    header: (name, value) => reply.header(name, value),
    json: (status, body) => void reply.status(status).type('application/json; charset=utf-8').send(bytesOf(body)),
    notModified: () => void reply.status(304).send(),
  };
}
