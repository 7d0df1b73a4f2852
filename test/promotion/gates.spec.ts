import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { FLAGS, gateOf, PIPELINE, newFlag as makeFlag, promote as promoteBy, tokenOf as makeToken } from './gated-flags.js';

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
      key: 'staff',
      conditions: [{ attribute: 'staff', operator: 'equals', values: [true] }],
    });
    const rules = [{ id: 'r', conditions: [{ segment: 'staff' }], serve: { variant: 'on' } }];
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
