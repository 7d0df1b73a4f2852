import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { Forbidden } from '../platform/http/problems/problem.js';
import { sendProblem } from '../platform/http/problems/problem.filter.js';
import type { LeanRequest } from '../platform/http/request.js';
import type { Caller } from './identity/caller.js';
import { identify } from './identity/identify.js';
import { ROLES } from './identity/roles.js';
import type { Permission } from './permissions.js';
import { RefusalLimit } from './limits/refusal-limit.js';
import { TokenRegistry } from './identity/token-registry.js';
import { assertOwnPage } from './sessions/own-page.js';
import { sessionSecretOf } from './sessions/session-cookie.js';
import { type Session, Sessions } from './sessions/sessions.js';

declare module '../platform/http/request.js' {
  interface LeanRequest {
    /** By which it was let in, where it was not by a token. */
    session?: Session;
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    session?: Session;
  }
}

/** Who comes in, whichever way a request takes. */
@Injectable()
export class Entrance {
  constructor(
    private readonly tokens: TokenRegistry,
    private readonly limit: RefusalLimit,
    private readonly clock: DatabaseClock,
    private readonly sessions: Sessions,
  ) {}

  /**
   * The secret of the session by which the request would be let in; null: it has none, sends a token, which counts alone, or asks for what a
   * session is not for: it manages, and neither evaluates nor is a page of somebody else's.
   */
  sessionOf(request: LeanRequest, permission: Permission | undefined): string | null {
    const { headers } = request;
    if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return null;
    return ROLES.some((role) => role === permission) ? sessionSecretOf(request) : null;
  }

  /** The same as `admit` by a session. @throws {Unauthorized}, {TooMany}, {Forbidden} or {Unavailable} */
  async admitSession(request: LeanRequest, permission: Permission | undefined, secret: string): Promise<void> {
    assertOwnPage(request);
    const found = await this.sessions.authenticate(secret).catch((error: unknown) =>
      this.limit.watch(request, () => {
        throw error;
      }),
    );
    request.caller = found.caller;
    request.session = found.session;
    this.assertMay(found.caller, permission);
  }

  /**
   * Lets a request in that may do what its route asks for, and makes known who sends it. Deny by default: a route that declares nothing lets
   * nobody in. @throws {Unauthorized}, {TooMany} or {Forbidden}
   */
  admit(request: LeanRequest, permission: Permission | undefined): void {
    if (permission === 'public') return;
    const caller = this.limit.watch(request, () => identify(this.tokens, request, this.clock.now()));
    this.assertMay(caller, permission);
  }

  /** Asks once more: while a body was on its way, a token may have been revoked, a session ended. */
  admitAgain(request: LeanRequest, permission: Permission | undefined): void {
    const { session } = request;
    if (session) this.assertMay(this.sessions.holderOf(session), permission);
    else this.admit(request, permission);
  }

  private assertMay(caller: Caller, permission: Permission | undefined): void {
    if (permission === undefined)
      throw new Forbidden('not-permitted', 'This route declares no permission, so nobody may use it.');
    if (permission === 'ofrep' || permission === 'public') return;
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
    const refuse = (error: unknown) => { sendProblem(error, request, reply); }; // prettier-ignore
    const permission = permissionOf(request);
    const secret = request.is404 ? null : entrance.sessionOf(request, permission);
    if (secret !== null) {
      entrance.admitSession(request, permission, secret).then(() => { done(); }, refuse); // prettier-ignore
      return;
    }
    try {
      if (request.is404) throw NOWHERE;
      entrance.admit(request, permission);
    } catch (error) {
      refuse(error);
      return;
    }
    done();
  });
}

const NOWHERE = Object.assign(new Error('There is no such route.'), { statusCode: 404 });

export const permissionOf = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>) =>
  routeOptions.config.permission as Permission | undefined;
