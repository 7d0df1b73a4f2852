import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post(
    '/api/admin/feature-flags',
    { key: 'ui.new_feature', reason: 'for the relaunch' },
    { headers: { 'x-request-id': 'req-1' } },
  );
  await api.patch('/api/admin/feature-flags/ui.new_feature', { enabled: true, environment: 'staging', reason: 'beta test' });
});
afterAll(() => server.stop());

const newest = async (query = '') => (await api.get(`/api/flags/audit?flag=ui.new_feature&limit=1${query}`)).body.items[0];

describe('the audit log', () => {
  it('tells who, what, where, when, why, before and after', async () => {
    const [update, create] = (await api.get('/api/flags/audit?flag=ui.new_feature')).body.items;
    expect(create).toMatchObject({
      action: 'created',
      change: 'created',
      entity: 'flag',
      environment: null,
      reason: 'for the relaunch',
      requestId: 'sent:req-1',
      before: null,
    });
    expect(update).toMatchObject({
      flag: 'ui.new_feature',
      action: 'enable',
      change: 'created',
      entity: 'environment-flag',
      environment: 'staging',
      user: 'token:bootstrap',
      reason: 'beta test',
      before: null,
      after: { enabled: true, percentage: null },
      revision: Number(create.revision) + 1,
    });
    expect(update.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(Math.abs(Date.now() - Date.parse(update.timestamp as string))).toBeLessThan(60_000);
  });

  it("shows a DBA's plain UPDATE as that database user's doing, and evaluation follows it", async () => {
    const evaluate = async () =>
      (
        await api.post(
          '/ofrep/v1/evaluate/flags/ui.new_feature',
          { context: {} },
          { headers: { 'x-environment': 'development' } },
        )
      ).body.value as boolean;
    expect(await evaluate()).toBe(true);
    await sql(server.databaseUrl, 'UPDATE environment_flags SET enabled = false WHERE enabled');
    const entry = await newest();
    expect(entry).toMatchObject({
      action: 'disable',
      change: 'updated',
      environment: 'staging',
      before: { enabled: true },
      after: { enabled: false },
      requestId: null,
      remote: null,
      token: null,
    });
    expect(entry.user).toBe(`database:${String(entry.databaseUser)}`);
    expect(await evaluate()).toBe(false);
  });

  it('takes the reason that a DBA gives', async () => {
    await sql(
      server.databaseUrl,
      `BEGIN; SET LOCAL flagtree.reason = 'Incident #123'; UPDATE flagtree.environment_flags SET enabled = true; COMMIT`,
    );
    expect(await newest()).toMatchObject({ reason: 'Incident #123', after: { enabled: true } });
  });

  it('is filtered by environment, actor, action and time', async () => {
    const count = async (query: string) =>
      (await api.get(`/api/flags/audit?flag=ui.new_feature&${query}`)).body.items.length as number;
    const { timestamp, databaseUser } = await newest();
    expect(await count('environment=staging')).toBe(3);
    expect(await count('environment=production')).toBe(0);
    expect(await count(`actor=database:${String(databaseUser)}`)).toBe(2);
    expect(await count('action=updated')).toBe(2);
    expect(await count(`since=${String(timestamp)}`)).toBeLessThanOrEqual(1);
    expect(await count(`until=${new Date(Date.now() + 60_000).toISOString()}`)).toBe(4);
  });

  it('is read in pages', async () => {
    const first = (await api.get('/api/flags/audit?flag=ui.new_feature&limit=3')).body;
    const second = (await api.get(`/api/flags/audit?flag=ui.new_feature&limit=3&cursor=${String(first.nextCursor)}`)).body;
    expect([...first.items, ...second.items].map(({ id }: { id: number }) => id)).toEqual(
      (await api.get('/api/flags/audit?flag=ui.new_feature')).body.items.map(({ id }: { id: number }) => id),
    );
    expect(second.nextCursor).toBeNull();
  });

  it('gives no revision to a write that changes nothing, or fails, or is only tried', async () => {
    const before = await newest();
    await api.patch('/api/admin/feature-flags/ui.new_feature', { enabled: true, environment: 'staging' });
    await api.patch('/api/admin/feature-flags/ui.new_feature', { defaultVariant: 'nope' });
    await api.patch('/api/admin/feature-flags/ui.new_feature?dryRun=true', { enabled: true });
    expect(await newest()).toEqual(before);
  });

  it('verifies, and finds the entry that somebody edited past the triggers', async () => {
    expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
    const { id } = await newest();
    await sql(
      server.databaseUrl,
      `BEGIN; SET LOCAL session_replication_role = replica; UPDATE flagtree.audit_entries SET actor = 'nobody' WHERE id = ${String(id)}; COMMIT`,
    );
    const { body } = await api.get('/api/flags/audit/verify');
    expect(body.valid).toBe(false);
    expect(body.broken[0].id).toBe(id);
  });

  it.each(['since=yesterday', 'action=touched', 'cursor=%00', 'limit=201', 'flags=x'])('refuses %s', async (query) => {
    expect((await api.get(`/api/flags/audit?${query}`)).status).toBe(400);
  });
});
