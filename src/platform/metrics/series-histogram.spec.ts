import { describe, expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { SeriesHistogram } from './series-histogram.js';

const FAMILY = {
  name: 'flagtree_test_seconds',
  help: 'How long it took.',
  buckets: [0.1, 1, 10],
  labelNames: ['route'] as const,
};
const OBSERVED: [string, number][] = [['/a', 0.05], ['/a', 0.1], ['/b', 5], ['/a', 0.11], ['/b', 99], ['/a', 10]]; // prettier-ignore

describe('a histogram of series', () => {
  it('is told in the same text as one of prom-client that has observed the same', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const histogram = new SeriesHistogram(FAMILY);
    ours.registerMetric(histogram);
    const series = new Map(['/a', '/b'].map((route) => [route, histogram.series({ route })]));
    const reference = new Histogram({ ...FAMILY, registers: [theirs] });
    for (const [route, seconds] of OBSERVED) {
      series.get(route)?.observe(seconds);
      reference.observe({ route }, seconds);
    }
    expect(await ours.metrics()).toBe(await theirs.metrics());
    expect(await ours.metrics()).toContain('flagtree_test_seconds_bucket{le="10",route="/a"} 4');
  });
});
