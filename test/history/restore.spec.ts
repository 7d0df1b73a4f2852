import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api, type Answer } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const restore = (body: object): Promise<Answer> => api.post('/api/admin/restore', body);
const put = (environment: string, flag: string, override: object) =>
  api.put(`/api/admin/environments/${environment}/feature-flags/${flag}`, override);
const revisionNow = async () => (await api.get('/api/admin/environments')).body.items[0].revision as number;
const entriesOf = async (revision: number) =>
  (await api.get('/api/flags/audit?limit=50')).body.items.filter((entry: { revision: number }) => entry.revision === revision);
const places = ({ body }: Answer) =>
  body.changes.map(({ environment, flag, action }: Record<string, string>) => `${environment ?? 'base'}/${flag} ${action}`);
const left = ({ body }: Answer) =>
  body.left.map(({ environment, flag, segment, code }: Record<string, string>) => [environment, flag, segment, code]);

/** What stands of a flag, less what a restore cannot bring back: ids, versions, times. */
async function whatIs(
  flag: string,
): Promise<{ base: Record<string, unknown>; environments: Record<string, { percentage: number }> }> {
  const { items } = (await api.get(`/api/admin/feature-flags?search=${flag}&envs=production,staging,development`)).body;
  const [{ id: _i, version: _v, revision: _r, updatedAt: _u, environments, ...base }] = items.filter(
    (item: { key: string }) => item.key === flag,
  );
  return { base, environments };
}

let number = 0;
let key: string;
let start: number;

/** A flag of its own for each test, overridden in staging, at revision `start`. */
beforeEach(async () => {
  key = `flag-${String(++number)}`;
  await api.post('/api/admin/feature-flags', { key, enabled: true, tags: ['a'], owner: 'me' });
  const rules = [{ id: 'r', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'off' } }];
  start = (await put('staging', key, { enabled: false, percentage: 12.5, rules, rulesMode: 'append', reason: 'why not' })).body
    .revision;
});

describe('restoring a flag', () => {
  it('puts back the base and every override as one revision, and says every value that changes', async () => {
    const before = await whatIs(key);
    await api.patch(`/api/admin/feature-flags/${key}`, { enabled: false, name: 'Other', tags: [], owner: null, percentage: 1 });
    await put('staging', key, { enabled: true });
    await put('development', key, { percentage: 3 });
    const now = await revisionNow();
    const answer = await restore({ flag: key, at: start, reason: 'Incident #7' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ revision: now + 1, restoredTo: start, left: [] });
    expect(places(answer)).toEqual([`base/${key} updated`, `development/${key} deleted`, `staging/${key} updated`]);
    expect(answer.body.effect).toContainEqual({
      environment: 'production',
      flag: key,
      field: 'enabled',
      before: false,
      after: true,
    });
    expect(await whatIs(key)).toEqual(before);
    const entries = await entriesOf(now + 1);
    expect(entries).toHaveLength(3);
    expect(entries.every(({ reason }: { reason: string }) => reason === 'Incident #7')).toBe(true);
  });

  it('brings back an archived flag with its overrides, and archives it again', async () => {
    const before = await whatIs(key);
    await api.delete(`/api/admin/environments/staging/feature-flags/${key}`);
    const archived = await revisionNow();
    await api.delete(`/api/admin/feature-flags/${key}`);
    expect(places(await restore({ flag: key, at: start }))).toEqual([`base/${key} restored`, `staging/${key} created`]);
    expect(await whatIs(key)).toEqual(before);
    expect(places(await restore({ flag: key, at: archived + 1 }))).toEqual([`base/${key} archived`, `staging/${key} deleted`]);
    expect((await api.get(`/api/admin/feature-flags/${key}`)).body.archivedAt).not.toBeNull();
  });

  it('makes a flag again that was deleted in SQL', async () => {
    const before = await whatIs(key);
    await sql(server.databaseUrl, 'DELETE FROM flags WHERE key = $1', [key]);
    expect(places(await restore({ flag: key, at: start }))).toEqual([`base/${key} created`, `staging/${key} created`]);
    const after = await whatIs(key);
    expect(after).toEqual({ ...before, base: { ...before.base, createdAt: after.base.createdAt } });
  });

  it('only tries with dryRun, in the query or the body', async () => {
    await api.patch(`/api/admin/feature-flags/${key}`, { enabled: false });
    const now = await revisionNow();
    for (const answer of [
      await restore({ flag: key, at: start, dryRun: true }),
      await api.post('/api/admin/restore?dryRun=true', { flag: key, at: start }),
    ]) {
      expect(answer.body).toMatchObject({
        dryRun: true,
        revision: now,
        preview: { changes: [{ flag: key, action: 'updated' }] },
      });
      expect(answer.body.effect).toEqual([
        { environment: 'production', flag: key, field: 'enabled', before: false, after: true },
      ]);
    }
    expect(await revisionNow()).toBe(now);
  });

  it('makes no revision when all is as it was', async () => {
    const now = await revisionNow();
    expect((await restore({ flag: key, at: start })).body).toEqual({
      revision: now,
      restoredTo: start,
      changes: [],
      left: [],
      effect: [],
      effectCount: 0,
    });
  });

  it('leaves environments alone that did not exist then, and names those that are gone', async () => {
    await api.post('/api/admin/environments', { slug: `old-${key}`, parent: 'staging' });
    await put(`old-${key}`, key, { enabled: true });
    const then = await revisionNow();
    await api.delete(`/api/admin/environments/old-${key}?force=true`);
    await api.post('/api/admin/environments', { slug: `new-${key}`, parent: 'staging' });
    await put(`new-${key}`, key, { enabled: true });
    const answer = await restore({ flag: key, at: then });
    expect(places(answer)).toEqual([]);
    expect(left(answer)).toEqual([
      [`new-${key}`, key, null, 'environment-newer'],
      [`old-${key}`, key, null, 'environment-gone'],
    ]);
  });

  it('refuses to bring back rules whose segment is gone, and tells when a segment is another one now', async () => {
    const segment = `seg-${key}`;
    await api.post('/api/admin/segments', { key: segment });
    await put('staging', key, { rules: [{ id: 's', conditions: [{ segment }], serve: { variant: 'on' } }] });
    const then = await revisionNow();
    await put('staging', key, {});
    await api.patch(`/api/admin/segments/${segment}`, { conditions: [{ attribute: 'a', operator: 'exists' }] });
    expect(left(await restore({ flag: key, at: then, dryRun: true }).then(previewOf))).toEqual([
      [null, null, segment, 'segment-differs'],
    ]);
    await api.delete(`/api/admin/segments/${segment}`);
    const { status, body } = await restore({ flag: key, at: then });
    expect([status, body.code]).toEqual([422, 'invalid-flag']);
    expect(body.errors).toContainEqual(expect.objectContaining({ environment: 'staging', flag: key, field: 'rules' }));
  });

  it('refuses a flag that did not exist then, was of another type, or never was', async () => {
    const before = start - 2;
    expect((await restore({ flag: key, at: before })).body).toMatchObject({ status: 422, code: 'flag-newer' });
    await sql(server.databaseUrl, 'DELETE FROM flags WHERE key = $1', [key]);
    await sql(
      server.databaseUrl,
      `INSERT INTO flags (key, type, variants, default_variant) VALUES ($1, 'string', '[{"key": "a", "value": "b"}]', 'a')`,
      [key],
    );
    expect((await restore({ flag: key, at: start })).body).toMatchObject({ status: 422, code: 'flag-replaced' });
    expect((await restore({ flag: 'never-was', at: start })).body).toMatchObject({ status: 404, code: 'flag-not-found' });
  });

  it('honours If-Match on the flag, and an Idempotency-Key', async () => {
    const etag = (await api.get(`/api/admin/feature-flags/${key}`)).headers.get('etag') ?? '';
    await api.patch(`/api/admin/feature-flags/${key}`, { enabled: false });
    const send = (headers: Record<string, string>) => api.post('/api/admin/restore', { flag: key, at: start }, { headers });
    expect((await send({ 'if-match': etag })).status).toBe(412);
    const first = await send({ 'idempotency-key': key });
    const second = await send({ 'idempotency-key': key });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});

const previewOf = ({ body, ...answer }: Answer): Answer => ({ ...answer, body: body.preview });

describe('restoring the overrides of an environment or a subtree', () => {
  it('touches that environment alone, or it and all below', async () => {
    await put('development', key, { percentage: 1 });
    await put('production', key, { percentage: 2 });
    const then = await revisionNow();
    for (const environment of ['development', 'staging', 'production']) await put(environment, key, { percentage: 77 });
    await put('staging', 'flag-1', { enabled: true });
    const one = await restore({ environment: 'staging', at: then, dryRun: true }).then(previewOf);
    expect(places(one)).toEqual(['staging/flag-1 updated', `staging/${key} updated`].sort());
    expect(places(await restore({ subtree: 'staging', flag: key, at: then }))).toEqual([
      `development/${key} updated`,
      `staging/${key} updated`,
    ]);
    const { environments } = await whatIs(key);
    expect(Object.values(environments).map(({ percentage }) => percentage)).toEqual([77, 12.5, 1]);
    expect((await api.get(`/api/admin/feature-flags/${key}`)).body.percentage).toBe(100);
  });

  it('leaves flags alone that did not exist then, are archived or gone, and says where the tree is another', async () => {
    const [newer, archived, gone] = [`newer-${key}`, `archived-${key}`, `gone-${key}`];
    await api.post('/api/admin/environments', { slug: `env-${key}`, parent: 'staging' });
    for (const flag of [archived, gone]) {
      await api.post('/api/admin/feature-flags', { key: flag });
      await put(`env-${key}`, flag, { percentage: 5 });
    }
    const then = await revisionNow();
    await api.post('/api/admin/feature-flags', { key: newer });
    await put(`env-${key}`, newer, { percentage: 5 });
    await put(`env-${key}`, archived, { percentage: 6 });
    await api.delete(`/api/admin/feature-flags/${archived}`);
    await sql(server.databaseUrl, 'DELETE FROM flags WHERE key = $1', [gone]);
    await api.patch(`/api/admin/environments/env-${key}?force=true`, { parent: 'production' });
    const answer = await restore({ environment: `env-${key}`, at: then });
    expect(places(answer)).toEqual([]);
    expect(left(answer)).toEqual([
      [`env-${key}`, null, null, 'environment-moved'],
      [`env-${key}`, archived, null, 'flag-archived'],
      [`env-${key}`, gone, null, 'flag-gone'],
      [`env-${key}`, newer, null, 'flag-newer'],
    ]);
  });

  it('refuses an environment that did not exist then, is gone, or never was', async () => {
    const slug = `env-${key}`;
    await api.post('/api/admin/environments', { slug, parent: 'staging' });
    const then = await revisionNow();
    expect((await restore({ environment: slug, at: start })).body).toMatchObject({ status: 422, code: 'environment-newer' });
    await api.delete(`/api/admin/environments/${slug}`);
    expect((await restore({ subtree: slug, at: then })).body).toMatchObject({ status: 422, code: 'environment-gone' });
    expect((await restore({ subtree: 'never-was', at: then })).body).toMatchObject({
      status: 404,
      code: 'environment-not-found',
    });
  });

  it('goes back to an instant', async () => {
    const [{ timestamp }] = (await api.get(`/api/flags/audit?flag=${key}&limit=1`)).body.items;
    await put('staging', key, {});
    expect(places(await restore({ environment: 'staging', flag: key, at: timestamp }))).toEqual([`staging/${key} updated`]);
  });

  it('is a write like any other: a protected environment needs a promoter', async () => {
    const token = (await api.post('/api/admin/tokens', { name: `dev-${key}`, kind: 'admin', role: 'developer' })).body
      .token as string;
    await put('production', key, { percentage: 1 });
    const attempt = await api.as(token).post('/api/admin/restore', { environment: 'production', flag: key, at: start });
    expect([attempt.status, attempt.body.code]).toEqual([403, 'environment-protected']);
    await api.patch('/api/admin/environments/production', { settings: { protected: false } });
    expect((await api.as(token).post('/api/admin/restore', { environment: 'production', flag: key, at: start })).status).toBe(
      200,
    );
  });
});

it.each([
  [{ at: 1 }, '', 'required'],
  [{ flag: 'x' }, '/at', 'required'],
  [{ environment: 'staging', subtree: 'staging', at: 1 }, '/subtree', 'exclusive'],
  [{ flag: 'x', at: 'monday' }, '/at', 'invalid-moment'],
  [{ flag: 'x', at: 1, all: true }, '/all', 'unknown-property'],
])('refuses the request %j', async (body, pointer, code) => {
  const answer = await restore(body);
  expect([answer.status, answer.body.errors[0]]).toMatchObject([400, { pointer, code }]);
});
