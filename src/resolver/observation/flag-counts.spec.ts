import type { Evaluation, Snapshot } from '@flagtree/engine';
import { describe, expect, it } from '@jest/globals';
import { MetricsRegistry } from '../../platform/metrics/metrics-registry.js';
import { FlagCounts } from './flag-counts.js';

const snapshotOf = (environment: string, ...keys: string[]) =>
  ({ environment, flags: new Map(keys.map((key) => [key, {}])) }) as unknown as Snapshot;
const served = (variant?: string): Evaluation => ({ ok: true, reason: 'STATIC', ...(variant && { variant, value: true }) });
const failed: Evaluation = { ok: false, reason: 'ERROR', errorCode: 'GENERAL', errorDetails: 'It fails.' };

function counting(limit?: number) {
  const metrics = new MetricsRegistry();
  const counts = new FlagCounts(metrics, limit);
  const lines = async () =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith('flagtree_flag_evaluations_total{')).sort(); // prettier-ignore
  return { counts, lines };
}

describe('evaluations by flag and variant', () => {
  it('are counted one by one and all at once in the same series', async () => {
    const { counts, lines } = counting();
    const [on, off] = [served('on'), served('off')];
    const prod = snapshotOf('prod', 'a', 'b');
    for (const evaluation of [on, off, on, failed, served()]) counts.one(prod, 'a', evaluation);
    counts.all(prod, [on, off]);
    counts.all(snapshotOf('prod', 'a', 'b', 'c'), [served('on'), on, off]);
    counts.one(snapshotOf('dev', 'a'), 'a', on);
    expect(await lines()).toEqual([
      'flagtree_flag_evaluations_total{environment="dev",flag="a",variant="on"} 1',
      'flagtree_flag_evaluations_total{environment="prod",flag="a",variant=""} 2',
      'flagtree_flag_evaluations_total{environment="prod",flag="a",variant="off"} 1',
      'flagtree_flag_evaluations_total{environment="prod",flag="a",variant="on"} 4',
      'flagtree_flag_evaluations_total{environment="prod",flag="b",variant="off"} 1',
      'flagtree_flag_evaluations_total{environment="prod",flag="b",variant="on"} 1',
      'flagtree_flag_evaluations_total{environment="prod",flag="c",variant="off"} 1',
    ]);
  });

  it('make no series for keys that callers make up', async () => {
    const { counts, lines } = counting();
    const snapshot = snapshotOf('prod', 'a');
    for (let n = 0; n < 100; n++) counts.one(snapshot, `made-up-${String(n)}`, failed);
    expect(await lines()).toEqual([]);
  });

  it('come together as those of others once there are as many series as there may be, and none is lost', async () => {
    const { counts, lines } = counting(2);
    const prod = snapshotOf('prod', 'a', 'b', 'c');
    for (let times = 0; times < 3; times++) counts.all(prod, [served('on'), served('on'), served('on')]);
    counts.one(prod, 'a', served('off'));
    counts.one(snapshotOf('dev', 'a'), 'a', served('on'));
    expect(await lines()).toEqual([
      'flagtree_flag_evaluations_total{environment="dev",flag="_other",variant=""} 1',
      'flagtree_flag_evaluations_total{environment="prod",flag="_other",variant=""} 4',
      'flagtree_flag_evaluations_total{environment="prod",flag="a",variant="on"} 3',
      'flagtree_flag_evaluations_total{environment="prod",flag="b",variant="on"} 3',
    ]);
  });
});
