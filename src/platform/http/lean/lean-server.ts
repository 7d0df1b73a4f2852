import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { parse } from 'fast-querystring';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Config } from '../../config/config.js';
import { Sampled } from '../../logging/sampled.js';
import { type Face, messagesWith } from '../outside/face.js';
import type { LeanRoute } from './lean-route.js';
import { refuseUnreadable } from '../problems/unreadable-request.js';
import { type Answered, PlainReply, PlainRequest } from './plain-exchange.js';
import { requestIdOf } from '../request-id.js';
import { SMALL_BODY_BYTES } from '../json/json-body.js';
import { parseJson } from '../json/parse/strict-json.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Timeouts = Required<Pick<FastifyServerOptions, 'keepAliveTimeout' | 'connectionTimeout'>>;

export type ServerLimits = Pick<Config, 'bodyLimitBytes' | 'requestTimeoutMs' | 'connectionLimit'>;

/** For the headers alone; a connection that says nothing ends as well. */
const HEADERS_TIMEOUT_MS = 15_000;
const CHECK_EVERY_MS = 2_000;

const END_UNUSED_EVERY_MS = 50;

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
  private readonly sockets = new Set<Socket>();
  private isClosing = false;
  private readonly bodyLimit: number;

  constructor(
    private readonly limits: ServerLimits,
    private readonly face: Face,
  ) {
    this.bodyLimit = Math.min(limits.bodyLimitBytes, SMALL_BODY_BYTES);
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
    const { keepAliveTimeout, connectionTimeout } = options as Timeouts;
    const { requestTimeoutMs: requestTimeout, connectionLimit } = this.limits;
    const server = createServer(
      {
        IncomingMessage: messagesWith(this.face),
        joinDuplicateHeaders: true,
        requireHostHeader: false,
        requestTimeout,
        headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
        connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, requestTimeout / 2),
      },
      answer,
    );
    server.maxConnections = connectionLimit;
    server.on('drop', tellOfFullness(connectionLimit));
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => { this.sockets.delete(socket); }); // prettier-ignore
    });
    // Who waits to be asked for a body is asked once it is known who that is; other expectations are none of ours (RFC 9110, 10.1.1).
    server.on('checkContinue', answer).on('checkExpectation', answer);
    server.on('connect', (_request, socket: Socket) => {
      refuseUnreadable(this.face, Object.assign(new Error('CONNECT'), { code: 'CONNECT' }), socket);
    });
    server.keepAliveTimeout = keepAliveTimeout;
    return server.setTimeout(connectionTimeout);
  };

  /**
   * From the moment that Fastify begins to close, it is the one to refuse requests. It ends the connections that are idle at that moment alone:
   * one that is answered after it would be kept for the next request, and one that was opened beforehand and has asked nothing yet, as browsers
   * and pools do, is not idle for Node. Both would hold up the stop.
   */
  closeWith(fastify: FastifyInstance): void {
    fastify.addHook('preClose', (done) => {
      this.isClosing = true;
      const { server } = fastify;
      const endUnused = () => {
        server.closeIdleConnections();
        for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
      };
      const ending = setInterval(endUnused, END_UNUSED_EVERY_MS).unref();
      server.once('close', () => { clearInterval(ending); }); // prettier-ignore
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

/** A connection that is closed at once hears nothing; the log says why. */
function tellOfFullness(limit: number): () => void {
  const logger = new Logger('http');
  const tell = (refused: number) => {
    logger.warn({ limit, refused }, 'connections were closed at once: as many as FLAGTREE_CONNECTION_LIMIT are open', 'http');
  };
  const sampled = new Sampled(1, ({ refused = 0 }) => { tell(refused); }); // prettier-ignore
  return () => {
    if (sampled.admits('refused')) tell(1);
  };
}

/** Nobody is to be answered where a connection ends before its body does. */
function readBody(raw: IncomingMessage, done: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  raw.on('data', (chunk: Buffer) => chunks.push(chunk));
  raw.on('end', () => { done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)); }); // prettier-ignore
}
