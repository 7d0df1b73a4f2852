import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.js';
import { Exchange, type HttpRequest, TransportError } from './exchange.js';
import { type HttpAnswer, readWhole } from './http.js';
import { EventParser, type ServerEvent } from './sse.js';

export interface StreamListener {
  /** Bytes have come: events, or a sign that the other side is there. */
  bytes(count: number): void;
  event(event: ServerEvent): void;
  /** Told once. `retryMs`: the pause that the server wishes. */
  ended(why: string, retryMs: number | null): void;
}

/** An event stream that is open. */
export interface OpenStream {
  close(why: string): void;
}

/** The stream, or the answer that is none. @throws {TransportError} */
export async function openStream(
  request: Omit<HttpRequest, 'totalMs'>,
  clock: Clock,
  listener: StreamListener,
  started: (exchange: Exchange) => void,
): Promise<OpenStream | HttpAnswer> {
  const exchange = new Exchange(request, clock);
  started(exchange);
  const response = await exchange.head;
  const isStream = response.statusCode === 200 && /^text\/event-stream\b/i.test(response.headers['content-type'] ?? '');
  if (!isStream) return readRefusal(response, exchange, request, clock);
  follow(response, exchange, request.maxBytes, listener);
  return exchangeAsStream(exchange);
}

export function isOpen(opened: OpenStream | HttpAnswer): opened is OpenStream {
  return 'close' in opened;
}

const REFUSAL_MS = 5_000;

async function readRefusal(
  response: IncomingMessage,
  exchange: Exchange,
  { maxBytes }: { maxBytes: number },
  clock: Clock,
): Promise<HttpAnswer> {
  const late = clock.after(REFUSAL_MS, () => { exchange.abort('the answer did not come to its end'); }); // prettier-ignore
  try {
    const answer = await readWhole(response, () => exchange, maxBytes);
    if (answer.status !== 200) return answer;
  } finally {
    late();
  }
  throw new TransportError(`no event stream was answered, but ${response.headers['content-type'] ?? 'something without a type'}`);
}

function follow(response: IncomingMessage, exchange: Exchange, maxLength: number, listener: StreamListener): void {
  let isEnded = false;
  const parser = new EventParser((event) => { listener.event(event); }, maxLength); // prettier-ignore
  const end = (why: string): void => {
    if (isEnded) return;
    isEnded = true;
    exchange.abort(why);
    listener.ended(exchange.aborted?.message ?? why, parser.retry);
  };
  response.on('data', (bytes: Buffer) => {
    if (isEnded) return;
    listener.bytes(bytes.length);
    try {
      parser.push(bytes);
    } catch (error) {
      end((error as Error).message);
    }
  });
  response.on('end', () => { end('the server has ended the stream'); }); // prettier-ignore
  response.on('error', (error) => { end(`the stream broke off: ${error.message}`); }); // prettier-ignore
  response.on('close', () => { end('the stream was closed'); }); // prettier-ignore
}

function exchangeAsStream(exchange: Exchange): OpenStream {
  return { close: (why) => { exchange.abort(why); } }; // prettier-ignore
}
