import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const DEFINITIONS = {
  $schema: 'https://flagd.dev/schema/v0/flags.json',
  metadata: { flagSetId: 'shop' },
  $evaluators: { staff: { ends_with: [{ var: 'email' }, '@example.com'] } },
  flags: {
    banner: {
      state: 'ENABLED',
      variants: { plain: 'Hello', staff: 'Hello, colleague', half: '' },
      defaultVariant: 'plain',
      targeting: { if: [{ $ref: 'staff' }, 'staff', { fractional: [['half', 1], ['plain', 1]] }] },
      metadata: { team: 'web' },
    },
    limit: { state: 'DISABLED', variants: { low: 10, high: 9_007_199_254_740_991 }, defaultVariant: 'low' },
  },
}; // prettier-ignore

describe('flagd definitions', () => {
  let server: TestServer;
  let api: Api;
  const evaluate = async (env: string, context: object) =>
    (await api.post(`/api/feature-flags/evaluate?env=${env}`, { context })).body.flags;

  beforeAll(async () => {
    server = await startServer();
    api = await Api.of(server.url, server.adminToken);
  });

  afterAll(() => server.stop());

  it('become flags and segments, as one revision, and say what cannot be kept', async () => {
    const tried = await api.post('/api/admin/import?format=flagd&dryRun=true', DEFINITIONS);
    expect(tried.status).toBe(200);
    expect((await api.get('/api/admin/feature-flags/banner')).status).toBe(404);
    const { status, body } = await api.post('/api/admin/import?format=flagd', DEFINITIONS);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      written: 3,
      notKept: [{ flag: null, detail: 'its metadata: flagSetId' }],
    });
    expect((await api.get('/api/admin/feature-flags/banner')).body).toMatchObject({
      type: 'string',
      enabled: true,
      rules: [{ id: 'targeting', targeting: DEFINITIONS.flags.banner.targeting }],
      offVariant: null,
      metadata: { team: 'web' },
    });
    expect((await api.get('/api/admin/segments/staff')).body.conditions).toEqual([{ jsonLogic: DEFINITIONS.$evaluators.staff }]);
    const flags = await evaluate('production', { targetingKey: 'u1', email: 'a@example.com' });
    expect(flags.banner).toMatchObject({ value: 'Hello, colleague', variant: 'staff', reason: 'TARGETING_MATCH' });
    expect(flags.limit).toMatchObject({ reason: 'DISABLED' });
    expect(flags.limit).not.toHaveProperty('value');
  });

  it('change nothing when they are imported again', async () => {
    expect((await api.post('/api/admin/import?format=flagd', DEFINITIONS)).body).toMatchObject({ written: 0 });
  });

  it('become overrides of one environment', async () => {
    const flags = {
      banner: { state: 'ENABLED', variants: { plain: 'Hi', loud: 'HI' }, defaultVariant: 'loud' },
      fresh: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' },
    };
    expect((await api.post('/api/admin/import?format=flagd&env=development', { flags })).status).toBe(200);
    expect((await evaluate('development', {})).banner).toMatchObject({ value: 'HI', reason: 'STATIC' });
    expect((await evaluate('development', {})).fresh).toMatchObject({ value: true });
    expect((await evaluate('production', { email: 'a@example.com' })).banner).toMatchObject({ variant: 'staff' });
    expect((await evaluate('production', {})).fresh).toMatchObject({ reason: 'DISABLED' });
  });

  it.each<[string, object, string[]]>([
    ['no flags', {}, ['/flags']],
    ['a wrong state', { flags: { a: { state: 'on', variants: { x: 1 } } } }, ['/flags/a/state']],
    ['variants of two kinds', { flags: { a: { state: 'ENABLED', variants: { x: 1, y: '1' } } } }, ['/flags/a/variants/y']],
    [
      'an unknown operator',
      { flags: { a: { state: 'ENABLED', variants: { x: 1 }, targeting: { if: [{ exec: [1] }, 'x'] } } } },
      ['/flags/a/targeting/if/0/exec'],
    ],
    ['a key that no flag can have', { flags: { 'ä ': { state: 'ENABLED', variants: { x: 1 } } } }, ['/flags/ä ']],
    ['an integer beyond 2^53', { flags: { a: { state: 'ENABLED', variants: { x: 2 ** 53 } } } }, ['/flags/a/variants/x']],
  ])('are refused by name with %s', async (_what, document, pointers) => {
    const { status, body } = await api.post('/api/admin/import?format=flagd', document);
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  it('are refused when they refer to an evaluator that there is not', async () => {
    const flags = { lost: { state: 'ENABLED', variants: { on: true }, targeting: { if: [{ $ref: 'nobody' }, 'on'] } } };
    const { status, body } = await api.post('/api/admin/import?format=flagd', { flags });
    expect([status, body.errors[0].code]).toEqual([422, 'unknown-segment']);
  });

  it('need an environment, to be exported', async () => {
    expect((await api.get('/api/admin/export?format=flagd')).body.errors).toMatchObject([{ pointer: '?env' }]);
    expect((await api.get('/api/admin/export?format=flagd&env=nowhere')).status).toBe(404);
  });

  it('are exported for an environment as flagd-core evaluates it to the same', async () => {
    await makeFlag(api, 'by-pattern', {
      rules: [{ id: 'r', conditions: [{ attribute: 'id', operator: 'matches', values: ['^a'] }], serve: { variant: 'on' } }],
    });
    await makeFlag(api, 'rollout', { percentage: 37.5 });
    const { status, body } = await api.get('/api/admin/export?format=flagd&env=production');
    expect(status).toBe(200);
    expect(body.omitted).toEqual([{ flag: 'by-pattern', detail: 'rule "r": flagd has no regular expressions' }]);
    const core = new FlagdCore(new MemoryStorage(silent), silent);
    core.setConfigurations(JSON.stringify(body));
    for (let user = 0; user < 50; user++) {
      const context = { targetingKey: `user-${String(user)}`, email: `user-${String(user)}@example.${user % 5 ? 'org' : 'com'}` };
      const ours = await evaluate('production', context);
      const banner = core.resolveStringEvaluation('banner', 'none', context, silent);
      expect({ value: banner.value, variant: banner.variant, reason: banner.reason }).toEqual({
        value: ours.banner.value,
        variant: ours.banner.variant,
        reason: ours.banner.reason,
      });
      expect(core.resolveBooleanEvaluation('rollout', true, context, silent).value).toBe(ours.rollout.value);
    }
    expect(core.resolveNumberEvaluation('limit', 7, {}, silent)).toMatchObject({ value: 7, reason: 'DISABLED' });
  });

  it('are exported as they were written, and written once, however often they go round [003-71]', async () => {
    const targeting = { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on', null] };
    const one = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting };
    let document: object = { flags: { 'rt.one': one } };
    for (const written of [1, 0, 0]) {
      const { body } = await api.post('/api/admin/import?format=flagd', document);
      expect(body).toMatchObject({ written, sections: { flags: { created: written, unchanged: 1 - written } } });
      const exported = (await api.get('/api/admin/export?format=flagd&env=production')).body;
      expect(exported.flags['rt.one']).toEqual(one);
      document = { flags: { 'rt.one': exported.flags['rt.one'] } };
    }
  });

  it('are nothing to write where they were exported from: rules, percentages, weights, overrides', async () => {
    const rules = [
      { id: 'r', conditions: [{ attribute: 'plan', operator: 'equals', values: ['pro'] }], serve: { variant: 'on' } },
    ];
    await makeFlag(api, 'rt.rules', { rules, percentage: 12.5, description: 'of rules', owner: 'ops', tags: ['a', 'b'] });
    await api.put('/api/admin/environments/staging/feature-flags/rt.rules', { rules: [], rulesMode: 'prepend', percentage: 50 });
    for (const env of ['production', 'staging', 'development']) {
      const text = (await api.get(`/api/admin/export?format=flagd&env=${env}`)).body;
      expect(text.flags['rt.rules'].metadata).toEqual({ description: 'of rules', owner: 'ops', tags: 'a,b' });
      for (const query of [`&env=${env}`, '']) {
        const { status, body } = await api.post(`/api/admin/import?format=flagd${query}`, text);
        expect([status, body.written, env]).toEqual([200, 0, env]);
      }
      expect((await api.get(`/api/admin/export?format=flagd&env=${env}`)).body).toEqual(text);
    }
  });

  it('keep description, owner and tags, and name what no flag can keep [003-9] [003-10] [003-11] [003-23]', async () => {
    const kept = {
      state: 'ENABLED',
      variants: { on: true },
      defaultVariant: 'on',
      description: 'leak',
      owner: 'ops',
      tags: ['a'],
      foo: 1,
    };
    const { body } = await api.post('/api/admin/import?format=flagd', { extra: 1, flags: { kept } });
    expect(body.notKept).toEqual([
      { flag: null, detail: 'its extra' },
      { flag: 'kept', detail: 'its foo' },
    ]);
    expect((await api.get('/api/admin/feature-flags/kept')).body).toMatchObject({
      description: 'leak',
      owner: 'ops',
      tags: ['a'],
    });
    const strict = await api.post('/api/admin/import?format=flagd&lenient=false', { extra: 1, flags: { kept } });
    expect([strict.status, strict.body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      400,
      ['/extra', '/flags/kept/foo'],
    ]);
  });

  it('are left out by name where they do not fit, when that is asked for', async () => {
    const good = { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on' };
    const flags = { good, bad: { ...good, targeting: { if: [{ exec: [1] }, 'on'] } } };
    expect((await api.post('/api/admin/import?format=flagd', { flags })).status).toBe(400);
    const { status, body } = await api.post('/api/admin/import?format=flagd&lenient=true', { flags });
    expect([status, body.written]).toEqual([200, 1]);
    expect(body.notKept).toEqual([
      { flag: 'bad', detail: expect.stringMatching(/^it is left out: .*\(at \/flags\/bad\/targeting\/if\/0\/exec\)$/) },
    ]);
  });

  it('that say only what differs become overrides of the environment [003-14]', async () => {
    await makeFlag(api, 'only.part', { enabled: false, defaultVariant: 'off', percentage: 40 });
    const part = { flags: { 'only.part': { state: 'ENABLED', defaultVariant: 'on' } } };
    expect((await api.post('/api/admin/import?format=flagd&env=development', part)).body).toMatchObject({ written: 1 });
    expect((await api.get('/api/admin/environments/development/feature-flags/only.part')).body).toMatchObject({
      enabled: true,
      defaultVariant: 'on',
      percentage: null,
      rules: null,
    });
    expect((await api.post('/api/admin/import?format=flagd&env=development', part)).body).toMatchObject({ written: 0 });
  });

  it('are refused with pointers into what was sent', async () => {
    const flags = { lost: { state: 'ENABLED', variants: { on: true }, targeting: { if: [{ $ref: 'nobody' }, 'on'] } } };
    const { body } = await api.post('/api/admin/import?format=flagd', { flags });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      body.errors.map(() => '/flags/lost/targeting'),
    );
    const long = { state: 'ENABLED', variants: { on: true }, owner: 'x'.repeat(201) };
    expect((await api.post('/api/admin/import?format=flagd', { flags: { long } })).body.errors).toMatchObject([
      { pointer: '/flags/long/owner' },
    ]);
  });

  it('come back as they were exported', async () => {
    const { body } = await api.get('/api/admin/export?format=flagd&env=production');
    await api.post('/api/admin/environments', { slug: 'copy', name: 'copy', parent: null });
    const { $evaluators, flags } = body;
    expect(
      (await api.post('/api/admin/import?format=flagd&env=copy', { $evaluators, flags: { banner: flags.banner } })).status,
    ).toBe(200);
    const again = (await api.get('/api/admin/export?format=flagd&env=copy')).body;
    const context = { targetingKey: 'u1' };
    expect((await evaluate('copy', context)).banner).toMatchObject({
      variant: (await evaluate('production', context)).banner.variant,
    });
    expect(again.flags.banner.variants).toEqual(flags.banner.variants);
  });

  it('are a source for flagd to poll, with an ETag that changes with the content only', async () => {
    const token = await makeToken(api, ['production']);
    const client = api.as(token);
    const first = await client.get('/flagd/v1/production/flags.json');
    expect(first.status).toBe(200);
    expect(Object.keys(first.body.flags)).toContain('banner');
    const etag = first.headers.get('etag')!;
    const poll = () => client.get('/flagd/v1/production/flags.json', { headers: { 'if-none-match': etag } });
    expect((await poll()).status).toBe(304);
    await api.put('/api/admin/environments/development/feature-flags/rollout', { percentage: 1 });
    expect((await poll()).status).toBe(304);
    await api.patch('/api/admin/feature-flags/rollout', { percentage: 40 });
    expect((await poll()).status).toBe(200);
    expect((await client.get('/flagd/v1/staging/flags.json')).status).toBe(403);
    expect((await client.get('/flagd/v1/production/flags.json', { token: null })).status).toBe(401);
    expect((await api.get('/flagd/v1/nowhere/flags.json')).status).toBe(404);
  });
});
