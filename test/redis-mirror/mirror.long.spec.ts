import { createServer, type Server as TcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CuttableLink } from '../evaluation/cuttable-link.js';
import { type Server } from '../support/server.js';
import { sql } from '../support/sql.js';
import { describeWithRedis, eventually, MARKER, REDIS_URL, WatchedMirror, WHERE } from './watched-mirror.js';

/** For specs of the check alone: where a change or a connection is to mend the mirror, the usual check comes too late to do it instead. */
const CHECKS_OFTEN = { FLAGTREE_MIRROR_CHECK_INTERVAL: '2s' };
const CHECKED_MS = 15_000;

describeWithRedis(`the mirror in Redis (${WHERE})`, () => {
  let mirror: WatchedMirror;
  beforeAll(async () => {
    mirror = await WatchedMirror.open();
  });
  afterAll(() => mirror.close());
  beforeEach(() => mirror.end());
  afterEach(() => mirror.end());

  describe('while all is well', () => {
    beforeEach(() => mirror.startWithFlags());

    it('is left without a complaint when the server stops', async () => {
      const [server] = mirror.servers as [Server];
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      expect(server.logs()).toContain('"stopping"');
      expect(server.logs()).not.toMatch(/"level":"(?:warn|error)"(?!.*owns its tables)/);
    });

    it('follows aliases that come, move and go, and removes the keys of those that are gone', async () => {
      await mirror.api.patch('/api/admin/environments/staging', { aliases: ['stage', 'qa'] });
      await eventually(mirror.isComplete);
      expect(await mirror.mirrored('qa', 'checkout')).toMatchObject({ enabled: true });
      expect(mirror.messages.at(-1)).toMatchObject({
        environment: 'staging',
        aliases: ['stage', 'qa'],
        changed: ['checkout', 'search'],
        deleted: [],
      });
      await mirror.api.patch('/api/admin/environments/staging', { aliases: ['stage'] });
      await eventually(mirror.isComplete);
      expect((await mirror.keys()).filter((key) => key.startsWith('flags:qa:'))).toEqual([]);
      expect(mirror.messages.at(-1)).toMatchObject({
        environment: 'qa',
        aliases: [],
        changed: [],
        deleted: ['checkout', 'search'],
      });
      await mirror.api.put('/api/admin/environments/production/feature-flags/checkout', { percentage: 7 });
      await mirror.api.patch('/api/admin/environments/production', { aliases: [] });
      await mirror.api.patch('/api/admin/environments/staging', { aliases: ['stage', 'prod'] });
      await mirror.api.put('/api/admin/environments/staging/feature-flags/checkout', { percentage: 3 });
      await eventually(mirror.isComplete);
      expect(await mirror.mirrored('prod', 'checkout')).toMatchObject({ percentage: 3 });
    });

    it('tells nobody of changes that alter no flag', async () => {
      await mirror.api.patch('/api/admin/feature-flags/checkout', { name: 'Checkout', owner: 'me' });
      await mirror.api.post('/api/admin/segments', { key: 'beta' });
      await mirror.api.post('/api/admin/tokens', { name: 'web', kind: 'client', environments: ['production'] });
      await eventually(mirror.isComplete);
      expect(mirror.messages).toEqual([]);
    });

    it('holds the segments that the rules name, and follows them', async () => {
      await mirror.api.post('/api/admin/segments', {
        key: 'beta',
        conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }],
      });
      await mirror.api.patch('/api/admin/feature-flags/checkout', {
        rules: [{ id: 'r', conditions: [{ segment: 'beta' }], serve: { variant: 'off' } }],
      });
      await mirror.api.patch('/api/admin/segments/beta', {
        conditions: [{ attribute: 'plan', operator: 'in', values: ['gold'] }],
      });
      await eventually(mirror.isComplete);
      expect(await mirror.mirrored('development', 'checkout')).toMatchObject({
        segments: { beta: { conditions: [{ values: ['gold'] }] } },
      });
    });

    it('loses archived flags, and environments that are gone or inactive', async () => {
      const { revision } = (await mirror.api.patch('/api/admin/environments/staging', { isActive: false })).body;
      await mirror.api.delete('/api/admin/environments/development?force=true');
      await mirror.api.delete('/api/admin/feature-flags/search');
      await eventually(mirror.isComplete);
      expect(await mirror.keys()).toEqual(['flags:prod:checkout', 'flags:production:checkout']);
      expect(mirror.messages).toContainEqual({
        environment: 'staging',
        aliases: [],
        revision,
        changed: [],
        deleted: ['checkout', 'search'],
      });
      expect(mirror.messages).toContainEqual({
        environment: 'production',
        aliases: ['prod'],
        revision: Number(revision) + 2,
        changed: [],
        deleted: ['search'],
      });
      await mirror.api.patch('/api/admin/environments/staging', { isActive: true });
      await eventually(mirror.isComplete);
      expect(await mirror.keys()).toEqual(['flags:prod:checkout', 'flags:production:checkout', 'flags:staging:checkout']);
    });

    it('follows what a DBA writes', async () => {
      await sql(mirror.servers[0]?.databaseUrl ?? '', `UPDATE flagtree.flags SET percentage = 12.5 WHERE key = 'search'`);
      await eventually(mirror.isComplete);
      expect(await mirror.mirrored('production', 'search')).toMatchObject({ percentage: 12.5 });
    });
  });

  describe('at its next check', () => {
    beforeEach(() => mirror.startWithFlags(CHECKS_OFTEN));

    it('is made anew after FLUSHALL, and the readers are told', async () => {
      await mirror.redis.flushdb();
      await eventually(mirror.isComplete, CHECKED_MS);
      expect(mirror.messages).toContainEqual({
        environment: null,
        aliases: null,
        revision: await mirror.revisionNow(),
        changed: null,
        deleted: null,
      });
    });

    it('mends, by itself, keys that were edited, lost, forged or put there by somebody else, and leaves the keys of others alone', async () => {
      const value = (await mirror.redis.get('flags:staging:checkout')) ?? '';
      await mirror.redis.set('flags:staging:checkout', value.replace('"enabled":true', '"enabled":false'));
      await mirror.redis.set(
        'flags:production:checkout',
        value.replace(/"revision":\d+/, '"revision":999999').replace('"enabled":true', '"enabled":false'),
      );
      await mirror.redis.del('flags:development:checkout');
      await mirror.redis.del('flags:development:search');
      await mirror.redis.hset('flags:development:search', 'not', 'a string');
      await mirror.redis.set('flags:nowhere:checkout', value);
      await mirror.redis.set('flags:staging:nothing', value);
      await mirror.redis.set('flags:elsewhere', 'of another service');
      await eventually(async () => {
        expect(await mirror.redis.get('flags:elsewhere')).toBe('of another service');
        expect(await mirror.redis.exists('flags:nowhere:checkout', 'flags:staging:nothing')).toBe(0);
        expect(await mirror.redis.get('flags:staging:checkout')).toBe(
          value.replace(/"revision":\d+/, `"revision":${String(await mirror.revisionNow())}`),
        );
        expect(await mirror.mirrored('production', 'checkout')).toMatchObject({
          enabled: true,
          revision: await mirror.revisionNow(),
        });
        await mirror.redis.del('flags:elsewhere');
        await mirror.isComplete();
      }, CHECKED_MS);
    });
  });

  it('is mended after a failover that lost the last writes', async () => {
    await mirror.start();
    await mirror.api.post('/api/admin/feature-flags', { key: 'checkout' });
    await eventually(mirror.isComplete);
    const lost = {
      value: (await mirror.redis.get('flags:staging:checkout')) ?? '',
      marker: (await mirror.redis.get(MARKER)) ?? '',
    };
    await mirror.api.patch('/api/admin/feature-flags/checkout', { enabled: true });
    await eventually(mirror.isComplete);
    await mirror.redis.mset('flags:staging:checkout', lost.value, MARKER, lost.marker);
    await mirror.api.patch('/api/admin/feature-flags/checkout', { percentage: 50 });
    await eventually(mirror.isComplete);
  });

  it('is replaced where it comes from another history', async () => {
    await mirror.redis.set(MARKER, '999999');
    await mirror.redis.set('flags:staging:checkout', '{"revision":999999,"checksum":""}');
    await mirror.start();
    await mirror.api.post('/api/admin/feature-flags', { key: 'checkout' });
    await eventually(mirror.isComplete);
  });

  it('is kept by several servers at once: each change is told once, and nothing goes back', async () => {
    const env = { FLAGTREE_ADMIN_TOKEN: 'one-token-for-all-of-the-servers-here' };
    const first = await mirror.start(REDIS_URL, { env });
    await mirror.start(REDIS_URL, { env, database: mirror.servers[0]?.databaseUrl ?? '' });
    const second = mirror.api;
    await first.post('/api/admin/feature-flags', { key: 'checkout', enabled: true });
    await eventually(mirror.isComplete);
    await sleep(700);
    mirror.messages = [];
    const seen: number[] = [];
    const done = new AbortController();
    const watching = (async () => {
      while (!done.signal.aborted) seen.push((await mirror.mirrored('production', 'checkout'))?.revision ?? 0);
    })();
    for (let percentage = 1; percentage <= 40; percentage++) {
      await (percentage % 2 ? first : second).patch('/api/admin/feature-flags/checkout', { percentage });
    }
    await eventually(mirror.isComplete);
    done.abort();
    await watching;
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const told = mirror.messages.filter(({ environment }) => environment === 'production').map(({ revision }) => revision);
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(await mirror.revisionNow());
  });

  it('keeps nobody waiting while Redis is away: evaluations, writes and the start go on, and it catches up', async () => {
    const link = await CuttableLink.to(REDIS_URL);
    await link.cut();
    await mirror.start(link.url);
    const ready = async () => (await mirror.api.get('/health/ready')).body;
    expect(await ready()).toMatchObject({ status: 'degraded', checks: { mirror: { status: 'degraded' } } });
    await mirror.api.post('/api/admin/feature-flags', { key: 'checkout', enabled: true });
    expect((await mirror.api.post('/ofrep/v1/evaluate/flags/checkout', { context: {} })).body.value).toBe(true);
    await link.join();
    await eventually(mirror.isComplete, 15_000);
    expect(await ready()).toMatchObject({ checks: { mirror: { status: 'up' } } });
    await link.cut();
    for (let percentage = 1; percentage <= 20; percentage++)
      expect((await mirror.api.patch('/api/admin/feature-flags/checkout', { percentage })).status).toBe(200);
    await link.join();
    await eventually(mirror.isComplete, 15_000);
    await link.cut();
  }, 60_000);

  it.each([
    ['a list', () => mirror.redis.multi().del(MARKER).rpush(MARKER, 'x').exec()],
    ['no number', () => mirror.redis.set(MARKER, '1e999')],
    [
      'beyond all revisions',
      () => mirror.redis.mset(MARKER, '9'.repeat(20), 'flags:staging:lamp', `{"revision":${'9'.repeat(20)},"checksum":""}`),
    ],
  ])('is made anew where its marker is %s', async (_what, spoil) => {
    await mirror.start();
    await mirror.api.post('/api/admin/feature-flags', { key: 'lamp', enabled: true });
    await eventually(async () => { expect(await mirror.redis.get(MARKER)).toBe('3'); }); // prettier-ignore
    await spoil();
    await mirror.api.patch('/api/admin/feature-flags/lamp', { enabled: false });
    await eventually(async () => {
      expect(await mirror.redis.get(MARKER)).toBe('4');
    });
    expect(JSON.parse((await mirror.redis.get('flags:staging:lamp')) ?? '')).toMatchObject({ revision: 4, enabled: false });
  });

  it('is told of as degraded while Redis answers but takes nothing', async () => {
    const name = `flagtree-test-${String(process.pid)}`;
    const allowed = ['on', '>secret', '~*', '&*', '+@all'];
    await mirror.redis.call('ACL', 'SETUSER', name, ...allowed);
    const { host = '127.0.0.1', port = 6379, db = 0 } = mirror.redis.options;
    await mirror.start(`redis://${name}:secret@${host}:${String(port)}/${String(db)}`);
    const ofMirror = async () => (await mirror.api.get('/health/ready')).body.checks.mirror as unknown;
    await eventually(async () => { expect(await ofMirror()).toEqual({ status: 'up' }); }); // prettier-ignore
    await mirror.redis.call('ACL', 'SETUSER', name, '-set', '-eval', '-evalsha');
    await mirror.api.post('/api/admin/feature-flags', { key: 'lamp', enabled: true });
    await eventually(async () => {
      expect(await ofMirror()).toEqual({
        status: 'degraded',
        detail: expect.stringContaining('does not take what is written (NOPERM)'),
      });
    });
    await mirror.redis.call('ACL', 'SETUSER', name, ...allowed);
    await eventually(async () => { expect(await ofMirror()).toEqual({ status: 'up' }); }); // prettier-ignore
    expect(await mirror.redis.exists('flags:staging:lamp')).toBe(1);
    await mirror.redis.call('ACL', 'DELUSER', name);
  });

  it('keeps nobody waiting while Redis accepts connections and never answers', async () => {
    const silent: TcpServer = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    await mirror.start(`redis://127.0.0.1:${String((silent.address() as AddressInfo).port)}/9`);
    await mirror.api.post('/api/admin/feature-flags', { key: 'checkout', enabled: true });
    expect((await mirror.api.post('/ofrep/v1/evaluate/flags/checkout', { context: {} })).body.value).toBe(true);
    expect((await mirror.servers[0]?.stop())?.code).toBe(0);
    expect(mirror.servers[0]?.logs()).not.toMatch(/took longer than|could not be stopped/);
    mirror.servers = [];
    silent.close();
  });

  it('is made anew for 5,000 flags', async () => {
    await mirror.start();
    await sql(
      mirror.servers[0]?.databaseUrl ?? '',
      `INSERT INTO flagtree.flags (key) SELECT 'flag-' || number FROM generate_series(1, 5000) AS number`,
    );
    const revision = await mirror.revisionNow();
    const isThere = async () => expect(await mirror.redis.get(MARKER)).toBe(String(revision));
    await eventually(isThere, 20_000);
    await mirror.redis.flushdb();
    const started = performance.now();
    await mirror.api.patch('/api/admin/feature-flags/flag-1', { enabled: true });
    await eventually(async () => expect(await mirror.redis.get(MARKER)).toBe(String(revision + 1)), 20_000);
    const took = performance.now() - started;
    expect(await mirror.redis.dbsize()).toBe(25_001);
    console.info(`25,000 keys of 5,000 flags made anew in ${took.toFixed(0)} ms`);
  }, 60_000);
});
