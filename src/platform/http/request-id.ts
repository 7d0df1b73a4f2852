import { randomFillSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** An id has 96 random bits: it tells nobody how many requests there are, and nobody can say it before it was given. */
const ID_LENGTH = 16;
const BATCH = 512;

const bytes = Buffer.alloc((BATCH * ID_LENGTH * 3) / 4);
let drawn = '';
let at = 0;

/** Drawn for many requests at once, since the price of each draw would be felt in an evaluation. */
function newRequestId(): string {
  if (at === drawn.length) {
    drawn = randomFillSync(bytes).toString('base64url');
    at = 0;
  }
  return drawn.slice(at, (at += ID_LENGTH));
}

/** The caller's own id where it is fit for a log and a header; a new one otherwise. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return sentId(headers) ?? newRequestId();
}

/**
 * How the audit log names a request: an id that its caller chose is marked, so that nobody can write under the id of another request. Ids of
 * ours have no colon.
 */
export function auditedIdOf({ id, headers }: { id: string } & Pick<IncomingMessage, 'headers'>): string {
  return sentId(headers) === id ? `sent:${id}` : id;
}

function sentId(headers: IncomingMessage['headers']): string | null {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : null;
}
