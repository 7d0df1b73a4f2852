import type { IncomingMessage } from 'node:http';
import { publicUrlOf } from '../../platform/http/outside/public-url.js';
import { Forbidden } from '../../platform/http/problems/problem.js';

/** Pages of other origins cannot send it without being asked first whether they may, which they may not. */
export const PAGE_HEADER = 'x-flagtree-panel';

/**
 * A browser adds the cookie to whatever asks this server, a page of somebody else included. So what writes has to come from a page of ours:
 * the browser says so, and the header is there that only a page of ours can send. @throws {Forbidden}
 */
export function assertOwnPage(request: { method: string; raw: IncomingMessage }): void {
  const { headers } = request.raw;
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (comesFromHere(request) && headers[PAGE_HEADER] !== undefined) return;
  throw new Forbidden(
    'foreign-page',
    'A session may only be used by the pages of this server (the same origin, the header X-Flagtree-Panel): elsewhere, send a token.',
  );
}

/** `Sec-Fetch-Site`, which no page can write; browsers leave it out where there is no https, and then name the origin. */
function comesFromHere(request: { raw: IncomingMessage }): boolean {
  const { headers } = request.raw;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  const own = publicUrlOf(request).origin ?? `http://${headers.host ?? ''}`;
  return origin !== undefined && origin.toLowerCase() === own.toLowerCase();
}
