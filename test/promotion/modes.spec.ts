import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';
const RULES = [{ id: 'beta', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } }];

const create = (key: string, fields: object = {}) => api.post(FLAGS, { key, ...fields });
const edit = (key: string, environment: string, fields: object) => api.patch(`${FLAGS}/${key}`, { environment, ...fields });
const promote = (key: string, body: object) =>
  api.post(`${FLAGS}/${key}/promote`, { from: 'staging', to: 'production', ...body });
const own = async (environment: string, key: string) =>
  (await api.get(`/api/admin/environments/${environment}/feature-flags/${key}`)).body;
const valueOf = async (environment: string, key: string, field: string) =>
  (await api.get(`${FLAGS}/${key}?env=${environment}`)).body.resolved[field].value as unknown;

describe('the modes of a promotion', () => {
  it('make the target what the source is, by default, wherever the source has it from [000-17]', async () => {
    await create('copied', { percentage: 50 });
    await edit('copied', 'production', { percentage: 10, offVariant: 'on' });
    await edit('copied', 'staging', { enabled: true, percentage: 50, offVariant: 'off' });
    const done = await promote('copied', {});
    expect(done).toMatchObject({ status: 200, body: { result: 'applied', mode: 'resolved' } });
    const compared = await api.get('/api/admin/compare?from=staging&to=production&key=copied');
    expect(compared.body).toMatchObject({ identical: true });
    expect(await own('production', 'copied')).toMatchObject({ enabled: true, percentage: null, offVariant: null });
  });

  it('copy with exact all fields of the override, those that it leaves to inheritance too, and nothing is cleared for being equal [002-54]', async () => {
    await create('rows');
    await edit('rows', 'production', { percentage: 10, defaultVariant: 'off', reason: 'careful' });
    await edit('rows', 'staging', { enabled: false, rules: RULES, reason: 'trial' });
    expect((await promote('rows', { mode: 'exact' })).body).toMatchObject({ result: 'applied', mode: 'exact' });
    expect(await own('production', 'rows')).toMatchObject({
      ...{ enabled: false, percentage: null, rules: RULES, rulesMode: 'replace', variants: null, defaultVariant: null },
      reason: 'trial',
    });
    expect((await promote('rows', { mode: 'exact', reason: 'again' })).body.result).toBe('no-op');
  });

  it.each(['override', 'exact'])('refuse with %s a flag that the source does not override, by name [002-55]', async (mode) => {
    const key = `bare.${mode}`;
    await create(key);
    await edit(key, 'production', { percentage: 10 });
    const before = (await api.get(`${FLAGS}/${key}`)).body.revision as number;
    for (const dryRun of [true, false]) {
      const refused = await promote(key, { mode, dryRun, from: 'development' });
      expect(refused).toMatchObject({ status: 422, body: { code: 'source-overrides-nothing' } });
      expect(refused.body.detail).toContain(`"development" overrides nothing of "${key}"`);
    }
    const one = await api.post('/api/admin/promotions', { flags: [key], from: 'staging', to: 'production', mode });
    expect(one).toMatchObject({ status: 422, body: { code: 'source-overrides-nothing' } });
    expect((await api.get(`${FLAGS}/${key}`)).body.revision).toBe(before);
  });

  it('skip by name the flags that the source does not override, where several were asked for', async () => {
    await create('several.a');
    await create('several.b');
    await edit('several.b', 'staging', { enabled: true });
    const body = { flags: ['several.*'], from: 'staging', to: 'production', mode: 'override' };
    const done = await api.post('/api/admin/promotions', body);
    expect(done.body).toMatchObject({ result: 'applied', skipped: ['several.a'], changes: [{ flag: 'several.b' }] });
    expect((await api.get(`/api/admin/promotions/${done.body.id}`)).body.skipped).toEqual(['several.a']);
  });
});

describe('a gradual start', () => {
  it('is one promotion: production gets a percentage of its own, and staging does not follow [000-21]', async () => {
    await create('gradual');
    await edit('gradual', 'staging', { enabled: true, rules: RULES });
    const body = { with: { percentage: 5 }, keep: ['staging'], reason: 'first users' };
    const plan = await promote('gradual', { ...body, dryRun: true });
    expect(plan.body).toMatchObject({
      with: { percentage: 5 },
      keep: ['staging'],
      kept: [{ environment: 'staging', flag: 'gradual', field: 'percentage', endsLayering: false }],
    });
    expect(plan.body.effect.filter(({ environment }: never) => environment !== 'production')).toEqual([]);
    const done = await promote('gradual', { ...body, plan: plan.body.plan.id });
    expect(done).toMatchObject({
      status: 200,
      body: { result: 'applied', effect: plan.body.effect, changes: plan.body.changes },
    });
    expect(done.body.revision).toBe((plan.body.revision as number) + 1);
    expect(await own('production', 'gradual')).toMatchObject({ enabled: true, percentage: 5, rules: RULES });
    expect(await own('staging', 'gradual')).toMatchObject({ percentage: 100, reason: 'kept from production: first users' });
    expect(await valueOf('development', 'gradual', 'percentage')).toBe(100);
    const log = `SELECT with_values, keep FROM flagtree.promotion_log ORDER BY id DESC LIMIT 1`;
    expect(await sql(server.databaseUrl, log)).toEqual([{ with_values: { percentage: 5 }, keep: ['staging'] }]);
    const back = await api.post(`/api/admin/promotions/${done.body.id}/revert`, {});
    expect(back.body.result).toBe('applied');
    expect(await own('staging', 'gradual')).toMatchObject({ enabled: true, percentage: null });
    expect(await valueOf('production', 'gradual', 'percentage')).toBe(100);
  });

  it('goes on: a second promotion with more keeps its users, and with null ends it [001-42]', async () => {
    await create('grows');
    await edit('grows', 'staging', { enabled: true });
    await promote('grows', { with: { percentage: 10 }, keep: true });
    expect(await valueOf('production', 'grows', 'percentage')).toBe(10);
    const more = await promote('grows', { with: { percentage: 50 }, keep: true });
    expect(more.body).toMatchObject({
      result: 'applied',
      keep: [],
      effect: [{ environment: 'production', before: 10, after: 50 }],
    });
    await promote('grows', { with: { percentage: null } });
    expect(await own('production', 'grows')).toMatchObject({ enabled: true, percentage: null });
  });

  it('says of kept rules that a layering ends', async () => {
    await create('layered', { rules: RULES });
    const extra = [{ ...RULES[0], id: 'extra' }];
    await edit('layered', 'development', { rules: extra, rulesMode: 'append' });
    const done = await promote('layered', { from: 'staging', with: { rules: [] }, keep: ['development'] });
    expect(done.body.kept).toEqual([{ environment: 'development', flag: 'layered', field: 'rules', endsLayering: true }]);
    expect(await own('development', 'layered')).toMatchObject({ rules: [...RULES, ...extra], rulesMode: 'replace' });
  });

  it.each([
    ['that is the target', { keep: ['production'] }, 422, 'keep-is-target'],
    ['that is not below', { from: 'production', to: 'development', keep: ['staging'] }, 422, 'keep-not-below'],
    ['that does not exist', { keep: ['nowhere'] }, 404, 'environment-not-found'],
    ['of another kind', { keep: 'staging' }, 400, 'invalid-request'],
  ])('keeps no environment %s', async (_what, body, status, code) => {
    await create('kept');
    expect(await promote('kept', body)).toMatchObject({ status, body: { code } });
  });

  it.each([
    ['percentage', { percentage: 101 }],
    ['rules', { rules: [{ id: 'x' }] }],
    ['reason', { reason: 'no field' }],
  ])('takes no %s that is none', async (field, given) => {
    await create('strict');
    const refused = await promote('strict', { with: given });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.body.errors[0].pointer).toContain(`/with/${field}`);
  });

  it('takes no variant that there is not: the flag would be broken', async () => {
    await create('broken');
    expect(await promote('broken', { with: { defaultVariant: 'nothing' } })).toMatchObject({
      status: 409,
      body: { code: 'promotion-blocked' },
    });
  });

  it('needs the right to write what is kept', async () => {
    await create('guarded');
    await edit('guarded', 'staging', { enabled: true });
    await api.patch('/api/admin/environments/staging', { settings: { protected: true } });
    const developer = await api.post('/api/admin/tokens', { name: 'keeper', kind: 'admin', role: 'developer' });
    const caller = await Api.of(server.url, developer.body.token as string);
    const body = { from: 'staging', to: 'production', with: { percentage: 5 }, keep: ['staging'] };
    const refused = await caller.post(`${FLAGS}/guarded/promote`, body);
    expect(refused).toMatchObject({ status: 403, body: { code: 'promotion-not-permitted' } });
    await api.patch('/api/admin/environments/staging', { settings: { protected: null } });
  });
});

describe("values given instead of the source's, and gates", () => {
  const steps = [{ environment: 'staging' }, { environment: 'production', gates: [{ gate: 'reason' }] }];

  it('are a percentage and "enabled": false, unless the pipeline says any', async () => {
    await create('gated');
    await edit('gated', 'staging', { enabled: true });
    await api.put('/api/admin/pipelines/narrow', { steps });
    const given = { with: { percentage: 5, rules: [] }, reason: 'because' };
    const refused = await promote('gated', { ...given, with: { percentage: 5, rules: RULES } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'promotion-blocked' } });
    expect(refused.body.detail).toContain('Gate with: rules given for production was never in the source');
    const wide = await api.put('/api/admin/pipelines/narrow', { steps, with: 'any' });
    expect(wide.body).toMatchObject({ with: 'any' });
    expect(await promote('gated', { ...given, with: { percentage: 5, rules: RULES } })).toMatchObject({ status: 200 });
    await api.put('/api/admin/pipelines/narrow', { steps });
    expect(await promote('gated', { with: { percentage: 50 }, reason: 'more' })).toMatchObject({ status: 200 });
    await api.delete('/api/admin/pipelines/narrow');
  });
});
