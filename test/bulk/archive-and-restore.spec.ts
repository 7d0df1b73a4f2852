import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let admin: Api;
let developer: Api;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  const token = await admin.post('/api/admin/tokens', { name: 'dev', kind: 'admin', role: 'developer' });
  developer = admin.as(token.body.token as string);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';
const ENVIRONMENTS = '/api/admin/environments';
const revision = async () => Number((await sql(server.databaseUrl, 'SELECT revision FROM flagtree.ledger'))[0]?.['revision']);
const overrideKeys = async (slug: string) =>
  ((await admin.get(`${ENVIRONMENTS}/${slug}/feature-flags`)).body.items as { flag: string }[]).map(({ flag }) => flag);

describe('an archived flag', () => {
  it('comes back with the overrides that it had, as one revision', async () => {
    await admin.post(FLAGS, { key: 'banner', owner: 'team-web' });
    await admin.patch(`${FLAGS}/banner`, { enabled: true, environment: 'staging', reason: 'beta' });
    const before = await admin.get(`${FLAGS}/banner?env=staging`);
    await admin.delete(`${FLAGS}/banner`);
    const archivedAt = await revision();
    const answer = await admin.post(`${FLAGS}/banner/restore`, { reason: 'still needed' });
    expect(answer).toMatchObject({
      status: 200,
      body: { key: 'banner', archivedAt: null, owner: 'team-web', revision: archivedAt + 1 },
    });
    const after = await admin.get(`${FLAGS}/banner?env=staging`);
    expect(after.body.resolved).toEqual(before.body.resolved);
    expect((await admin.get('/api/flags/audit?flag=banner&action=restore')).body.items).toMatchObject([
      { reason: 'still needed' },
    ]);
  });

  it('is restored by a dry run in word only, which tells where it would be found again', async () => {
    await admin.post(FLAGS, { key: 'tried' });
    await admin.delete(`${FLAGS}/tried`);
    const answer = await admin.post(`${FLAGS}/tried/restore?dryRun=true`);
    expect(answer.body.effect).toEqual(
      ['production', 'staging', 'development'].map((environment) => ({
        environment,
        flag: 'tried',
        field: 'exists',
        before: false,
        after: true,
      })),
    );
    expect((await admin.get(`${FLAGS}/tried`)).body.archivedAt).not.toBeNull();
  });

  it('stays as it is when it was never archived, without a revision', async () => {
    await admin.post(FLAGS, { key: 'in-use' });
    const before = await revision();
    expect(await admin.post(`${FLAGS}/in-use/restore`)).toMatchObject({ status: 200, body: { archivedAt: null, version: 1 } });
    expect(await revision()).toBe(before);
    expect(await admin.post(`${FLAGS}/nobody/restore`)).toMatchObject({ status: 404, body: { code: 'flag-not-found' } });
  });

  it('is not restored with what has broken meanwhile', async () => {
    await admin.post('/api/admin/segments', {
      key: 'beta',
      conditions: [{ attribute: 'plan', operator: 'equals', values: ['beta'] }],
    });
    const rules = [{ id: 'beta', conditions: [{ segment: 'beta' }], serve: { variant: 'on' } }];
    await admin.post(FLAGS, { key: 'for-beta', rules });
    await admin.delete(`${FLAGS}/for-beta`);
    expect((await admin.delete('/api/admin/segments/beta')).status).toBe(204);
    expect(await admin.post(`${FLAGS}/for-beta/restore`)).toMatchObject({ status: 422, body: { code: 'invalid-flag' } });
  });

  it('is not restored by a developer where an override would turn it on in a protected environment', async () => {
    await admin.post(ENVIRONMENTS, { slug: 'vault', settings: { protected: true } });
    await admin.post(FLAGS, { key: 'guarded' });
    await admin.patch(`${FLAGS}/guarded`, { enabled: true, environment: 'vault' });
    await admin.delete(`${FLAGS}/guarded`);
    expect(await developer.post(`${FLAGS}/guarded/restore`)).toMatchObject({
      status: 403,
      body: { code: 'environment-protected' },
    });
    expect((await admin.post(`${FLAGS}/guarded/restore`)).status).toBe(200);
  });

  it('leaves a tombstone: its key is free again only by force, for a flag of another type too', async () => {
    await admin.post(FLAGS, { key: 'theme' });
    await admin.patch(`${FLAGS}/theme`, { enabled: true, environment: 'staging' });
    await admin.delete(`${FLAGS}/theme`);
    const anew = { key: 'theme', type: 'string', variants: [{ key: 'dark', value: 'dark' }] };
    const refused = await admin.post(FLAGS, anew);
    expect(refused).toMatchObject({ status: 409, body: { code: 'flag-archived' } });
    expect(refused.body.detail).toContain('?force=true');
    const before = await revision();
    expect(await admin.post(`${FLAGS}?force=true`, anew)).toMatchObject({
      status: 201,
      body: { type: 'string', archivedAt: null },
    });
    expect(await revision()).toBe(before + 1);
    expect(await overrideKeys('staging')).not.toContain('theme');
    expect(await admin.post(`${FLAGS}?force=true`, anew)).toMatchObject({ status: 409, body: { code: 'flag-exists' } });
  });
});

describe('a deleted environment', () => {
  const tree = async (slug: string) => {
    await admin.post(ENVIRONMENTS, { slug, parent: 'staging', name: `The ${slug}`, expiresAt: '2027-01-31T00:00:00Z' });
    await admin.post(FLAGS, { key: `${slug}-a` });
    await admin.post(FLAGS, { key: `${slug}-b` });
    await admin.put(`${ENVIRONMENTS}/${slug}/feature-flags/${slug}-a`, { enabled: true, reason: 'the point of it' });
    await admin.put(`${ENVIRONMENTS}/${slug}/feature-flags/${slug}-b`, { rules: [], percentage: 12.5 });
  };
  const withoutStamps = ({ version: _v, createdAt: _c, updatedAt: _u, revision: _r, ...kept }: Record<string, unknown>) => kept;

  it('comes back with its id, its parent and its overrides, as one revision whose entries point to the deletion', async () => {
    await tree('pr-1');
    const [environment, overrides] = [
      await admin.get(`${ENVIRONMENTS}/pr-1`),
      await admin.get(`${ENVIRONMENTS}/pr-1/feature-flags`),
    ];
    expect((await admin.delete(`${ENVIRONMENTS}/pr-1?force=true`)).status).toBe(204);
    const deletedAt = await revision();
    const answer = await admin.post(`${ENVIRONMENTS}/pr-1/restore`, { reason: 'reopened' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        slug: 'pr-1',
        parent: 'staging',
        revision: deletedAt + 1,
        deletedAtRevision: deletedAt,
        restoredOverrides: 2,
        restoredChildren: [],
        leftOut: 0,
      },
    });
    expect(withoutStamps((await admin.get(`${ENVIRONMENTS}/pr-1`)).body)).toEqual(withoutStamps(environment.body));
    const back = (await admin.get(`${ENVIRONMENTS}/pr-1/feature-flags`)).body.items as Record<string, unknown>[];
    expect(back.map(withoutStamps)).toEqual((overrides.body.items as Record<string, unknown>[]).map(withoutStamps));
    const causes = await sql(
      server.databaseUrl,
      'SELECT DISTINCT causation_id, reason FROM flagtree.audit_entries WHERE revision = $1',
      [deletedAt + 1],
    );
    expect(causes).toEqual([{ causation_id: `revision:${String(deletedAt)}`, reason: 'reopened' }]);
  });

  it('comes back with the checks that had to hold there', async () => {
    await tree('pr-4');
    const check = { environment: 'pr-4', context: { targetingKey: 'u1' }, variant: 'on' };
    expect((await admin.put(`${FLAGS}/pr-4-a/checks/sees-it`, check)).status).toBe(201);
    await admin.delete(`${ENVIRONMENTS}/pr-4?force=true`);
    expect((await admin.get(`${FLAGS}/pr-4-a/checks`)).body.items).toEqual([]);
    await admin.post(`${ENVIRONMENTS}/pr-4/restore`);
    expect((await admin.get(`${FLAGS}/pr-4-a/checks`)).body.items).toMatchObject([{ name: 'sees-it', ...check }]);
  });

  it('takes its former children back only by force', async () => {
    await tree('pr-2');
    await admin.post(ENVIRONMENTS, { slug: 'pr-2-child', parent: 'pr-2' });
    await admin.delete(`${ENVIRONMENTS}/pr-2?force=true`);
    const parentOf = async () => (await admin.get(`${ENVIRONMENTS}/pr-2-child`)).body.parent as string;
    expect(await parentOf()).toBe('staging');
    expect((await admin.post(`${ENVIRONMENTS}/pr-2/restore?dryRun=true&force=true`)).body.effect).toContainEqual({
      environment: 'pr-2-child', flag: 'pr-2-a', field: 'enabled', before: false, after: true,
    }); // prettier-ignore
    expect((await admin.post(`${ENVIRONMENTS}/pr-2/restore`)).body.restoredChildren).toEqual([]);
    expect(await parentOf()).toBe('staging');
    await admin.delete(`${ENVIRONMENTS}/pr-2?force=true`);
    await admin.post(`${ENVIRONMENTS}/pr-2/restore`);
    await admin.patch(`${ENVIRONMENTS}/pr-2-child?force=true`, { parent: 'pr-2' });
    await admin.delete(`${ENVIRONMENTS}/pr-2?force=true`);
    expect((await admin.post(`${ENVIRONMENTS}/pr-2/restore?force=true`)).body.restoredChildren).toEqual(['pr-2-child']);
    expect(await parentOf()).toBe('pr-2');
  });

  it('needs another parent when its own is gone', async () => {
    await admin.post(ENVIRONMENTS, { slug: 'above', parent: 'staging' });
    await admin.post(ENVIRONMENTS, { slug: 'below', parent: 'above' });
    await admin.delete(`${ENVIRONMENTS}/below`);
    await admin.delete(`${ENVIRONMENTS}/above`);
    expect(await admin.post(`${ENVIRONMENTS}/below/restore`)).toMatchObject({ status: 409, body: { code: 'parent-gone' } });
    expect(await developer.post(`${ENVIRONMENTS}/below/restore`, { parent: null })).toMatchObject({
      status: 403,
      body: { code: 'role-too-low' },
    });
    expect(await admin.post(`${ENVIRONMENTS}/below/restore`, { parent: 'staging' })).toMatchObject({
      status: 200,
      body: { parent: 'staging' },
    });
  });

  it('leaves out the overrides of flags that exist no more', async () => {
    await tree('pr-3');
    await admin.delete(`${ENVIRONMENTS}/pr-3?force=true`);
    await admin.delete(`${FLAGS}/pr-3-a`);
    await admin.post(`${FLAGS}?force=true`, { key: 'pr-3-a' });
    expect((await admin.post(`${ENVIRONMENTS}/pr-3/restore`)).body).toMatchObject({ restoredOverrides: 1, leftOut: 1 });
    expect(await overrideKeys('pr-3')).toEqual(['pr-3-b']);
  });

  it('does not come back beside another one of its slug, nor when it never was', async () => {
    await admin.post(ENVIRONMENTS, { slug: 'twice', parent: 'staging' });
    await admin.delete(`${ENVIRONMENTS}/twice`);
    await admin.post(ENVIRONMENTS, { slug: 'twice', parent: 'staging' });
    expect(await admin.post(`${ENVIRONMENTS}/twice/restore`)).toMatchObject({
      status: 409,
      body: { code: 'environment-exists' },
    });
    expect(await admin.post(`${ENVIRONMENTS}/never/restore`)).toMatchObject({
      status: 404,
      body: { code: 'environment-not-found' },
    });
  });

  it('comes back protected for those alone who may write a protected environment', async () => {
    await admin.post(ENVIRONMENTS, { slug: 'sealed', parent: 'staging', settings: { protected: true } });
    await admin.delete(`${ENVIRONMENTS}/sealed`);
    expect(await developer.post(`${ENVIRONMENTS}/sealed/restore`)).toMatchObject({
      status: 403,
      body: { code: 'environment-protected' },
    });
    expect(await admin.post(`${ENVIRONMENTS}/sealed/restore`)).toMatchObject({
      status: 200,
      body: { settings: { protected: true } },
    });
  });
});
