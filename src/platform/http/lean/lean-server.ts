import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parse } from 'fast-querystring';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { type Face, messagesWith } from '../outside/face.js';
import type { LeanRoute } from './lean-route.js';
import { type Answered, PlainReply, PlainRequest } from './plain-exchange.js';
import { requestIdOf } from '../request-id.js';
import { SMALL_BODY_BYTES } from '../json/json-body.js';
import { parseJson } from '../json/strict-json.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Timeouts = Required<Pick<FastifyServerOptions, 'keepAliveTimeout' | 'requestTimeout' | 'connectionTimeout'>>;

interface Mounted {
  route: LeanRoute;
  /** What the URL begins with: all of it, or all before the parameter. */
  base: string;
  parameter: string | null;
}

interface Match {
  route: LeanRoute;
  params: Record<string, string>;
  query: Record<string, unknown>;
}

const PLAIN_TYPES = new Set(['application/json', 'application/json; charset=utf-8']);
const PLAIN_VALUE = /^[\w.-]{1,255}$/;

/**
 * The HTTP server, with a short way to the hottest routes: what is plain (a POST of JSON with a length, to a URL without escapes) is read and
 * answered here. Whatever is not (another content type, chunks, escapes, too large a body, a server that is about to end) is Fastify's,
 * which has the same routes with the same handlers and knows what to say.
 */
export class LeanServer {
  private readonly routes: Mounted[] = [];
  private readonly listeners: Answered[] = [];
  private isClosing = false;
  private readonly bodyLimit: number;

  constructor(
    bodyLimit: number,
    private readonly face: Face,
  ) {
    this.bodyLimit = Math.min(bodyLimit, SMALL_BODY_BYTES);
  }

  onAnswered(listener: Answered): void {
    this.listeners.push(listener);
  }

  add(route: LeanRoute): void {
    const { url } = route;
    const colon = url.indexOf('/:') + 1;
    if (colon === 0) this.routes.push({ route, base: url, parameter: null });
    else this.routes.push({ route, base: url.slice(0, colon), parameter: url.slice(colon + 1) });
  }

  /** For Fastify: its `serverFactory`. */
  readonly createServer = (fastify: Handler, options: unknown): Server => {
    const answer: Handler = (request, response) => {
      const match = this.match(request);
      if (match) this.serve(match, request, response);
      else fastify(request, response);
    };
    const server = createServer(
      { IncomingMessage: messagesWith(this.face), joinDuplicateHeaders: true, requireHostHeader: false },
      answer,
    );
    // Who waits to be asked for a body is asked once it is known who that is; other expectations are none of ours (RFC 9110, 10.1.1).
    server.on('checkContinue', answer).on('checkExpectation', answer);
    const { keepAliveTimeout, requestTimeout, connectionTimeout } = options as Timeouts;
    server.keepAliveTimeout = keepAliveTimeout;
    server.requestTimeout = requestTimeout;
    return server.setTimeout(connectionTimeout);
  };

  /** From the moment that Fastify begins to close, it is the one to refuse requests. */
  closeWith(fastify: FastifyInstance): void {
    fastify.addHook('preClose', (done) => {
      this.isClosing = true;
      done();
    });
  }

  private readonly answered: Answered = (request, reply) => {
    for (const listener of this.listeners) listener(request, reply);
  };

  private match(request: IncomingMessage): Match | null {
    const { method, url = '' } = request;
    for (const { route, base, parameter } of this.routes) {
      if (route.method !== method || !url.startsWith(base)) continue;
      const mark = url.indexOf('?', base.length);
      const value = url.slice(base.length, mark === -1 ? undefined : mark);
      if (parameter === null ? value !== '' : !PLAIN_VALUE.test(value)) continue;
      const query = mark === -1 ? '' : url.slice(mark + 1);
      if (this.isClosing || query.includes('#') || !this.isPlain(request.headers)) return null;
      return { route, params: parameter === null ? {} : { [parameter]: value }, query: query === '' ? {} : parse(query) };
    }
    return null;
  }

  private isPlain(headers: IncomingMessage['headers']): boolean {
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= this.bodyLimit && PLAIN_TYPES.has(headers['content-type'] ?? ''))) return false;
    if (headers['content-encoding'] !== undefined || headers.expect !== undefined) return false;
    return headers.host?.includes(',') === false;
  }

  private serve({ route, params, query }: Match, raw: IncomingMessage, response: ServerResponse): void {
    const request = new PlainRequest(requestIdOf(raw), raw, route, params, query);
    const reply = new PlainReply(request, response, this.answered);
    try {
      route.admit(request);
    } catch (error) {
      reply.problem(error);
      return;
    }
    readBody(raw, (bytes) => {
      try {
        const { text, value } = parseJson(bytes);
        request.bodyText = text;
        request.body = value;
        const pending = route.handler(request, reply);
        if (pending) pending.catch((error: unknown) => { reply.problem(error); }); // prettier-ignore
      } catch (error) {
        reply.problem(error);
      }
    });
  }
}

/** Nobody is to be answered where a connection ends before its body does. */
function readBody(raw: IncomingMessage, done: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  raw.on('data', (chunk: Buffer) => chunks.push(chunk));
  raw.on('end', () => { done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)); }); // prettier-ignore
}
