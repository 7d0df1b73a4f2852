import type { FastifyInstance, FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify';
import type { MetricsRegistry } from './metrics-registry.js';
import type { Series, SeriesHistogram } from './series-histogram.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What measures the requests of a Fastify instance. To be called before its routes are registered. */
export type MeasureRequests = (fastify: FastifyInstance) => void;

/** Measures every request but event streams, which last as long as somebody listens. Routes are named by their pattern, so they are few. */
export function requestMeter(metrics: MetricsRegistry): MeasureRequests {
  const durations = new RouteDurations(
    metrics.seriesHistogram(
      'flagtree_http_request_duration_seconds',
      'Requests, from their arrival to the end of the answer.',
      BUCKETS,
      ['method', 'route', 'status'],
    ),
  );
  return (fastify) => {
    fastify.addHook('onRoute', (route) => {
      const measure = durations.of(route.url);
      route.onResponse = [...[route.onResponse ?? []].flat(), measure];
    });
    const measureUnknown = durations.of('none');
    fastify.addHook('onResponse', (request, reply, done) => {
      if (request.is404) measureUnknown.call(fastify, request, reply, done);
      else done();
    });
  };
}

type Labels = 'method' | 'route' | 'status';

class RouteDurations {
  /** By route, method and status. */
  private readonly routes = new Map<string, Map<string, Map<number, Series>>>();

  constructor(private readonly histogram: SeriesHistogram<Labels>) {}

  of(route: string): onResponseHookHandler {
    const methods = this.routes.get(route) ?? new Map<string, Map<number, Series>>();
    this.routes.set(route, methods);
    return (request, reply, done) => {
      if (!isStream(request, reply))
        this.seriesOf(methods, route, request.method, reply.statusCode).observe(reply.elapsedTime / 1_000);
      done();
    };
  }

  private seriesOf(methods: Map<string, Map<number, Series>>, route: string, method: string, status: number): Series {
    let statuses = methods.get(method);
    if (statuses === undefined) methods.set(method, (statuses = new Map<number, Series>()));
    let series = statuses.get(status);
    if (series === undefined) statuses.set(status, (series = this.histogram.series({ method, route, status: String(status) })));
    return series;
  }
}

function isStream({ method }: FastifyRequest, { raw }: FastifyReply): boolean {
  return method === 'GET' && String(raw.getHeader('content-type') ?? '').startsWith('text/event-stream');
}
