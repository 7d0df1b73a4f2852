import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';

describe('a flag', () => {
  it('starts off, with on and off when it is boolean', async () => {
    const answer = await api.post(FLAGS, { key: 'ui.dark_mode' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      key: 'ui.dark_mode',
      name: 'ui.dark_mode',
      type: 'boolean',
      enabled: false,
      percentage: 100,
      rules: [],
      variants: [
        { key: 'on', value: true },
        { key: 'off', value: false },
      ],
      defaultVariant: 'on',
      offVariant: 'off',
      bucketing: 'flagd-v2',
      prerequisites: [],
      version: 1,
    });
  });

  it('needs variants when it is of another type', async () => {
    const answer = await api.post(FLAGS, { key: 'theme', type: 'string' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'variants-missing', errors: [{ pointer: '/variants' }] } });
  });

  it.each([
    ['string', ['', 'x'.repeat(4_000), 'ünï ☃']],
    ['number', [0, -1.5, 0.1, 9007199254740991]],
    ['json', [{}, { deep: { list: [null, 0, false, ''] } }, [], null]],
    ['boolean', [true, false]],
  ])('keeps every value of type %s exactly, null, false, 0 and "" among them', async (type, values) => {
    const variants = values.map((value, index) => ({ key: `v${String(index)}`, value }));
    const key = `values.${type}`;
    await api.post(FLAGS, { key, type, variants, enabled: true });
    for (const { key: variant, value } of variants) {
      await api.patch(`${FLAGS}/${key}`, { defaultVariant: variant });
      const read = await api.get(`${FLAGS}/${key}`);
      expect(read.body.variants.find((one: { key: string }) => one.key === variant).value).toEqual(value);
      const evaluated = await api.post(`/ofrep/v1/evaluate/flags/${key}`, { context: {} });
      expect(evaluated.body).toMatchObject({ variant, value });
    }
  });

  it.each([
    ['a key that starts with a dot', { key: '.x' }, '/key'],
    ['__proto__ as key', { key: '__proto__' }, '/key'],
    ['a key of 256 characters', { key: 'x'.repeat(256) }, '/key'],
    ['a percentage below 0', { key: 'x', percentage: -1 }, '/percentage'],
    ['a percentage above 100', { key: 'x', percentage: 100.0001 }, '/percentage'],
    ['a percentage with four decimals', { key: 'x', percentage: 0.0001 }, '/percentage'],
    ['a percentage that is text', { key: 'x', percentage: 'NaN' }, '/percentage'],
    ['a percentage of null', { key: 'x', percentage: null }, '/percentage'],
    ['weights that sum to 0', { key: 'x', variants: [{ key: 'a', value: true, weight: 0 }] }, '/variants'],
    [
      'a variant twice',
      {
        key: 'x',
        variants: [
          { key: 'a', value: true },
          { key: 'a', value: false },
        ],
      },
      '/variants/1/key',
    ],
    ['a rule without serve', { key: 'x', rules: [{ id: 'r', conditions: [] }] }, '/rules/0/serve'],
    [
      'an unknown operator',
      {
        key: 'x',
        rules: [{ id: 'r', conditions: [{ attribute: 'a', operator: 'like', values: ['b'] }], serve: { variant: 'on' } }],
      },
      '/rules/0/conditions/0/operator',
    ],
    [
      'a regular expression that is none',
      {
        key: 'x',
        rules: [{ id: 'r', conditions: [{ attribute: 'a', operator: 'matches', values: ['('] }], serve: { variant: 'on' } }],
      },
      '/rules/0/conditions/0/values/0',
    ],
    ['an unknown type', { key: 'x', type: 'date' }, '/type'],
  ])('refuses %s', async (_what, body, pointer) => {
    const answer = await api.post(FLAGS, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await api.get(`${FLAGS}/x`)).status).toBe(404);
  });

  it.each([
    ['an unknown variant in a rule', { rules: [{ id: 'r', conditions: [], serve: { variant: 'maybe' } }] }, 'rules'],
    [
      'an unknown variant in a split',
      { rules: [{ id: 'r', conditions: [], serve: { split: [{ variant: 'maybe', weight: 1 }] } }] },
      'rules',
    ],
    ['an unknown default variant', { defaultVariant: 'maybe' }, 'defaultVariant'],
    ['an unknown segment', { rules: [{ id: 'r', conditions: [{ segment: 'nobody' }], serve: { variant: 'on' } }] }, 'rules'],
    ['a prerequisite that does not exist', { prerequisites: [{ flag: 'nope', variants: ['on'] }] }, 'prerequisites'],
    ['itself as a prerequisite', { prerequisites: [{ flag: 'broken', variants: ['on'] }] }, 'prerequisites'],
    [
      'values of another type',
      {
        variants: [
          { key: 'on', value: 'yes' },
          { key: 'off', value: false },
        ],
      },
      'variants',
    ],
  ])('refuses %s, naming every environment that it would break', async (_what, edit, field) => {
    await api.post(FLAGS, { key: 'broken' });
    const answer = await api.patch(`${FLAGS}/broken`, edit);
    expect(answer.status).toBe(422);
    const places = answer.body.errors.map(
      (error: { environment: string; field: string }) => `${error.environment} ${error.field}`,
    );
    expect(new Set(places)).toEqual(
      new Set(['production', 'staging', 'development'].map((environment) => `${environment} ${field}`)),
    );
    expect((await api.get(`${FLAGS}/broken`)).body.version).toBe(1);
  });

  it('is archived, not deleted, and its key stays taken', async () => {
    await api.post(FLAGS, { key: 'old.flag', enabled: true });
    const planned = await api.delete(`${FLAGS}/old.flag?dryRun=true`);
    expect(planned.body.effect).toContainEqual({
      environment: 'production',
      flag: 'old.flag',
      field: 'exists',
      before: true,
      after: false,
    });
    expect((await api.delete(`${FLAGS}/old.flag`)).status).toBe(204);
    expect((await api.get(`${FLAGS}/old.flag`)).body.archivedAt).not.toBeNull();
    expect((await api.post('/ofrep/v1/evaluate/flags/old.flag', { context: {} })).body).toMatchObject({
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await api.post(FLAGS, { key: 'old.flag' })).toMatchObject({ status: 409, body: { code: 'flag-archived' } });
    expect(await api.patch(`${FLAGS}/old.flag`, { enabled: true })).toMatchObject({
      status: 404,
      body: { code: 'flag-archived' },
    });
    const listed = async (query: string) => (await api.get(`${FLAGS}?search=old.flag${query}`)).body.items.length as number;
    expect([await listed(''), await listed('&archived=true')]).toEqual([0, 1]);
  });

  it('is found by part of its name, tag and owner', async () => {
    await api.post(FLAGS, { key: 'search.a', name: 'Checkout redesign', tags: ['checkout'], owner: 'team-a' });
    await api.post(FLAGS, { key: 'search.b', description: 'The checkout of old', tags: ['legacy'], owner: 'team-b' });
    const keys = async (query: string) =>
      (await api.get(`${FLAGS}?${query}`)).body.items.map(({ key }: { key: string }) => key) as string[];
    expect(await keys('search=CHECKOUT')).toEqual(['search.a', 'search.b']);
    expect(await keys('tag=legacy')).toEqual(['search.b']);
    expect(await keys('owner=team-a&search=checkout')).toEqual(['search.a']);
  });
});

describe('resolution', () => {
  it('finds each field on its own along the chain, with its provenance', async () => {
    await api.post(FLAGS, { key: 'layers' });
    await api.patch(`${FLAGS}/layers`, { environment: 'development', enabled: true });
    const rules = [
      { id: 'beta', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } },
    ];
    await api.patch(`${FLAGS}/layers`, { environment: 'staging', rules });
    const { body } = await api.get(`${FLAGS}/layers?env=development`);
    expect(body.resolved).toMatchObject({
      enabled: { value: true, source: { kind: 'environment', slug: 'development' }, state: 'overridden' },
      rules: {
        source: { kind: 'environment', slug: 'staging' },
        state: 'inherited',
        sources: [{ kind: 'environment', slug: 'staging' }],
      },
      variants: { source: { kind: 'flag' }, state: 'inherited' },
    });
    expect(body.resolved.rules.value).toEqual(rules);
  });

  it('gives the matrix of flags and environments in one list', async () => {
    const { body } = await api.get(`${FLAGS}?search=layers&envs=production,staging,development`);
    const [{ environments }] = body.items;
    const columns = environments as Record<
      string,
      { enabled: boolean; resolved: { enabled: { value: boolean; state: string } } }
    >;
    const enabled = Object.entries(columns).map(([slug, { enabled: here, resolved }]) => [slug, here, resolved.enabled]);
    expect(enabled).toEqual([
      ['production', false, { value: false, source: { kind: 'flag' }, state: 'inherited' }],
      ['staging', false, { value: false, source: { kind: 'flag' }, state: 'inherited' }],
      ['development', true, { value: true, source: { kind: 'environment', slug: 'development' }, state: 'overridden' }],
    ]);
  });

  it.each([
    ['an unknown environment', 'env=nope', 404],
    ['one of several that is unknown', 'envs=staging,nope', 404],
    ['both kinds at once', 'env=staging&envs=staging', 400],
    ['the same parameter twice', 'env=staging&env=production', 400],
    ['a parameter that does not exist', 'environment=staging', 400],
  ])('refuses %s', async (_what, query, status) => {
    expect((await api.get(`${FLAGS}?${query}`)).status).toBe(status);
  });
});

describe('segments', () => {
  it('are shared by rules, and an edit tells whom it touches', async () => {
    const beta = [{ attribute: 'plan', operator: 'in', values: ['beta'] }];
    expect((await api.post('/api/admin/segments', { key: 'beta-testers', conditions: beta })).status).toBe(201);
    await api.post(FLAGS, {
      key: 'seg.flag',
      enabled: true,
      defaultVariant: 'off',
      rules: [{ id: 'beta', conditions: [{ segment: 'beta-testers' }], serve: { variant: 'on' } }],
    });
    const evaluate = async (plan: string) =>
      (await api.post('/ofrep/v1/evaluate/flags/seg.flag', { context: { plan } })).body.variant as string;
    expect([await evaluate('beta'), await evaluate('free')]).toEqual(['on', 'off']);

    const conditions = [{ attribute: 'plan', operator: 'in', values: ['free'] }];
    const planned = await api.patch('/api/admin/segments/beta-testers?dryRun=true', { conditions });
    expect(
      planned.body.effect.map(({ environment, field }: { environment: string; field: string }) => `${environment} ${field}`),
    ).toEqual(['production', 'staging', 'development'].map((slug) => `${slug} segment:beta-testers`));
    await api.patch('/api/admin/segments/beta-testers', { conditions });
    expect([await evaluate('beta'), await evaluate('free')]).toEqual(['off', 'on']);
  });

  it('cannot be deleted while a rule refers to them', async () => {
    const answer = await api.delete('/api/admin/segments/beta-testers');
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ flag: 'seg.flag', field: 'rules' });
    await api.patch(`${FLAGS}/seg.flag`, { rules: [] });
    expect((await api.delete('/api/admin/segments/beta-testers')).status).toBe(204);
  });
});
