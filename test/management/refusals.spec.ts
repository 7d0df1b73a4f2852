import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

interface Told {
  pointer: string;
  code: string;
}

describe('what is refused', () => {
  let server: TestServer;
  let api: Api;

  beforeAll(async () => {
    server = await startServer();
    api = await Api.of(server.url, server.adminToken);
  });
  afterAll(() => server.stop());

  const told = ({ status, body }: { status: number; body: { errors?: Told[] } }) => [
    status,
    ...(body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
  ];
  const variants = (...values: unknown[]) => values.map((value, index) => ({ key: `v${String(index)}`, value }));
  const evaluate = async (flag: string, context: object) =>
    (await api.post('/api/feature-flags/evaluate?env=production', { context })).body.flags[flag];

  it('is told with pointers that lead to the place in the body', async () => {
    const wrong = { key: 'pointed', type: 'string', variants: variants('a', 5), defaultVariant: 'v0' };
    expect(told(await api.post('/api/admin/feature-flags', wrong))).toEqual([
      422,
      ...Array<string>(3).fill('/variants/1/value malformed'),
    ]);
    const rules = [
      { id: 'a', serve: { variant: 'v0' } },
      { id: 'b', serve: { split: [{ variant: 'v0', weight: 1 }, { variant: 'nobody', weight: 1 }] } },
      { id: 'c', conditions: [{ segment: 'nobody' }], serve: { variant: 'v0' } },
    ]; // prettier-ignore
    const broken = await api.post('/api/admin/feature-flags', { ...wrong, variants: variants('a'), rules });
    expect([...new Set(told(broken))]).toEqual([
      422,
      '/rules/1/serve/split/1/variant unknown-variant',
      '/rules/2 unknown-segment',
    ]);
    await api.post('/api/admin/feature-flags', { key: 'pointed', type: 'string', variants: variants('a'), rules: [rules[0]] });
    const override = { rules: [rules[1]], rulesMode: 'append' };
    const there = await api.put('/api/admin/environments/development/feature-flags/pointed', override);
    expect(told(there)).toEqual([422, '/rules/0/serve/split/1/variant unknown-variant']);
  });

  it('is told all at once', async () => {
    const rules = [{ serve: { variant: 5 } }, { id: 'a b', conditions: [{ attribute: 'x' }], serve: {} }];
    expect(told(await api.post('/api/admin/feature-flags', { key: 'all', rules }))).toEqual([
      400,
      '/rules/0/id required',
      '/rules/0/serve/variant wrong-type',
      '/rules/1/id bad-id',
      '/rules/1/conditions/0/operator required',
      '/rules/1/serve/variant required',
    ]);
  });

  it('is not a rule without conditions, which always holds', async () => {
    const made = await api.post('/api/admin/feature-flags', {
      key: 'always',
      enabled: true,
      rules: [{ id: 'r', serve: { variant: 'off' } }],
    });
    expect(made.status).toBe(201);
    expect(await evaluate('always', {})).toMatchObject({ variant: 'off', reason: 'TARGETING_MATCH' });
    expect((await api.get('/api/admin/export?format=flagd&env=production')).body.flags.always.targeting).toEqual({
      if: [false, null, 'off'],
    });
  });

  it('is a segment that names itself, a ring of them, or one that names what there is not', async () => {
    const post = (key: string, ...named: string[]) =>
      api.post('/api/admin/segments', { key, conditions: named.map((segment) => ({ segment })) });
    expect(told(await post('self', 'self'))).toEqual([422, '/conditions segment-cycle']);
    expect(told(await post('lost', 'nobody'))).toEqual([422, '/conditions unknown-segment']);
    expect((await post('inner')).status).toBe(201);
    expect((await post('outer', 'inner')).status).toBe(201);
    const ring = await api.patch('/api/admin/segments/inner', { conditions: [{ not: { segment: 'outer' } }] });
    expect(ring).toMatchObject({ status: 422, body: { code: 'invalid-segment' } });
    expect(told(await api.delete('/api/admin/segments/inner'))).toEqual([422, '/conditions unknown-segment']);
    const document = {
      format: 'flagtree-states',
      version: 1,
      segments: [{ key: 'a' }, { key: 'b', conditions: [{ segment: 'c' }] }],
    };
    expect(told(await api.post('/api/admin/import', document))).toEqual([422, '/segments/1/conditions unknown-segment']);
    expect((await api.get('/api/admin/segments')).body.items.map(({ key }: { key: string }) => key)).toEqual(['inner', 'outer']);
  });

  it('is a version that SemVer 2.0 does not know, unless the condition is lenient', async () => {
    const rule = (id: string, more: object) => ({
      id,
      conditions: [{ attribute: 'version', operator: 'semver_equals', values: ['2.0.0'], ...more }],
      serve: { variant: 'on' },
    });
    const flag = (key: string, more: object) =>
      api.post('/api/admin/feature-flags', { key, enabled: true, defaultVariant: 'off', rules: [rule('r', more)] });
    expect(told(await flag('v', { values: ['v2.0.0'] }))).toEqual([400, '/rules/0/conditions/0/values/0 bad-version']);
    expect((await flag('strict', {})).status).toBe(201);
    expect((await flag('lenient', { lenient: true, values: ['v2.0.0'] })).status).toBe(201);
    const on = async (version: string) =>
      [await evaluate('strict', { version }), await evaluate('lenient', { version })].map(({ variant }) => variant);
    expect(await on('2.0.0')).toEqual(['on', 'on']);
    for (const version of ['v2.0.0', ' 2.0.0']) expect(await on(version)).toEqual(['off', 'on']);
    for (const version of ['V2.0.0', '2.0', '=2.0.0']) expect(await on(version)).toEqual(['off', 'off']);
  });

  it('is told with its true cause', async () => {
    const number = { attribute: 'n', operator: 'greater_than', values: [-1.7e308] };
    const answer = await api.post('/api/admin/feature-flags', {
      key: 'low',
      rules: [{ id: 'r', conditions: [number], serve: { variant: 'on' } }],
    });
    expect(answer.body.errors).toEqual([
      expect.objectContaining({
        pointer: '/rules/0/conditions/0/values/0',
        code: 'integer-too-small',
        detail: expect.stringContaining('below −(2^53 − 1)'),
      }),
    ]);
  });

  it('is no attribute with a dot in a name: a JSON Pointer leads to it', async () => {
    const conditions = [{ attribute: '/a/b.c/d~1e', operator: 'equals', values: [1] }];
    await api.post('/api/admin/feature-flags', {
      key: 'dots',
      enabled: true,
      defaultVariant: 'off',
      rules: [{ id: 'r', conditions, serve: { variant: 'on' } }],
    });
    expect(await evaluate('dots', { a: { 'b.c': { 'd/e': 1 } } })).toMatchObject({ variant: 'on' });
    expect(await evaluate('dots', { a: { b: { c: { 'd/e': 1 } } } })).toMatchObject({ variant: 'off' });
  });

  it('is no key as long as keys may be, nor its name, wherever they go', async () => {
    const key = 'k'.repeat(255);
    expect((await api.post('/api/admin/feature-flags', { key })).status).toBe(201);
    expect((await api.post('/api/admin/segments', { key })).status).toBe(201);
    const states = (await api.get('/api/admin/export')).body;
    expect(await api.post('/api/admin/import', states)).toMatchObject({ status: 200, body: { written: 0 } });
    const long = 'l'.repeat(255);
    const flags = { [long]: { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on' } };
    expect(await api.post('/api/admin/import?format=flagd', { flags })).toMatchObject({ status: 200, body: { written: 1 } });
  });
});
