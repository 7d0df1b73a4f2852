import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { makeToken } from '../evaluation/steps.js';
import { until } from '../support/until.js';
import { History } from './history.js';
import { ThreeServers } from './three-servers.js';

let three: ThreeServers;
let history: History | undefined;

beforeAll(async () => {
  three = await ThreeServers.start();
});
afterAll(() => three.stop());
afterEach(() => history?.close());

describe('writes through three servers and by hand', () => {
  it('reach the readers of all of them, in order, once each', async () => {
    history = await three.read();
    await three.write(15);
    await history.check(three.apis[0]);
  });
});

describe('a token that is revoked on one server', () => {
  it('is refused on the others, and its streams there end, within five seconds', async () => {
    const { apis } = three;
    const mine = await makeToken(apis[0], ['production']);
    history = new History();
    const reader = history.follow(apis[1], mine, 'production');
    await until(() => reader.events.length > 0, 'the snapshot');
    const { disconnects } = reader;
    const { body } = await apis[0].get('/api/admin/tokens');
    const { id } = body.items.find((one: { id: string }) => mine.includes(one.id));
    await apis[0].delete(`/api/admin/tokens/${id as string}`);
    await until(() => reader.disconnects > disconnects, 'the end of the stream', 5_000);
    expect((await apis[1].get('/api/feature-flags/environment', { token: mine })).status).toBe(401);
  });
});
