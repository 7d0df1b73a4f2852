import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Of this process: 72 random bits. */
const PREFIX = randomBytes(9).toString('base64url');
let requests = 0;

/**
 * The caller's own id where it is fit for a log and a header; a new one otherwise. It only has to differ from all others and is no secret:
 * a number after what this process drew once costs a fraction of a UUID, of which an evaluation would notice the price.
 */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : `${PREFIX}.${(++requests).toString(36)}`;
}
