import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gunzip } from 'node:zlib';
import type { Clock } from '../clock.js';
import { Exchange, type HttpRequest, TransportError } from './exchange.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** As they came over the wire. */
  readonly bytes: number;
}

/** A request that can be given up. */
export interface Sending {
  readonly answer: Promise<HttpAnswer>;
  abort(why: string): void;
}

/** Sends a request and reads the answer as a whole. @throws {TransportError} through `answer` */
export function send(request: HttpRequest, clock: Clock): Sending {
  let exchange = new Exchange(request, clock);
  const late = clock.after(request.totalMs, () => {
    exchange.abort(`the answer from ${request.url.origin} was not there as a whole within ${request.totalMs / 1_000} s`);
  });
  const answer = (async () => {
    try {
      return await readWhole(await headOf(), () => exchange, request.maxBytes);
    } finally {
      late();
    }
  })();
  answer.catch(() => undefined);
  return { answer, abort: (why) => { exchange.abort(why); } }; // prettier-ignore

  /** A connection that was kept may have been closed by the other side just now: that says nothing about the server. */
  async function headOf(): Promise<IncomingMessage> {
    try {
      return await exchange.head;
    } catch (error) {
      if (!exchange.reusedSocket || exchange.aborted) throw error;
      exchange = new Exchange(request, clock);
      return exchange.head;
    }
  }
}

/** The body of an answer whose head is there. @throws {TransportError} */
export async function readWhole(response: IncomingMessage, exchange: () => Exchange, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) exchange().abort(`the answer has more than ${maxBytes} bytes`);
      else chunks.push(chunk);
    }
  } catch (error) {
    throw exchange().aborted ?? new TransportError(`the answer broke off: ${(error as Error).message}`, { cause: error });
  }
  const { aborted } = exchange();
  if (aborted !== null) throw aborted;
  const { statusCode: status = 0, headers } = response;
  const body = Buffer.concat(chunks);
  return { status, headers, bytes, body: headers['content-encoding'] === 'gzip' ? await unzipped(body, maxBytes) : body };
}

function unzipped(body: Buffer, maxOutputLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength }, (error, plain) => {
      if (error) reject(new TransportError(`the answer cannot be unpacked: ${error.message}`, { cause: error }));
      else resolve(plain);
    });
  });
}
