import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { editFlag } from '../evaluation/steps.js';
import type { Api } from '../support/api.js';
import { until } from '../support/until.js';
import type { History } from './history.js';
import { ThreeServers } from './three-servers.js';

const [BEFORE_POLL, AFTER_POLL] = [2_000, 7_500];

let three: ThreeServers;
let history: History | undefined;

beforeAll(async () => {
  three = await ThreeServers.start();
});
afterAll(() => three.stop());
afterEach(() => {
  history?.close();
  for (const link of three.links) link.notifications = 'pass';
});

const percentageOf = async (api: Api) => (await api.get('/api/feature-flags/snapshot')).body.flags.lamp.percentage as number;

async function everywhere(): Promise<History> {
  history = await three.read();
  return history;
}

describe.each(['twice', 'late', 'drop'] as const)('while notifications arrive %s', (how) => {
  it('readers are told the same, and nothing goes back', async () => {
    for (const link of three.links) link.notifications = how;
    const told = await everywhere();
    await three.write(8);
    await told.check(three.apis[0], AFTER_POLL);
  });
});

describe('a server whose connections are reset', () => {
  it('follows again within two seconds or so of the change, with all that it missed', async () => {
    const told = await everywhere();
    for (let round = 0; round < 5; round++) {
      three.links[0].reset();
      await three.write(2).catch(() => undefined); // what goes through the broken link may be refused
    }
    await editFlag(three.apis[0], 'lamp', { percentage: 12 });
    await told.check(three.apis[0]);
  });
});

describe('a server whose connections are half-open', () => {
  it('goes on evaluating, notices, and converges, while the others do not notice', async () => {
    const told = await everywhere();
    three.links[1].freeze();
    await editFlag(three.apis[0], 'lamp', { percentage: 31 });
    expect(await percentageOf(three.apis[2])).toBe(12);
    await until(async () => (await percentageOf(three.apis[1])) === 31, 'the change on the other one', BEFORE_POLL);
    await until(async () => (await percentageOf(three.apis[2])) === 31, 'the change', 20_000);
    await told.check(three.apis[0]);
    // and it writes again, over connections that work
    await until(
      async () => (await three.apis[2].patch('/api/admin/feature-flags/lamp', { percentage: 32 })).status === 200,
      'a write',
      20_000,
    );
  });
});
