import type { IncomingMessage } from 'node:http';

/**
 * Answers once the whole body has come, read or thrown away, after `mostMs` in any case. An answer that closes the connection before that is
 * lost to most clients: they go on sending, and hear of a broken connection instead.
 */
export function afterBody(request: IncomingMessage, answer: () => void, mostMs = 5_000): void {
  if (request.complete || request.readableEnded || request.destroyed) {
    answer();
    return;
  }
  const end = () => {
    clearTimeout(late);
    request.off('end', end).off('close', end);
    answer();
  };
  const late = setTimeout(end, mostMs);
  request.once('end', end).once('close', end).resume();
}
