import type { LeanRequest } from '../../platform/http/request.js';
import { Unauthorized } from '../../platform/http/problems/problem.js';
import type { Caller } from './caller.js';
import { tokenMissing } from './request-caller.js';
import type { TokenRegistry } from './token-registry.js';
import { sha256Of } from './token-text.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends it: set on every route that is not public, before its handler runs. */
    caller?: Caller;
  }
}

declare module '../../platform/http/request.js' {
  interface LeanRequest {
    /** Who sends it: set before a handler runs. */
    caller?: Caller;
  }
}

/** Who sends the request, by its token, at that moment. @throws {Unauthorized} */
export function identify(tokens: TokenRegistry, request: LeanRequest, now: Date): Caller {
  const caller = tokens.authenticate(digestOf(request), now);
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
function digestOf({ headers, raw }: LeanRequest): string {
  const { socket } = raw;
  const { authorization } = headers;
  const apiKey = headers['x-api-key'];
  const last = lastSent.get(socket);
  if (last !== undefined && last.authorization === authorization && last.apiKey === apiKey) return last.digest;
  const digest = sha256Of(tokenOf(authorization, apiKey, raw.rawHeaders));
  lastSent.set(socket, { authorization, apiKey, digest });
  return digest;
}

/** A Bearer token, else the API key, which a proxy with a password of its own (`Authorization: Basic …`) lets pass. @throws {Unauthorized} */
function tokenOf(authorization: string | undefined, apiKey: unknown, rawHeaders: readonly string[]): string {
  const bearer = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  // Repeated lines are joined by a comma, which other schemes than Bearer may have in one line as well.
  if (authorization?.includes(',') && rawHeaders.filter(isAuthorization).length > 1)
    throw new Unauthorized(
      'token-repeated',
      'There is more than one Authorization line: send one, so that everybody reads the same.',
    );
  const isOther = authorization === undefined || !/^Bearer(?: |$)/i.test(authorization);
  if (isOther && typeof apiKey === 'string' && apiKey !== '') return apiKey;
  if (authorization !== undefined)
    throw new Unauthorized('token-malformed', 'Send the token as "Authorization: Bearer <token>".');
  throw tokenMissing();
}

const isAuthorization = (text: string, at: number) => at % 2 === 0 && text.toLowerCase() === 'authorization';
