import type { FastifyRequest } from 'fastify';

/** The revision that a reader has seen last; null when it has seen nothing, or says something that no server of ours has sent. */
export function lastEventIdOf({ headers }: Pick<FastifyRequest, 'headers'>): number | null {
  const given = headers['last-event-id'];
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : null;
}
