import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';
const ENVIRONMENTS = '/api/admin/environments';
const PIPELINE = '/api/admin/pipelines/main';

/** A flag that is on in development, and in the middle of nothing else. */
let counter = 0;
async function newFlag(fields: object = {}, override: object = { enabled: true }): Promise<string> {
  const key = `gated-${String(++counter)}`;
  await api.post(FLAGS, { key, ...fields });
  await api.patch(`${FLAGS}/${key}`, { environment: 'development', ...override });
  return key;
}

const promote = (key: string, body: object = {}, as = api) =>
  as.post(`${FLAGS}/${key}/promote`, { from: 'development', to: 'staging', ...body });
const gateOf = (body: { gates: { gate: string; state: string }[] }, name: string) => body.gates.find(({ gate }) => gate === name);

async function tokenOf(role: string, environments?: string[]): Promise<Api> {
  const made = await api.post('/api/admin/tokens', {
    name: `${role}-${String(++counter)}`,
    kind: 'admin',
    role,
    ...(environments && { environments, includeDescendants: true }),
  });
  return api.as(made.body.token as string);
}

describe('what every promotion must meet', () => {
  it('saved checks hold afterwards: else it is blocked, by name, and says what to do', async () => {
    const key = await newFlag();
    await api.put(`${FLAGS}/${key}/checks/stays-off`, { environment: 'staging', context: {}, variant: 'off' });
    const plan = await promote(key, { dryRun: true });
    expect(plan).toMatchObject({ status: 200, body: { result: 'blocked' } });
    const refused = await promote(key);
    expect(refused).toMatchObject({ status: 409, body: { code: 'promotion-blocked', result: 'blocked' } });
    expect(refused.body.detail).toContain(
      'Gate checks: "stays-off" of "' + key + '" expects "off" in staging and would get "on". Correct the flag, or the check',
    );
    expect(refused.body.gates).toEqual(plan.body.gates);
    expect((await api.get(`/api/admin/environments/staging/feature-flags/${key}`)).status).toBe(404);
  });

  it('a check of a descendant blocks only when the promotion breaks it', async () => {
    const key = await newFlag({}, { percentage: 50 });
    await api.put(`${FLAGS}/${key}/checks/off-in-staging`, { environment: 'staging', context: {}, variant: 'off' });
    await api.put(`${FLAGS}/${key}/checks/never-held`, { environment: 'development', context: {}, variant: 'on' });
    await api.post('/api/admin/environments', { slug: `leaf-${key}`, parent: 'staging' });
    await api.patch(`${FLAGS}/${key}`, { environment: `leaf-${key}`, enabled: true });
    const up = await api.post(`${FLAGS}/${key}/promote`, { from: `leaf-${key}`, to: 'production', dryRun: true });
    expect(gateOf(up.body, 'checks')).toMatchObject({ state: 'failed', reason: expect.stringContaining('"off-in-staging"') });
    expect(gateOf(up.body, 'checks')).toMatchObject({ reason: expect.not.stringContaining('"never-held"') });
  });

  it('no evaluation ends in an error', async () => {
    const key = await newFlag({}, { enabled: true, percentage: 50 });
    const refused = await promote(key, { contexts: [{ plan: 'without a targeting key' }] });
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Gate evaluation') } });
    expect(refused.body.detail).toContain('TARGETING_KEY_MISSING for context 1 in staging');
    expect(await promote(key, { contexts: [{ targetingKey: 'user-1' }] })).toMatchObject({
      status: 200,
      body: { result: 'applied' },
    });
  });

  it('prerequisites that the target has differently block by name, come along, or are only told', async () => {
    const required = await newFlag();
    const key = await newFlag({ prerequisites: [{ flag: required, variants: ['on'] }] });
    const refused = await promote(key);
    expect(refused).toMatchObject({ status: 409, body: { code: 'promotion-blocked' } });
    expect(refused.body.detail).toContain(`prerequisite "${required}" of "${key}" differs in staging (enabled)`);
    expect((await promote(key, { dependencies: 'ignore', dryRun: true })).body).toMatchObject({
      result: 'applied',
      flags: [key],
    });
    expect((await promote(key, { dependencies: 'include' })).body).toMatchObject({
      result: 'applied',
      flags: [required, key].sort(),
    });
  });

  it('lists the segments that the promoted rules need', async () => {
    await api.post('/api/admin/segments', {
      key: `staff-${String(counter)}`,
      conditions: [{ attribute: 'staff', operator: 'equals', values: [true] }],
    });
    const rules = [{ id: 'r', conditions: [{ segment: `staff-${String(counter)}` }], serve: { variant: 'on' } }];
    const key = await newFlag({}, { rules });
    const plan = await promote(key, { dryRun: true });
    expect(plan.body.dependencies).toMatchObject([{ kind: 'segment', state: 'same', flag: key }]);
    expect(plan.body.branches).toEqual([{ environment: 'staging', flag: key, branch: 'off', reachedBy: [] }]);
  });

  it('no flag is newly broken, in any descendant', async () => {
    const extra = [{ key: 'on', value: true }, { key: 'off', value: false }, { key: 'extra', value: true }]; // prettier-ignore
    const key = await newFlag({}, { variants: extra, defaultVariant: 'extra' });
    const refused = await promote(key, { fields: ['defaultVariant'] });
    expect(refused).toMatchObject({ status: 409, body: { code: 'promotion-blocked' } });
    expect(refused.body.detail).toContain(`Gate valid: "${key}" would be broken in staging`);
    expect(await promote(key)).toMatchObject({ status: 200, body: { result: 'applied' } });
  });
});

describe('protected environments', () => {
  it('need a promoter, also where a protected child changes through its parent', async () => {
    await api.post('/api/admin/environments', { slug: 'vault', parent: 'staging', settings: { protected: true } });
    const key = await newFlag();
    const developer = await tokenOf('developer');
    const plan = await promote(key, { dryRun: true }, developer);
    expect(plan.body).toMatchObject({ result: 'blocked' });
    expect(plan.body.effect).toContainEqual({ environment: 'vault', flag: key, field: 'enabled', before: false, after: true });
    expect(gateOf(plan.body, 'permission')).toMatchObject({ state: 'failed', environment: 'vault' });
    const refused = await promote(key, {}, developer);
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'promotion-not-permitted', detail: expect.stringMatching(/vault.*[^.]\.$/) },
    });
    expect(await promote(key, {}, await tokenOf('promoter'))).toMatchObject({ status: 200, body: { result: 'applied' } });
    await api.delete('/api/admin/environments/vault');
  });

  it('are out of reach for a token of another subtree, and taking back needs the same rights', async () => {
    const key = await newFlag();
    const scoped = await tokenOf('promoter', ['development']);
    expect(await promote(key, {}, scoped)).toMatchObject({ status: 403 });
    const { id } = (await promote(key)).body;
    expect(await scoped.post(`/api/admin/promotions/${id}/revert`, {})).toMatchObject({
      status: 403,
      body: { code: 'promotion-not-permitted' },
    });
  });
});

describe('a pipeline', () => {
  const steps = (gates: object[] = []) => [
    { environment: 'development' },
    { environment: 'staging', gates },
    { environment: 'production' },
  ];
  const put = (body: object) => api.put(PIPELINE, { steps: steps(), ...body });

  beforeEach(async () => {
    await api.delete(PIPELINE);
  });

  it('is data with its own API', async () => {
    const made = await put({
      description: 'the usual way',
      direction: 'next-step',
      steps: steps([{ gate: 'soak', minutes: 60 }]),
    });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'main', direction: 'next-step', steps: [{ environment: 'development', gates: [] }, {}, {}] },
    });
    expect((await api.get('/api/admin/pipelines')).body.items).toHaveLength(1);
    const changed = await api.put(PIPELINE, { steps: steps() }, { headers: { 'if-match': made.headers.get('etag') ?? '' } });
    expect(changed).toMatchObject({ status: 200, body: { direction: 'any', description: null } });
    expect(
      await api.put(PIPELINE, { steps: steps() }, { headers: { 'if-match': made.headers.get('etag') ?? '' } }),
    ).toMatchObject({ status: 412 });
    const [entry] = (await api.get('/api/flags/audit?limit=1')).body.items;
    expect(entry).toMatchObject({ entity: 'pipeline', action: 'updated' });
    expect(await api.delete(PIPELINE)).toMatchObject({ status: 204 });
    expect(await api.get(PIPELINE)).toMatchObject({ status: 404, body: { code: 'pipeline-not-found' } });
  });

  it.each([
    [
      'a gate that there is not',
      [{ environment: 'a' }, { environment: 'b', gates: [{ gate: 'luck' }] }],
      '/steps/1/gates/0',
      400,
    ],
    ['a soak without minutes', [{ environment: 'a' }, { environment: 'b', gates: [{ gate: 'soak' }] }], '/steps/1/gates/0', 400],
    [
      'a place that is no time zone',
      [{ environment: 'a' }, { environment: 'b', gates: [{ gate: 'frozen-hours', timeZone: 'Mars', windows: [] }] }],
      '/steps/1/gates/0',
      400,
    ],
    ['one step', [{ environment: 'a' }], '/steps', 400],
    ['the same environment twice', [{ environment: 'a' }, { environment: 'a' }], '/steps/1/environment', 400],
    ['an environment that there is not', [{ environment: 'staging' }, { environment: 'nowhere' }], '/steps/1/environment', 422],
  ])('refuses %s', async (_what, wrong, pointer, status) => {
    const refused = await put({ steps: wrong });
    expect(refused).toMatchObject({ status, body: { errors: [{ pointer }] } });
  });

  it('refuses promotions against its direction, and over a step, where it says so', async () => {
    await put({ direction: 'forward' });
    const key = await newFlag();
    await api.patch(`${FLAGS}/${key}`, { environment: 'production', percentage: 10 });
    await api.patch(`${FLAGS}/${key}`, { environment: 'staging', percentage: 50 });
    const back = await promote(key, { from: 'production', to: 'staging' });
    expect(back).toMatchObject({ status: 409, body: { code: 'promotion-blocked' } });
    expect(back.body.detail).toContain(
      'Gate direction: production → staging is not the way of the pipeline main (development → staging → production)',
    );
    expect((await promote(key, { to: 'production', dryRun: true })).body.result).toBe('applied');
    await put({ direction: 'next-step' });
    expect((await promote(key, { to: 'production', dryRun: true })).body.result).toBe('blocked');
    const done = await promote(key);
    expect(done.body.gates).toContainEqual(
      expect.objectContaining({ gate: 'direction', pipeline: 'main', environment: 'staging', state: 'passed' }),
    );
  });

  it('makes a flag wait until it has rested in the source; taking back waits for nothing', async () => {
    const key = await newFlag();
    const { id } = (await promote(key)).body;
    await put({ direction: 'forward', steps: steps([{ gate: 'soak', minutes: 60 }, { gate: 'reason' }]) });
    await api.patch(`${FLAGS}/${key}`, { environment: 'development', percentage: 7 });
    const refused = await promote(key);
    expect(gateOf(refused.body, 'soak')).toMatchObject({
      state: 'waiting',
      reason: expect.stringMatching(new RegExp(`"${key}" until 20\\d\\d-`)),
    });
    expect(gateOf(refused.body, 'reason')).toMatchObject({ state: 'failed', reason: expect.stringContaining('send "reason"') });
    expect(gateOf((await promote(key, { reason: 'because', dryRun: true })).body, 'reason')).toMatchObject({ state: 'passed' });
    expect(await api.post(`/api/admin/promotions/${id}/revert`, {})).toMatchObject({ status: 200, body: { result: 'applied' } });
  });

  it('takes another parent of the source for a change of all its flags, whatever gave it one', async () => {
    const places = [['soak-a', 'production'], ['soak-b', 'production'], ['soak-source', 'soak-a']]; // prettier-ignore
    for (const [slug, parent] of places) await api.post(ENVIRONMENTS, { slug, parent });
    const key = await newFlag();
    await api.patch(`${FLAGS}/${key}`, { environment: 'soak-source', enabled: true });
    await put({ steps: [{ environment: 'soak-source' }, { environment: 'staging', gates: [{ gate: 'soak', minutes: 60 }] }] });
    const until = async (): Promise<string> => {
      const plan = await promote(key, { from: 'soak-source', dryRun: true });
      const { reason } = gateOf(plan.body, 'soak') as unknown as { reason: string };
      return /until (\S+Z)/.exec(reason)?.[1] ?? '';
    };
    const moved = { slug: 'soak-source', name: 'soak-source', parent: 'soak-a' };
    const doors: (() => Promise<Answer>)[] = [
      () => api.patch(`${ENVIRONMENTS}/soak-source?force=true`, { parent: 'soak-b' }),
      () => api.post('/api/admin/import?force=true', { format: 'flagtree-states', version: 2, environments: [moved] }),
      () => api.delete(`${ENVIRONMENTS}/soak-a?force=true`),
    ];
    let before = await until();
    for (const door of doors) {
      expect((await door()).status).toBeLessThan(300);
      const now = await until();
      expect(now > before).toBe(true);
      before = now;
    }
  });

  it('tells a token nothing of what is evaluated where it may not look', async () => {
    const key = await newFlag();
    await api.put(`${FLAGS}/${key}/checks/stays-off`, { environment: 'production', context: {}, variant: 'off' });
    const limited = await tokenOf('promoter', ['development']);
    const order = { to: 'production', contexts: [{ targetingKey: 'spy' }], dryRun: true };
    expect((await promote(key, order)).body.checks).toHaveLength(2);
    const plan = await promote(key, order, limited);
    expect(plan).toMatchObject({ status: 200, body: { result: 'blocked', checks: [], branches: [] } });
    expect(gateOf(plan.body, 'checks')).toMatchObject({ state: 'failed', reason: expect.stringContaining('may not evaluate') });
  });

  it('lets nothing in during frozen hours, or without a check where it asks for one', async () => {
    const always = {
      gate: 'frozen-hours',
      timeZone: 'Pacific/Auckland',
      windows: [
        { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'], from: '00:00', to: '24:00' },
      ],
    };
    await put({ steps: steps([always]) });
    const key = await newFlag();
    const refused = await promote(key);
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('staging is frozen') } });
    expect(gateOf(refused.body, 'frozen-hours')).toMatchObject({ state: 'waiting' });
    await put({ steps: steps([{ gate: 'has-checks' }]) });
    expect((await promote(key, { dryRun: true })).body.result).toBe('blocked');
    await api.put(`${FLAGS}/${key}/checks/everybody`, { context: {}, variant: 'on' });
    expect((await promote(key)).body.result).toBe('applied');
  });
});

describe('checks', () => {
  it('are listed, edited by version and deleted; a variant that there is not is refused', async () => {
    const key = await newFlag();
    const made = await api.put(`${FLAGS}/${key}/checks/one`, { context: { plan: 'x' }, variant: null });
    const tag = made.headers.get('etag') ?? '';
    expect(
      await api.put(`${FLAGS}/${key}/checks/one`, { context: {}, variant: 'on' }, { headers: { 'if-match': tag } }),
    ).toMatchObject({ status: 200 });
    expect(
      await api.put(`${FLAGS}/${key}/checks/one`, { context: {}, variant: 'on' }, { headers: { 'if-match': tag } }),
    ).toMatchObject({ status: 412 });
    expect(await api.put(`${FLAGS}/${key}/checks/two`, { context: {}, variant: 'nothing' })).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'unknown-variant' }] },
    });
    expect(await api.put(`${FLAGS}/${key}/checks/two`, { context: 'x', variant: 'on' })).toMatchObject({ status: 400 });
    expect((await api.get(`${FLAGS}/${key}/checks`)).body.items).toMatchObject([
      { name: 'one', flag: key, context: {}, variant: 'on', version: 2 },
    ]);
    expect(await api.delete(`${FLAGS}/${key}/checks/one`)).toMatchObject({ status: 204 });
    expect(await api.delete(`${FLAGS}/${key}/checks/one`)).toMatchObject({ status: 404, body: { code: 'check-not-found' } });
    const entries = (await api.get(`/api/flags/audit?flag=${key}`)).body.items.filter(
      ({ entity }: { entity: string }) => entity === 'check',
    );
    expect(entries.map(({ action }: { action: string }) => action)).toEqual(['deleted', 'updated', 'created']);
  });
});

describe('an environment that is a step of a pipeline', () => {
  const steps = [{ environment: 'short-lived' }, { environment: 'staging' }];

  beforeAll(async () => {
    await api.post('/api/admin/environments', { slug: 'short-lived', parent: 'staging' });
    await api.put('/api/admin/pipelines/of-the-short-lived', { direction: 'next-step', steps });
  });

  it('is not deleted under it: nothing could be promoted from it, and no export imported', async () => {
    for (const query of ['?force=true', '?force=true&dryRun=true']) {
      const refused = await api.delete(`/api/admin/environments/short-lived${query}`);
      expect(refused).toMatchObject({ status: 409, body: { code: 'environment-in-pipeline' } });
      expect(refused.body.detail).toContain('The pipeline "of-the-short-lived" has a step in "short-lived"');
      expect(refused.body.detail).toContain('/api/admin/pipelines/of-the-short-lived');
    }
  });

  it('goes by an import that takes it out of the pipeline, or the pipeline away, and by no other', async () => {
    const { body: document } = await api.get('/api/admin/export');
    const without = {
      ...document,
      environments: document.environments.filter(({ slug }: { slug: string }) => slug !== 'short-lived'),
      overrides: document.overrides.filter(({ environment }: { environment: string }) => environment !== 'short-lived'),
    };
    const { pipelines: _pipelines, ...silent } = without;
    const replaced = (body: object, query = '') => api.post(`/api/admin/import?mode=replace&force=true${query}`, body);
    for (const query of ['&dryRun=true', '']) {
      expect(await replaced(silent, query)).toMatchObject({ status: 409, body: { code: 'environment-in-pipeline' } });
    }
    const pipelines = without.pipelines.filter(({ name }: { name: string }) => name !== 'of-the-short-lived');
    expect(await replaced({ ...without, pipelines }, '&dryRun=true')).toMatchObject({ status: 200 });
    expect(await replaced({ ...without, pipelines })).toMatchObject({ status: 200 });
    expect((await api.get('/api/admin/environments/short-lived')).status).toBe(404);
    expect((await api.get('/api/admin/pipelines/of-the-short-lived')).status).toBe(404);
  });
});

describe('If-Match', () => {
  beforeAll(() => api.delete(PIPELINE));

  const stale = { headers: { 'if-match': '"seen-before"' } };

  it('makes nothing anew that was deleted since it was seen', async () => {
    const steps = [{ environment: 'development' }, { environment: 'staging' }];
    const key = await newFlag();
    for (const [path, body] of [
      ['/api/admin/pipelines/gone', { steps }],
      [`${FLAGS}/${key}/checks/gone`, { context: {}, variant: 'on' }],
    ] as const) {
      expect(await api.put(path, body, stale)).toMatchObject({ status: 412, body: { code: 'stale-version', current: null } });
    }
    expect((await api.get('/api/admin/pipelines/gone')).status).toBe(404);
  });

  it('is honoured by a promotion of one flag to one target however it is asked for, by its dry run, and by taking it back', async () => {
    const key = await newFlag({}, { enabled: true });
    const request = { flags: [key], from: 'development', to: ['staging'] };
    for (const query of ['', '?dryRun=true']) {
      expect((await api.post(`${FLAGS}/${key}/promote${query}`, { from: 'development', to: 'staging' }, stale)).status).toBe(412);
      expect((await api.post(`/api/admin/promotions${query}`, request, stale)).status).toBe(412);
      const several = await api.post(`/api/admin/promotions${query}`, { ...request, flags: ['*'] }, stale);
      expect(several).toMatchObject({ status: 400, body: { code: 'if-match-not-applicable' } });
    }
    const { etag } = Object.fromEntries((await api.get(`${FLAGS}/${key}?env=staging`)).headers);
    const done = await api.post('/api/admin/promotions', request, { headers: { 'if-match': String(etag) } });
    expect(done.body.result).toBe('applied');
    const path = `/api/admin/promotions/${String(done.body.id)}`;
    const seen = { headers: { 'if-match': String((await api.get(path)).headers.get('etag')) } };
    expect((await api.post(`${path}/revert`, {}, stale)).status).toBe(412);
    expect((await api.post(`${path}/revert?dryRun=true`, {}, stale)).status).toBe(412);
    expect((await api.post(`${path}/revert`, {}, seen)).body.result).toBe('applied');
    expect((await api.post(`${path}/revert`, {}, seen)).status).toBe(412);
  });
});
