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
const KEY = 'ui.new_checkout';
const BETA = [{ id: 'beta', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } }];

const resolved = async (environment: string, key = KEY) => (await api.get(`${FLAGS}/${key}?env=${environment}`)).body.resolved;
const evaluate = async (environment: string, context: object, key = KEY) => {
  const answer = await api.post(`/ofrep/v1/evaluate/flags/${key}`, { context }, { headers: { 'x-environment': environment } });
  return answer.body.value as unknown;
};

/** One story, told in order: each step builds on the one before. */
describe('a flag on its way from development to production and back', () => {
  const promoted: string[] = [];

  it('begins off, with a check that says who shall see it, and is worked on in development', async () => {
    await api.post(FLAGS, { key: KEY });
    const check = await api.put(`${FLAGS}/${KEY}/checks/beta-sees-it`, { context: { plan: 'beta' }, variant: 'on' });
    expect(check).toMatchObject({ status: 201, body: { name: 'beta-sees-it', environment: null, variant: 'on' } });
    await api.patch(`${FLAGS}/${KEY}`, { environment: 'development', enabled: true, rules: BETA, defaultVariant: 'off' });
    const run = await api.post(`${FLAGS}/${KEY}/checks/run?env=development`);
    expect(run.body).toMatchObject({
      holds: true,
      items: [{ check: 'beta-sees-it', holds: true, variant: 'on', branch: 'beta' }],
    });
    const everywhere = await api.post(`${FLAGS}/${KEY}/checks/run`);
    expect(everywhere.body.items.map(({ environment, holds }: never) => [environment, holds])).toEqual([
      ['production', false],
      ['staging', false],
      ['development', true],
    ]);
  });

  it('is compared, as JSON and as text for a gate in CI', async () => {
    const compared = await api.get('/api/admin/compare?from=development&to=staging');
    expect(compared.body).toMatchObject({ identical: false, summary: '3 differences', flags: 1 });
    expect(compared.body.differences[0]).toEqual({
      flag: KEY,
      field: 'enabled',
      from: { value: true, source: { kind: 'environment', slug: 'development' }, state: 'overridden' },
      to: { value: false, source: { kind: 'flag' }, state: 'inherited' },
    });
    const text = await api.get('/api/admin/compare?from=development&to=staging&key=ui.*', { headers: { accept: 'text/plain' } });
    expect(text.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text.body).toBe(
      [
        KEY,
        '  enabled: true (set by development) → false (from flag)',
        `  rules: ${JSON.stringify((await resolved('development')).rules.value)} (set by development) → [] (from flag)`,
        '  defaultVariant: "off" (set by development) → "on" (from flag)',
        'development → staging: 3 differences',
        '',
      ].join('\n'),
    );
    const none = await api.get('/api/admin/compare?from=staging&to=production&onlyOverrides=true', {
      headers: { accept: 'text/plain' },
    });
    expect(none.body).toBe('staging → production: no differences\n');
  });

  it('is planned: the smallest change, the effect below, checks, contexts and untried branches; nothing is written', async () => {
    const revision = (await api.get(`${FLAGS}/${KEY}`)).body.revision as number;
    const plan = await api.post(`${FLAGS}/${KEY}/promote`, {
      from: 'development',
      to: 'staging',
      dryRun: true,
      contexts: [{ plan: 'free' }],
    });
    expect(plan.body).toMatchObject({
      dryRun: true,
      result: 'applied',
      revision,
      from: 'development',
      to: 'staging',
      user: null,
    });
    expect(plan.body.id).toBe(plan.body.plan.id);
    expect(plan.body.changes.map(({ environment, field, action }: never) => [environment, field, action])).toEqual([
      ['staging', 'enabled', 'set'],
      ['staging', 'rules', 'set'],
      ['staging', 'defaultVariant', 'set'],
    ]);
    expect(plan.body.effect.map(({ environment, field }: never) => [environment, field])).toEqual([
      ['staging', 'enabled'],
      ['staging', 'rules'],
      ['staging', 'defaultVariant'],
    ]);
    expect(plan.body.redundant.map(({ field, pruned }: never) => [field, pruned])).toEqual([
      ['enabled', false],
      ['rules', false],
      ['defaultVariant', false],
    ]);
    expect(plan.body.checks).toMatchObject([
      {
        environment: 'staging',
        check: 'beta-sees-it',
        before: { variant: 'off', reason: 'DISABLED' },
        after: { variant: 'on' },
        holds: true,
        held: false,
      },
      {
        environment: 'staging',
        check: 'context 1',
        before: { variant: 'off' },
        after: { variant: 'off' },
        branch: 'default',
        holds: null,
      },
    ]);
    expect(plan.body.branches).toEqual([
      { environment: 'staging', flag: KEY, branch: 'beta', reachedBy: ['beta-sees-it'] },
      { environment: 'staging', flag: KEY, branch: 'default', reachedBy: ['context 1'] },
    ]);
    expect(plan.body.gates.every(({ state }: { state: string }) => state === 'passed')).toBe(true);
    expect((await api.get(`${FLAGS}/${KEY}`)).body.revision).toBe(revision);
  });

  it('goes to staging exactly as planned, and the redundant override of development is pruned', async () => {
    const asked = { from: 'development', to: 'staging', prune: true, reason: 'QA signed off' };
    const plan = await api.post(`${FLAGS}/${KEY}/promote?dryRun=true`, asked);
    const done = await api.post(`${FLAGS}/${KEY}/promote`, { ...asked, plan: plan.body.plan.id });
    expect(done).toMatchObject({
      status: 200,
      body: { dryRun: false, result: 'applied', revision: (plan.body.revision as number) + 1, user: 'token:bootstrap' },
    });
    for (const part of ['changes', 'effect', 'checks', 'redundant']) expect(done.body[part]).toEqual(plan.body[part]);
    promoted.push(done.body.id as string);
    expect(await evaluate('staging', { plan: 'beta' })).toBe(true);
    expect(await evaluate('staging', { plan: 'free' })).toBe(false);
    expect(await evaluate('development', { plan: 'beta' })).toBe(true);
    const own = await api.get(`/api/admin/environments/development/feature-flags/${KEY}`);
    expect(own.status).toBe(404);
    expect((await api.get(`/api/admin/environments/staging/feature-flags/${KEY}`)).body.reason).toBe('QA signed off');
  });

  it('is a no-op the second time: no revision, nothing recorded', async () => {
    const before = (await api.get('/api/admin/promotions')).body.items.length as number;
    const again = await api.post(`${FLAGS}/${KEY}/promote`, { from: 'development', to: 'staging', mode: 'resolved' });
    expect(again.body).toMatchObject({ result: 'no-op', changes: [], effect: [] });
    expect((await api.get('/api/admin/promotions')).body.items).toHaveLength(before);
  });

  it('goes to production as the runbook has it: curl, a form content type, short names', async () => {
    const done = await api.post(`${FLAGS}/${KEY}/promote`, '{"from": "staging", "to": "prod"}', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(done.body).toMatchObject({ result: 'applied', from: 'staging', to: 'production' });
    promoted.push(done.body.id as string);
    expect(await evaluate('production', { plan: 'beta' })).toBe(true);
    expect((await resolved('staging')).enabled.state).toBe('overridden-equal');
    expect(done.body.redundant.map(({ environment, field }: never) => [environment, field])).toEqual([
      ['staging', 'enabled'],
      ['staging', 'rules'],
      ['staging', 'defaultVariant'],
    ]);
  });

  it('names its cause in every audit entry, in the API and in SQL', async () => {
    const [, id] = promoted as [string, string];
    const entries = (await api.get(`/api/flags/audit?flag=${KEY}&environment=production`)).body.items;
    expect(entries).toMatchObject([{ entity: 'environment-flag', action: 'promote', change: 'created', causationId: id }]);
    const rows = await sql(
      server.databaseUrl,
      `SELECT user_name, kind, source, targets, changes, entries::int FROM flagtree.promotion_log ORDER BY id DESC LIMIT 1`,
    );
    expect(rows).toEqual([
      { user_name: 'token:bootstrap', kind: 'promotion', source: 'staging', targets: ['production'], changes: 3, entries: 1 },
    ]);
    const differences = await sql(
      server.databaseUrl,
      `SELECT field FROM flagtree.environment_differences WHERE from_environment = 'development' AND to_environment = 'production'`,
    );
    expect(differences).toEqual([]);
  });

  it('is taken back from production, and then from staging, exactly', async () => {
    const [first, second] = promoted as [string, string];
    const planned = await api.post(`/api/admin/promotions/${second}/revert`, { dryRun: true });
    expect(planned.body).toMatchObject({ kind: 'revert', reverts: second, result: 'applied', dryRun: true, conflicts: [] });
    const back = await api.post(`/api/admin/promotions/${second}/revert`, {
      reason: 'errors went up',
      plan: planned.body.plan.id,
    });
    expect(back.body).toMatchObject({ result: 'applied', kind: 'revert', reason: 'errors went up' });
    expect(await evaluate('production', { plan: 'beta' })).toBe(false);
    expect(await evaluate('staging', { plan: 'beta' })).toBe(true);
    await api.post(`/api/admin/promotions/${first}/revert`, {});
    expect(await evaluate('staging', { plan: 'beta' })).toBe(false);
    expect((await resolved('development')).rules).toMatchObject({ value: BETA, state: 'overridden' });
    const listed = await api.get(`/api/admin/promotions?flag=${KEY}&environment=staging`);
    expect(listed.body.items.map(({ kind, reverts }: never) => [kind, reverts])).toEqual([
      ['revert', first],
      ['revert', second],
      ['promotion', null],
      ['promotion', null],
    ]);
    expect((await api.get(`/api/admin/promotions/${second}`)).body).toMatchObject({
      revertedBy: back.body.id,
      effectCount: expect.any(Number),
    });
    expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });
});

describe('taking back', () => {
  it('names what somebody changed since, and goes on without those fields when asked to', async () => {
    await api.post(FLAGS, { key: 'contested' });
    await api.patch(`${FLAGS}/contested`, { environment: 'development', enabled: true, percentage: 20 });
    const { id } = (await api.post(`${FLAGS}/contested/promote`, { from: 'development', to: 'staging' })).body;
    await api.patch(`${FLAGS}/contested`, { environment: 'staging', percentage: 50 });
    const refused = await api.post(`/api/admin/promotions/${id}/revert`, {});
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'revert-conflict',
        conflicts: [{ environment: 'staging', flag: 'contested', field: 'percentage', promoted: 20, current: 50 }],
      },
    });
    const back = await api.post(`/api/admin/promotions/${id}/revert`, { withoutConflicts: true });
    expect(back.body).toMatchObject({ result: 'applied', changes: [{ field: 'enabled', action: 'clear' }] });
    expect(await resolved('staging', 'contested')).toMatchObject({ enabled: { value: false }, percentage: { value: 50 } });
  });

  it('says that there is no such promotion', async () => {
    expect(await api.post('/api/admin/promotions/nothing/revert', {})).toMatchObject({
      status: 404,
      body: { code: 'promotion-not-found' },
    });
  });
});

describe('many flags to several targets', () => {
  it('are one revision, and children inherit what their parent gets', async () => {
    for (const key of ['bulk.a', 'bulk.b', 'bulk.c'])
      await api.post(FLAGS, { key, ...(key === 'bulk.c' ? { tags: ['later'] } : {}) });
    for (const key of ['bulk.a', 'bulk.b', 'bulk.c'])
      await api.patch(`${FLAGS}/${key}`, { environment: 'development', enabled: true });
    const before = (await api.get(`${FLAGS}/bulk.a`)).body.revision as number;
    const done = await api.post('/api/admin/promotions', {
      flags: ['bulk.a', 'bulk.b*'],
      from: 'development',
      to: ['staging', 'production'],
    });
    expect(done.body).toMatchObject({
      result: 'applied',
      revision: before + 1,
      flags: ['bulk.a', 'bulk.b'],
      to: ['staging', 'production'],
    });
    expect(done.body.changes.map(({ environment, flag }: never) => [environment, flag])).toEqual([
      ['production', 'bulk.a'],
      ['production', 'bulk.b'],
    ]);
    expect((await api.post('/api/admin/promotions', { tags: ['later'], from: 'development', to: 'staging' })).body.flags).toEqual(
      ['bulk.c'],
    );
  });

  it('are refused as a whole when one of them is not there, or none is named', async () => {
    const body = { from: 'development', to: 'staging' };
    expect(await api.post('/api/admin/promotions', { ...body, flags: ['bulk.a', 'nothing'] })).toMatchObject({
      status: 422,
      body: { code: 'unknown-flag' },
    });
    expect(await api.post('/api/admin/promotions', body)).toMatchObject({ status: 400 });
    expect(await api.post('/api/admin/promotions', { ...body, flags: ['*'], to: ['staging', 'nowhere'] })).toMatchObject({
      status: 404,
    });
    expect(await api.post('/api/admin/promotions', { ...body, flags: ['*'], to: 'development' })).toMatchObject({ status: 422 });
  });
});
