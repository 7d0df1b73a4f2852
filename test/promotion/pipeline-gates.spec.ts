import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import {
  ENVIRONMENTS,
  FLAGS,
  gateOf,
  PIPELINE,
  newFlag as makeFlag,
  promote as promoteBy,
  tokenOf as makeToken,
} from './gated-flags.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const newFlag = (fields?: object, override?: object) => makeFlag(api, fields, override);
const promote = (key: string, body?: object, as = api) => promoteBy(as, key, body);
const tokenOf = (role: string, environments?: string[]) => makeToken(api, role, environments);

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
