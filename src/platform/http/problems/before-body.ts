import type { IncomingMessage, ServerResponse } from 'node:http';

/** Of a body that nobody reads, so much is thrown away while its sender hears the answer, in bytes and milliseconds. */
const MOST_BYTES = 1_048_576;
const MOST_MS = 2_000;

/** Whether some of the body is still to come. */
export function awaitsBody({ complete, destroyed, headers }: IncomingMessage): boolean {
  if (complete || destroyed) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Writes a whole answer, with the length of `body` in its `head` (names and values in turns), before the request's body has come. The connection closes
 * a little later: an answer that closes it at once is lost to clients that are still sending, which hear of a broken connection instead.
 */
export function answerBeforeBody(
  request: IncomingMessage,
  response: ServerResponse,
  { status, head, body }: { status: number; head: string[]; body: string },
  mostMs = MOST_MS,
): void {
  response.writeHead(status, [...head, 'connection', 'close']);
  response.write(body, 'latin1');
  let left = MOST_BYTES;
  const discard = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  };
  const end = () => {
    clearTimeout(late);
    request.off('data', discard).off('end', end).off('close', end);
    response.end();
  };
  const late = setTimeout(end, mostMs);
  request.on('data', discard).once('end', end).once('close', end);
}
