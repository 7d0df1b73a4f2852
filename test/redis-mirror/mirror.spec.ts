import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithRedis, eventually, WatchedMirror, WHERE } from './watched-mirror.js';

describeWithRedis(`the mirror in Redis (${WHERE})`, () => {
  let mirror: WatchedMirror;
  beforeAll(async () => {
    mirror = await WatchedMirror.open();
    await mirror.end();
    await mirror.startWithFlags();
  });
  afterAll(async () => {
    await mirror.end();
    await mirror.close();
  });

  it('has every flag of every environment under each of its names, with revision and checksum [000-8] [001-4]', async () => {
    expect(await mirror.keys()).toEqual(
      ['dev', 'development', 'prod', 'production', 'staging'].flatMap((name) => [
        `flags:${name}:checkout`,
        `flags:${name}:search`,
      ]),
    );
    expect(await mirror.mirrored('dev', 'checkout')).toEqual(await mirror.mirrored('development', 'checkout'));
    expect(await mirror.mirrored('staging', 'checkout')).toMatchObject({
      key: 'checkout',
      type: 'boolean',
      enabled: true,
      inheritedFrom: null,
      segments: {},
    });
  });

  it('changes exactly the keys whose content changed, and says so once for each environment', async () => {
    const before = (await mirror.mirrored('production', 'checkout'))?.revision;
    const { revision } = (await mirror.api.put('/api/admin/environments/staging/feature-flags/checkout', { percentage: 5 })).body;
    await eventually(mirror.isComplete);
    expect(await mirror.mirrored('development', 'checkout')).toMatchObject({ percentage: 5, inheritedFrom: 'staging', revision });
    expect((await mirror.mirrored('production', 'checkout'))?.revision).toBe(before);
    await eventually(() => {
      expect([...mirror.messages].sort((a, b) => String(a.environment).localeCompare(String(b.environment)))).toEqual(
        [
          ['development', ['dev']],
          ['staging', []],
        ].map(([environment, aliases]) => ({ environment, aliases, revision, changed: ['checkout'], deleted: [] })),
      );
      return Promise.resolve();
    });
  });

  it('is made anew after FLUSHALL by a change', async () => {
    await mirror.redis.flushdb();
    await mirror.api.patch('/api/admin/feature-flags/search', { enabled: true });
    await eventually(mirror.isComplete);
  });
});
