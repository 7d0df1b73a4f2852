import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { sendProblem } from './problem.filter.js';

type Handler = (request: IncomingMessage, response: Parameters<RequestListener>[1]) => void;
type Timeouts = Required<Pick<FastifyServerOptions, 'keepAliveTimeout' | 'requestTimeout' | 'connectionTimeout'>>;

/**
 * One server with two instances of Fastify: Nest's, to which Nest adds half a dozen hooks, and a lean one beside it for the hottest
 * routes, which has none but ours. What the lean one has no route for is Nest's.
 */
export class TwoInstances {
  readonly lean: FastifyInstance;
  private readonly routes: { method: string; url: string; pattern: RegExp }[] = [];

  constructor(options: FastifyServerOptions) {
    this.lean = Fastify(options);
    this.lean.setErrorHandler((error, request, reply) => { sendProblem(error, request, reply); }); // prettier-ignore
    this.lean.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) this.routes.push({ method: one, url, pattern: patternOf(url) });
    });
  }

  /** For Nest's instance: its `serverFactory`. */
  readonly createServer = (nest: Handler, options: unknown): Server => {
    const { lean } = this;
    const server = createServer((request, response) => {
      if (this.isLean(request)) lean.routing(request, response);
      else nest(request, response);
    });
    const { keepAliveTimeout, requestTimeout, connectionTimeout } = options as Timeouts;
    server.keepAliveTimeout = keepAliveTimeout;
    server.requestTimeout = requestTimeout;
    return server.setTimeout(connectionTimeout);
  };

  /** Has the lean instance start and end with Nest's. To be called before either has started. */
  join(nest: FastifyInstance): void {
    nest.addHook('onReady', async () => { await this.lean.ready(); }); // prettier-ignore
    nest.addHook('preClose', async () => { await this.lean.close(); }); // prettier-ignore
  }

  private isLean({ method, url = '' }: IncomingMessage): boolean {
    for (const route of this.routes) if (route.url === url && route.method === method) return true;
    for (const route of this.routes) if (route.method === method && route.pattern.test(url)) return true;
    return false;
  }
}

/** Of a route's URL: its parameters are one segment each, and not empty. */
function patternOf(url: string): RegExp {
  const source = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/?]+');
  return new RegExp(`^${source}(?:\\?|$)`);
}
