import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

const FLAGS = '/api/admin/feature-flags';
const override = (slug: string) => `/api/admin/environments/${slug}/feature-flags/f`;
const THREE = [{ key: 'on', value: true }, { key: 'off', value: false }, { key: 'blue', value: true }]; // prettier-ignore

let server: Server;
let admin: Api;

let tokens = 0;
const tokenOf = async (body: object) => {
  const name = `limited ${String(++tokens)}`;
  return admin.as((await admin.post('/api/admin/tokens', { name, kind: 'admin', ...body })).body.token as string);
};
const as = async (slug: string) => (await admin.get(`${FLAGS}/f?env=${slug}`)).body;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await admin.delete(`${FLAGS}/f`);
  await admin.post(`${FLAGS}?force=true`, { key: 'f', variants: THREE, defaultVariant: 'on', offVariant: 'off' });
});

describe('keep', () => {
  it('says where it stood when it names no environment: in the body, or in the query', async () => {
    const edit = { percentage: 5 };
    const inBody = await admin.put(override('production'), { ...edit, keep: ['staging', 'nope'] });
    const inQuery = await admin.put(`${override('production')}?keep=staging,nope`, edit);
    const long = await admin.put(`${override('production')}?reason=${'x'.repeat(2_001)}`, edit);
    const refusals = [inBody, inQuery, long].map(({ status, body }) => [status, body.errors[0].pointer]);
    expect(refusals).toEqual([[422, '/keep/1'], [422, '?keep'], [400, '?reason']]); // prettier-ignore
  });

  it('holds the environments below at what they have, in the same revision', async () => {
    const written = await admin.put(override('production'), { percentage: 5, enabled: true, keep: ['staging'] });
    expect(written).toMatchObject({
      status: 201,
      body: {
        kept: [
          { environment: 'staging', flag: 'f', field: 'enabled' },
          { environment: 'staging', flag: 'f', field: 'percentage' },
        ],
      },
    });
    expect(written.headers.get('etag')).toBe((await admin.get(override('production'))).headers.get('etag'));
    expect(await as('staging')).toMatchObject({
      enabled: false,
      percentage: 100,
      override: { reason: 'kept from production', rules: null },
    });
    expect(await as('development')).toMatchObject({ enabled: false, percentage: 100, override: null });
    const entries = (await admin.get('/api/flags/audit?flag=f')).body.items as { revision: number }[];
    expect(entries[0]?.revision).toBe(entries[1]?.revision);
  });

  it('takes true for the topmost that would change, and any name of an environment', async () => {
    await admin.patch(`${FLAGS}/f`, { percentage: 5, environment: 'production', keep: true });
    expect((await as('staging')).percentage).toBe(100);
    await admin.patch(override('production'), { percentage: 6, keep: ['stage'] }).then(({ status }) => expect(status).toBe(422));
    const id = (await admin.get('/api/admin/environments/development')).body.id as string;
    await admin.patch(override('staging'), { percentage: 7, keep: [id] });
    expect([(await as('staging')).percentage, (await as('development')).percentage]).toEqual([7, 100]);
  });

  it('holds environments against an edit of the base, a deletion, and what is written in bulk', async () => {
    await admin.patch(`${FLAGS}/f`, { enabled: true, keep: true });
    expect([(await as('production')).enabled, (await as('production')).override.reason]).toEqual([
      false,
      'kept from a change of the base',
    ]);
    expect((await admin.delete(`${override('production')}?keep=staging`)).status).toBe(204);
    expect([(await as('production')).enabled, (await as('staging')).enabled]).toEqual([true, false]);
    const bulk = { operation: 'set', set: { percentage: 9 }, flags: ['f'], environments: ['production'], keep: ['staging'] };
    expect((await admin.post('/api/admin/bulk', bulk)).status).toBe(200);
    expect([(await as('production')).percentage, (await as('staging')).percentage]).toEqual([9, 100]);
  });

  it('is shown by a dry run, and says where a layering ends', async () => {
    const rule = (id: string) => ({ id, conditions: [{ attribute: 'a', operator: 'exists' }], serve: { variant: 'on' } });
    await admin.patch(`${FLAGS}/f`, { rules: [rule('base')] });
    await admin.put(override('staging'), { rules: [rule('own')], rulesMode: 'append' });
    const tried = await admin.put(`${override('production')}?dryRun=true`, { rules: [], keep: ['staging'] });
    expect(tried.body).toMatchObject({
      dryRun: true,
      kept: [{ environment: 'staging', flag: 'f', field: 'rules' }],
      layeringsEnd: [{ environment: 'staging', flag: 'f' }],
      effect: [{ environment: 'production', field: 'rules' }],
    });
    expect((await as('staging')).rules).toHaveLength(2);
  });

  it.each<[string, unknown, number, string]>([
    ['no list', 'staging', 400, 'invalid-request'],
    ['an empty list', [], 400, 'invalid-request'],
    ['an environment that is not there', ['nowhere'], 422, 'environment-not-found'],
    ['what is written itself', ['production'], 422, 'keep-is-written'],
  ])('refuses %s', async (_, keep, status, code) => {
    const answer = await admin.put(override('production'), { percentage: 5, keep });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors[0].pointer).toMatch(/^\/keep/);
  });

  it('refuses what inherits nothing from the written environment, and what no override can say', async () => {
    const elsewhere = await admin.put(override('staging'), { percentage: 5, keep: ['production'] });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'keep-is-elsewhere']);
    await admin.patch(`${FLAGS}/f`, { offVariant: null });
    const none = await admin.put(override('production'), { offVariant: 'off', keep: ['staging'] });
    expect([none.status, none.body.code, none.body.errors[0].field]).toEqual([422, 'cannot-keep', 'offVariant']);
  });

  it('needs the right to write what is kept', async () => {
    const limited = await tokenOf({ role: 'promoter', environments: ['production'] });
    const answer = await limited.put(override('production'), { percentage: 5, keep: ['staging'] });
    expect([answer.status, answer.body.code]).toEqual([403, 'environment-out-of-scope']);
  });
});

describe('force', () => {
  beforeEach(async () => {
    await admin.put(override('staging'), { defaultVariant: 'blue', percentage: 20 });
  });
  const narrower = { variants: THREE.slice(0, 2) };

  it('clears what a more guarded environment would break below it, and nothing else of the override', async () => {
    const refused = await admin.put(override('production'), narrower);
    expect([refused.status, refused.body.errors]).toMatchObject([422, expect.arrayContaining([expect.objectContaining({ environment: 'staging', field: 'defaultVariant' })])]); // prettier-ignore
    const tried = await admin.put(`${override('production')}?force=true&dryRun=true`, narrower);
    expect(tried.body).toMatchObject({
      cleared: [{ environment: 'staging', flag: 'f', field: 'defaultVariant' }],
      effect: expect.arrayContaining([
        { environment: 'staging', flag: 'f', field: 'defaultVariant', before: 'blue', after: 'on' },
      ]),
    });
    const done = await admin.put(`${override('production')}?force=true`, narrower);
    expect([done.status, done.body.cleared]).toEqual([201, [{ environment: 'staging', flag: 'f', field: 'defaultVariant' }]]);
    expect(await as('staging')).toMatchObject({ defaultVariant: 'on', percentage: 20, override: { defaultVariant: null } });
  });

  it('clears nothing of an environment that is guarded as much', async () => {
    await admin.patch('/api/admin/environments/staging', { settings: { protected: true } });
    const answer = await admin.put(`${override('production')}?force=true`, narrower);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid-flag']);
    await admin.patch('/api/admin/environments/staging', { settings: { protected: false } });
  });

  it('works through the base as well', async () => {
    const answer = await admin.patch(`${FLAGS}/f?force=true`, narrower);
    expect([answer.status, answer.body.cleared]).toEqual([200, [{ environment: 'staging', flag: 'f', field: 'defaultVariant' }]]);
  });
});
