import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { Forbidden } from '../platform/http/problems/problem.js';
import { sendProblem } from '../platform/http/problems/problem.filter.js';
import type { LeanRequest } from '../platform/http/request.js';
import { identify } from './identity/identify.js';
import type { Permission } from './permissions.js';
import { RefusalLimit } from './limits/refusal-limit.js';
import { TokenRegistry } from './identity/token-registry.js';

/** Who comes in, whichever way a request takes. */
@Injectable()
export class Entrance {
  constructor(
    private readonly tokens: TokenRegistry,
    private readonly limit: RefusalLimit,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Lets a request in that may do what its route asks for, and makes known who sends it. Deny by default: a route that declares nothing lets
   * nobody in. @throws {Unauthorized}, {TooMany} or {Forbidden}
   */
  admit(request: LeanRequest, permission: Permission | undefined): void {
    if (permission === 'public') return;
    const caller = this.limit.watch(request, () => identify(this.tokens, request, this.clock.now()));
    if (permission === undefined)
      throw new Forbidden('not-permitted', 'This route declares no permission, so nobody may use it.');
    if (permission === 'ofrep') return;
    const { name } = caller.token;
    if (caller.isPublic)
      throw new Forbidden(
        'wrong-token-kind',
        `"${name}" is a browser token, which is for OFREP alone: use a client or an admin token here.`,
      );
    if (permission === 'evaluate') return;
    if (caller.kind !== 'admin') {
      throw new Forbidden('wrong-token-kind', `"${name}" is a client token, which only evaluates: use an admin token here.`);
    }
    if (!caller.has(permission)) {
      throw new Forbidden(
        'role-too-low',
        `This needs the role ${permission}; the token "${name}" is a ${caller.role ?? 'nobody'}.`,
      );
    }
  }
}

/** Nothing of a body is read before it is known who sends it, nor of one that leads nowhere: who is not let in costs its headers. */
export function admitByHeaders(fastify: FastifyInstance, entrance: Entrance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      if (request.is404) throw NOWHERE;
      entrance.admit(request, permissionOf(request));
    } catch (error) {
      sendProblem(error, request, reply);
      return;
    }
    done();
  });
}

const NOWHERE = Object.assign(new Error('There is no such route.'), { statusCode: 404 });

export const permissionOf = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>) =>
  routeOptions.config.permission as Permission | undefined;
