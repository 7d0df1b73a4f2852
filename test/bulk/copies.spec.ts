import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.js';
import { BULK, FLAGS, TwoTrees } from './two-trees.js';

let trees: TwoTrees;
let admin: Api;

beforeAll(async () => {
  trees = await TwoTrees.start();
  ({ admin } = trees);
});
afterAll(() => trees.server.stop());
beforeEach(() => trees.clear());

const revision = () => trees.revision();
const overrides = (slug: string) => trees.overrides(slug);
const resolved = (slug: string, key: string) => trees.resolved(slug, key);

describe('a copy', () => {
  beforeEach(async () => {
    await admin.post(BULK, {
      operation: 'set',
      flags: ['text'],
      environments: ['eu'],
      set: { enabled: true, percentage: 50 },
      reason: 'EU first',
    });
    await admin.post(BULK, {
      operation: 'set',
      flags: ['text', 'ui.one'],
      environments: ['eu-test'],
      set: { defaultVariant: null, enabled: true },
    });
    await admin.post(BULK, { operation: 'enable', flags: ['api.one'], environments: ['us'] });
  });

  it('makes a whole environment override exactly what the other does, what only the target had included', async () => {
    await admin.post(BULK, { operation: 'copy', from: 'eu', environments: ['us'] });
    expect(await overrides('us')).toEqual({ text: { enabled: true, percentage: 50, reason: 'EU first' } });
    expect(await overrides('us')).toEqual(await overrides('eu'));
  });

  it('of resolved values gives the target what holds in the source by the fewest overrides', async () => {
    await admin.post(BULK, { operation: 'copy', from: 'eu-test', environments: ['us-test'], mode: 'resolved' });
    for (const key of ['text', 'ui.one', 'api.one'])
      expect(await resolved('us-test', key)).toEqual(await resolved('eu-test', key));
    expect(await overrides('us-test')).toEqual({
      text: { enabled: true, percentage: 50 }, 'ui.one': { enabled: true }, 'api.one': { enabled: false },
    }); // prettier-ignore
    const before = await revision();
    expect(
      (await admin.post(BULK, { operation: 'copy', from: 'eu-test', environments: ['us-test'], mode: 'resolved' })).body.changed,
    ).toBe(0);
    expect(await revision()).toBe(before);
  });

  it('takes a subtree onto another, all by what held before', async () => {
    const pairs = [{ from: 'eu', to: 'us' }, { from: 'eu-test', to: 'us-test' }, { from: 'us', to: 'eu' }]; // prettier-ignore
    const [eu, us, euTest] = [await overrides('eu'), await overrides('us'), await overrides('eu-test')];
    await admin.post(BULK, { operation: 'copy', pairs });
    expect([await overrides('us'), await overrides('eu'), await overrides('us-test')]).toEqual([eu, us, euTest]);
  });

  it('gives a whole subtree what one environment has, where that is not inherited already', async () => {
    await admin.post(BULK, { operation: 'copy', from: 'eu', environments: ['us'], subtree: true, mode: 'resolved' });
    expect([await overrides('us'), await overrides('us-test'), await overrides('vault')]).toEqual([
      { text: { enabled: true, percentage: 50, reason: 'EU first' } },
      {},
      {},
    ]);
  });

  it('of some fields leaves the others', async () => {
    await admin.patch(`${FLAGS}/text`, { environment: 'us', offVariant: 'b' });
    await admin.post(BULK, { operation: 'copy', from: 'eu', environments: ['us'], flags: ['text'], fields: ['percentage'] });
    expect((await overrides('us'))['text']).toEqual({ percentage: 50, offVariant: 'b', reason: 'EU first' });
  });
});
