import type { FastifyInstance } from 'fastify';
import type { MetricsRegistry } from './metrics-registry.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Measures every request but event streams, which last as long as somebody listens. Routes are named by their pattern, so they are few. */
export function measureRequests(fastify: FastifyInstance, metrics: MetricsRegistry): void {
  const durations = metrics.histogram(
    'flagtree_http_request_duration_seconds',
    'Requests, from their arrival to the end of the answer.',
    BUCKETS,
    ['method', 'route', 'status'],
  );
  fastify.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions;
    const isStream = String(reply.raw.getHeader('content-type') ?? '').startsWith('text/event-stream');
    if (!isStream)
      durations.observe(
        { method: request.method, route: url ?? 'none', status: String(reply.statusCode) },
        reply.elapsedTime / 1_000,
      );
    done();
  });
}
