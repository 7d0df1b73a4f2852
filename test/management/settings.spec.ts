import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

const ENVIRONMENTS = '/api/admin/environments';
const FLAGS = '/api/admin/feature-flags';

let server: Server;
let admin: Api;
let developer: Api;
let promoter: Api;

const as = async (role: string) =>
  admin.as((await admin.post('/api/admin/tokens', { name: role, kind: 'admin', role })).body.token as string);

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  [developer, promoter] = [await as('developer'), await as('promoter')];
});
afterAll(() => server.stop());

describe('the documented three environments', () => {
  it('are created as printed, each with its own settings [002-45] [002-46] [002-47]', async () => {
    const printed = [
      { slug: 'prod-1', settings: { require_approval: true } },
      { slug: 'staging-1', parent: 'prod-1', settings: { require_approval: false } },
      { slug: 'dev-1', parent: 'staging-1', settings: { debug_mode: true } },
    ];
    for (const body of printed) {
      const created = await admin.post(ENVIRONMENTS, body);
      expect([created.status, created.body.settings]).toEqual([201, body.settings]);
    }
    expect((await admin.get(`${ENVIRONMENTS}/dev-1`)).body).toMatchObject({
      effectiveSettings: { protected: false, require_approval: false, debug_mode: true },
      resolvedSettings: {
        require_approval: { value: false, source: { kind: 'environment', slug: 'staging-1' }, state: 'inherited' },
        debug_mode: { value: true, source: { kind: 'environment', slug: 'dev-1' }, state: 'overridden' },
      },
      warnings: [],
    });
  });

  it('say where approval is asked for that nothing waits for it yet [002-45]', async () => {
    const { body } = await admin.get(`${ENVIRONMENTS}/prod-1`);
    expect(body.warnings).toEqual([expect.stringContaining('guards nothing yet')]);
    await admin.post(FLAGS, { key: 'unguarded' });
    expect((await developer.put(`${ENVIRONMENTS}/prod-1/feature-flags/unguarded`, { enabled: true })).status).toBe(201);
  });
});

describe('settings', () => {
  const settingsOf = async (slug: string) => (await admin.get(`${ENVIRONMENTS}/${slug}`)).body.settings as object;

  it('are any JSON, edited key by key: absent stays, null removes, {} changes nothing [002-13]', async () => {
    const settings = { team: 'core', limits: { rps: 5, hosts: ['a', null] }, note: '' };
    await admin.post(ENVIRONMENTS, { slug: 'any', parent: 'staging', settings });
    const edit = async (change: object) => (await developer.patch(`${ENVIRONMENTS}/any`, { settings: change })).status;
    expect(await edit({})).toBe(200);
    expect(await settingsOf('any')).toEqual(settings);
    expect(await edit({ team: null, limits: { rps: null } })).toBe(200);
    expect(await settingsOf('any')).toEqual({ limits: { rps: null }, note: '' });
    expect(await edit({ nothing: null })).toBe(200);
    expect((await admin.get(`${ENVIRONMENTS}/any`)).body.effectiveSettings).toEqual({
      limits: { rps: null },
      note: '',
      protected: false,
      require_approval: false,
    });
  });

  it.each<[string, object, string, string]>([
    ['a guard that is no boolean', { protected: 'yes' }, '/settings/protected', 'wrong-type'],
    ['a near miss', { 'Require-Approval': true }, '/settings/Require-Approval', 'misspelt-setting'],
    ['another near miss', { defaultEnabled: true }, '/settings/defaultEnabled', 'misspelt-setting'],
    ['too much', { a: 'x'.repeat(16_400) }, '/settings', 'too-large'],
    ['what is nested too deeply', { a: [[[[[[[[1]]]]]]]] }, '/settings/a/0/0/0/0/0/0/0', 'too-deep'],
  ])('refuse %s, in POST, PATCH and import', async (_, settings, pointer, code) => {
    const created = await admin.post(ENVIRONMENTS, { slug: 'never', settings });
    const edited = await admin.patch(`${ENVIRONMENTS}/any`, { settings });
    for (const answer of [created, edited])
      expect([answer.status, answer.body.errors.map((one: object) => one)]).toMatchObject([400, [{ pointer, code }]]);
    const document = {
      format: 'flagtree-states',
      version: 1,
      environments: [{ slug: 'any', name: 'any', parent: null, settings }],
    };
    const imported = await admin.post('/api/admin/import', document);
    expect([imported.status, imported.body.errors[0]]).toMatchObject([400, { pointer: `/environments/0${pointer}`, code }]);
  });

  it('say what was meant by a near miss', async () => {
    const { body } = await admin.patch(`${ENVIRONMENTS}/any`, { settings: { requireApproval: true } });
    expect(body.errors[0].detail).toContain('did you mean "require_approval"?');
  });

  it('are refused as null where there is nothing to remove, and when an edit makes too much of them', async () => {
    const created = await admin.post(ENVIRONMENTS, { slug: 'never', settings: { team: null } });
    expect([created.status, created.body.errors[0].pointer]).toEqual([400, '/settings/team']);
    await admin.patch(`${ENVIRONMENTS}/any`, { settings: { a: 'x'.repeat(10_000) } });
    const more = await admin.patch(`${ENVIRONMENTS}/any`, { settings: { b: 'x'.repeat(10_000) } });
    expect([more.status, more.body.errors[0]]).toMatchObject([400, { pointer: '/settings', code: 'too-large' }]);
    await admin.patch(`${ENVIRONMENTS}/any`, { settings: { a: null } });
  });

  it('are no business of an evaluation: no answer of one holds them', async () => {
    const context = { context: { targetingKey: 'u' } };
    await admin.patch(`${ENVIRONMENTS}/any`, { settings: { secret_plan: 'xyzzy' } });
    const paths = ['/api/feature-flags/evaluate', '/ofrep/v1/evaluate/flags'].map((path) =>
      admin.post(`${path}?env=any`, context),
    );
    for (const answer of [...(await Promise.all(paths)), await admin.get('/api/feature-flags/snapshot?env=any')]) {
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toContain('xyzzy');
    }
  });
});

describe('default_enabled', () => {
  const createdAs = async (caller: Api, body: object) => (await caller.post(FLAGS, body)).status;
  const enabledIn = async (key: string, slug: string) => (await admin.get(`${FLAGS}/${key}?env=${slug}`)).body;

  it('turns new flags on where it is set, as an override of its own [000-2] [000-10]', async () => {
    await admin.patch(`${ENVIRONMENTS}/development`, { settings: { default_enabled: true } });
    await admin.patch(`${ENVIRONMENTS}/production`, { settings: { default_enabled: false } });
    expect(await createdAs(developer, { key: 'experiment.one' })).toBe(201);
    expect(await enabledIn('experiment.one', 'development')).toMatchObject({ enabled: true, override: { enabled: true } });
    expect(await enabledIn('experiment.one', 'staging')).toMatchObject({ enabled: false, override: null });
    const inProduction = await enabledIn('experiment.one', 'production');
    expect(inProduction.override).toMatchObject({ enabled: false, reason: 'default_enabled of production' });
  });

  it('is in the revision that creates the flag, and a base that is turned on later does not reach it', async () => {
    const entries = (await admin.get('/api/flags/audit?flag=experiment.one')).body.items as { revision: number }[];
    expect(new Set(entries.map(({ revision }) => revision)).size).toBe(1);
    await admin.patch(`${FLAGS}/experiment.one`, { enabled: true });
    expect((await enabledIn('experiment.one', 'production')).enabled).toBe(false);
  });

  it('says nothing where the request says whether the flag is on', async () => {
    expect(await createdAs(developer, { key: 'experiment.off', enabled: false })).toBe(201);
    expect((await enabledIn('experiment.off', 'development')).override).toBeNull();
  });

  it('is not for imports, nor for a flag that comes back', async () => {
    const flag = { key: 'imported', type: 'boolean', name: 'imported', variants: [{ key: 'on', value: true }, { key: 'off', value: false }], defaultVariant: 'on', offVariant: 'off' }; // prettier-ignore
    expect((await admin.post('/api/admin/import', { format: 'flagtree-states', version: 1, flags: [flag] })).status).toBe(200);
    expect((await enabledIn('imported', 'development')).override).toBeNull();
    await admin.delete(`${FLAGS}/experiment.off`);
    await admin.post(`${FLAGS}/experiment.off/restore`);
    expect((await enabledIn('experiment.off', 'development')).override).toBeNull();
  });

  it('asks no right to write, but that the flag is off wherever the caller may not write', async () => {
    const limited = admin.as(
      (await admin.post('/api/admin/tokens', { name: 'limited', kind: 'admin', role: 'developer', environments: ['staging'] }))
        .body.token as string,
    );
    const refused = await limited.post(FLAGS, { key: 'experiment.two' });
    expect([refused.status, refused.body.code]).toEqual([403, 'environment-out-of-scope']);
    await admin.patch(`${ENVIRONMENTS}/development`, { settings: { default_enabled: false } });
    expect(await createdAs(limited, { key: 'experiment.two' })).toBe(201);
    await admin.patch(`${ENVIRONMENTS}/production`, { settings: { default_enabled: true } });
    expect((await developer.post(FLAGS, { key: 'experiment.three' })).body.code).toBe('environment-protected');
    expect(await createdAs(promoter, { key: 'experiment.three' })).toBe(201);
  });
});
