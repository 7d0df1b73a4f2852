import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { everyAnswer } from '../every-answer.js';
import type { Face } from '../outside/face.js';
import { requestIdOf } from '../request-id.js';
import { type Problem, problemDocument, problemOf } from './problem.filter.js';
import { Refused } from './refused.js';

const logger = new Logger('http');

const REFUSALS: Readonly<Record<string, Refused>> = {
  HPE_HEADER_OVERFLOW: new Refused(431, 'headers-too-large', 'The headers are larger than 16 KB together: send less.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Refused(413, 'body-too-large', 'The chunks of the body have extensions without end.'),
  CONNECT: new Refused(405, 'method-not-allowed', 'There is no CONNECT here: this server is no proxy.', { allow: '' }),
  ERR_HTTP_REQUEST_TIMEOUT: new Refused(408, 'request-timeout', 'The request did not come in time: send it anew.'),
};
const MALFORMED = new Refused(400, 'malformed-request', 'This is no HTTP/1.1 request (RFC 9112): the connection is closed.');

interface ParseError extends Error {
  code?: string;
  reason?: string;
  rawPacket?: Buffer;
}

/** Answers what Node's parser refuses, as far as it can still be answered: for `clientError`. */
export function refuseUnreadable(face: Face, error: ParseError, socket: Socket): void {
  const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse };
  if (error.code === 'ECONNRESET' || !socket.writable || pending?.headersSent === true) {
    socket.destroy();
    return;
  }
  const [, method = 'GET', url = '/'] =
    /^([A-Z]+) (\/[\x21-\x7e]*)/.exec(error.rawPacket?.toString('latin1', 0, 4_096) ?? '') ?? [];
  const raw = { face, method, url, headers: {}, socket } as unknown as IncomingMessage;
  const request = { id: requestIdOf(raw), raw, method, url, routeOptions: {}, params: {} };
  const problem: Problem = problemOf(REFUSALS[error.code ?? ''] ?? MALFORMED, request);
  const { status, type, body } = (face.shapeOf(url) ?? problemDocument)(problem, request);
  const text = JSON.stringify(body);
  const head = [
    ...everyAnswer(request),
    ...Object.entries(problem.headers).flat(),
    'content-type',
    type,
    'content-length',
    String(Buffer.byteLength(text)),
    'connection',
    'close',
  ];
  const lines = [`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`, `date: ${new Date().toUTCString()}`];
  for (let at = 0; at < head.length; at += 2) lines.push(`${head[at] ?? ''}: ${head[at + 1] ?? ''}`);
  logger.debug(
    { requestId: request.id, remote: socket.remoteAddress, status, reason: error.reason ?? error.code },
    'unreadable request',
  );
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
