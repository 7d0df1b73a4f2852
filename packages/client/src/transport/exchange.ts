import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../clock.js';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** With a body it is a POST. */
  readonly body?: string;
  /** How long the head of the answer may take, and all of it. */
  readonly headMs: number;
  readonly totalMs: number;
  readonly maxBytes: number;
  readonly agent: Agent | undefined;
}

/** No answer, or none that can be used: `message` is for people. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
}

/** One request under way. Its socket keeps no process alive. */
export class Exchange {
  readonly head: Promise<IncomingMessage>;
  private readonly request: ClientRequest;
  private failure: TransportError | null = null;

  constructor({ url, headers, body, headMs, agent }: Omit<HttpRequest, 'totalMs' | 'maxBytes'>, clock: Clock) {
    const { protocol, origin, pathname } = url;
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    this.request = send(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
      ...(agent !== undefined && { agent }),
    });
    const late = clock.after(headMs, () => {
      this.abort(`no answer from ${origin}${pathname} within ${headMs / 1_000} s`);
    });
    this.head = new Promise((resolve, reject) => {
      this.request.on('socket', (socket) => socket.unref());
      this.request.on('error', (error: NodeJS.ErrnoException) => {
        late();
        reject(this.failure ?? new TransportError(whyNot(error, origin), { cause: error }));
      });
      this.request.on('response', (response) => {
        late();
        resolve(response);
      });
    });
    this.head.catch(() => undefined);
    this.request.end(body);
  }

  get reusedSocket(): boolean {
    return this.request.reusedSocket;
  }

  abort(why: string): void {
    this.failure ??= new TransportError(why);
    // without an error: once the last byte has come nobody listens to the socket, and what it says then would end the process
    this.request.destroy();
  }

  /** Why it was ended from here, where it was. */
  get aborted(): TransportError | null {
    return this.failure;
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException, origin: string): string {
  // several addresses were tried: the error itself says nothing
  return `${origin} cannot be reached: ${message === '' ? (code ?? 'unknown error') : message}`;
}
