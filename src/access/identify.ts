import type { FastifyRequest } from 'fastify';
import { Unauthorized } from '../platform/http/problem.js';
import type { Caller } from './caller.js';
import type { TokenRegistry } from './token-registry.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends it: set on every route that is not public, before its handler runs. */
    caller?: Caller;
  }
}

/** Who sends the request, by its token. @throws {Unauthorized} */
export function identify(tokens: TokenRegistry, request: FastifyRequest): Caller {
  const caller = tokens.authenticate(tokenOf(request), new Date());
  request.caller = caller;
  return caller;
}

function tokenOf(request: FastifyRequest): string {
  const { authorization } = request.headers;
  const apiKey = request.headers['x-api-key'];
  if (authorization !== undefined) {
    const bearer = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
    if (bearer === undefined) throw new Unauthorized('token-malformed', 'Send the token as "Authorization: Bearer <token>".');
    return bearer;
  }
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey;
  throw new Unauthorized('token-missing', 'Send a token: "Authorization: Bearer <token>" or "X-API-Key: <token>".');
}
