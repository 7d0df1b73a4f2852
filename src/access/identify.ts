import type { LeanRequest } from '../platform/http/request.js';
import { Unauthorized } from '../platform/http/problems/problem.js';
import type { Caller } from './caller.js';
import type { TokenRegistry } from './token-registry.js';
import { sha256Of } from './token-text.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends it: set on every route that is not public, before its handler runs. */
    caller?: Caller;
  }
}

declare module '../platform/http/request.js' {
  interface LeanRequest {
    /** Who sends it: set before a handler runs. */
    caller?: Caller;
  }
}

/** Who sends the request, by its token. @throws {Unauthorized} */
export function identify(tokens: TokenRegistry, request: LeanRequest): Caller {
  const caller = tokens.authenticate(digestOf(request), new Date());
  request.caller = caller;
  return caller;
}

interface Sent {
  authorization: string | undefined;
  apiKey: unknown;
  digest: string;
}

/** What each connection has sent last. It is compared with nothing but what the same connection sends next: its time tells nobody a secret. */
const lastSent = new WeakMap<object, Sent>();

/** Services keep their connections and send the same token each time: so most requests need no digest of their own. */
function digestOf({ headers, raw: { socket } }: LeanRequest): string {
  const { authorization } = headers;
  const apiKey = headers['x-api-key'];
  const last = lastSent.get(socket);
  if (last !== undefined && last.authorization === authorization && last.apiKey === apiKey) return last.digest;
  const digest = sha256Of(tokenOf(authorization, apiKey));
  lastSent.set(socket, { authorization, apiKey, digest });
  return digest;
}

function tokenOf(authorization: string | undefined, apiKey: unknown): string {
  if (authorization !== undefined) {
    const bearer = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
    if (bearer === undefined) throw new Unauthorized('token-malformed', 'Send the token as "Authorization: Bearer <token>".');
    return bearer;
  }
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey;
  throw new Unauthorized('token-missing', 'Send a token: "Authorization: Bearer <token>" or "X-API-Key: <token>".');
}
