import type { MetricsRegistry } from './metrics-registry.js';
import type { Series } from './series-histogram.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts one request. A route is named by its pattern, so that there are few. */
export type MeasureRequest = (route: string, method: string, status: number, milliseconds: number) => void;

export function requestMeter(metrics: MetricsRegistry): MeasureRequest {
  const histogram = metrics.seriesHistogram(
    'flagtree_http_request_duration_seconds',
    'Requests, from their arrival to the end of the answer.',
    BUCKETS,
    ['method', 'route', 'status'],
  );
  /** By route, method and status. */
  const routes = new Map<string, Map<string, Map<number, Series>>>();
  return (route, method, status, milliseconds) => {
    let methods = routes.get(route);
    if (methods === undefined) routes.set(route, (methods = new Map<string, Map<number, Series>>()));
    let statuses = methods.get(method);
    if (statuses === undefined) methods.set(method, (statuses = new Map<number, Series>()));
    let series = statuses.get(status);
    if (series === undefined) statuses.set(status, (series = histogram.series({ method, route, status: String(status) })));
    series.observe(milliseconds / 1_000);
  };
}
