import type { FastifyRequest } from 'fastify';
import { type PositionName, positionNamed } from '../audit/follow/position-names.js';

/** What a reader has seen last; `unknown`: something that does not say of which history it is. Null when it has seen nothing. */
export type LastSeen = PositionName | 'unknown' | null;

/** The etags of `If-None-Match`, as they are in documents; `*`: whatever there is. */
export function etagsOf({ headers }: Pick<FastifyRequest, 'headers'>): string[] {
  const named = headers['if-none-match'] ?? '';
  return named === '' ? [] : named.split(',').map((etag) => etag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'));
}

export function lastEventIdOf({ headers }: Pick<FastifyRequest, 'headers'>): LastSeen {
  const given = headers['last-event-id'];
  if (typeof given !== 'string' || given === '') return null;
  return positionNamed(given) ?? 'unknown';
}
