import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

const FLAGS = '/api/admin/feature-flags';
const AUDIT = '/api/flags/audit';

interface Entry {
  action: string;
  change: string;
  entity: string;
  flag: string | null;
  remote: string | null;
  token: string | null;
  reason: string | null;
}

const entriesOf = async (query: string): Promise<Entry[]> => (await api.get(`${AUDIT}?${query}`)).body.items;
const words = async (query: string) =>
  (await entriesOf(query)).map(({ action, change, entity }) => `${action} (${change}) ${entity}`).reverse();

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_TRUSTED_PROXIES: 'loopback' } });
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

describe('the action of an audit entry', () => {
  it('is enable or disable where a flag or an override is turned on or off [001-48]', async () => {
    await api.post(FLAGS, { key: 'turned' });
    await api.patch(`${FLAGS}/turned`, { enabled: true });
    await api.patch(`${FLAGS}/turned`, { description: 'on' });
    await api.patch(`${FLAGS}/turned`, { environment: 'staging', enabled: false, percentage: 10 });
    await api.patch(`${FLAGS}/turned`, { environment: 'staging', enabled: true });
    await api.patch(`${FLAGS}/turned`, { environment: 'staging', enabled: null });
    await api.delete('/api/admin/environments/staging/feature-flags/turned');
    expect(await words('flag=turned')).toEqual([
      'created (created) flag',
      'enable (updated) flag',
      'updated (updated) flag',
      'disable (created) environment-flag',
      'enable (updated) environment-flag',
      'updated (updated) environment-flag',
      'deleted (deleted) environment-flag',
    ]);
  });

  it('is archive and restore, of a flag and of what was at a past moment', async () => {
    const { body } = await api.post(FLAGS, { key: 'put.away' });
    await api.delete(`${FLAGS}/put.away`);
    await api.post(`${FLAGS}/put.away/restore`);
    await api.patch(`${FLAGS}/put.away`, { enabled: true });
    await api.post('/api/admin/restore', { flag: 'put.away', at: String(body.revision) });
    expect(await words('flag=put.away')).toEqual([
      'created (created) flag',
      'archive (updated) flag',
      'restore (updated) flag',
      'enable (updated) flag',
      'restore (updated) flag',
    ]);
  });

  it('is promote, revert or import where that led to it, whatever it does', async () => {
    await api.post(FLAGS, { key: 'moved' });
    await api.patch(`${FLAGS}/moved`, { environment: 'development', enabled: true });
    const promoted = await api.post(`${FLAGS}/moved/promote`, { from: 'development', to: 'staging' });
    await api.post(`/api/admin/promotions/${promoted.body.id as string}/revert`, {});
    const document = (await api.get('/api/admin/export?flags=moved')).body;
    document.flags[0].enabled = true;
    expect((await api.post('/api/admin/import', document)).status).toBe(200);
    expect(await words('flag=moved')).toEqual([
      'created (created) flag',
      'enable (created) environment-flag',
      'promote (created) environment-flag',
      'revert (deleted) environment-flag',
      'import (updated) flag',
    ]);
  });

  it('finds an entry, as does what happened to its row [001-48]', async () => {
    const all = await entriesOf('limit=200');
    for (const word of [
      'enable',
      'disable',
      'archive',
      'restore',
      'promote',
      'revert',
      'import',
      'created',
      'updated',
      'deleted',
    ]) {
      const wanted = all.filter(({ action, change }) => action === word || change === word);
      expect(wanted.length).toBeGreaterThan(0);
      expect(await entriesOf(`limit=200&action=${word}`)).toEqual(wanted);
    }
    expect((await api.get(`${AUDIT}?action=archived`)).status).toBe(400);
  });

  it('is the same in the view of the database', async () => {
    const rows = await sql(
      server.databaseUrl,
      'SELECT id::int, action, change, remote, token FROM flagtree.audit_log ORDER BY id DESC',
    );
    const items = await entriesOf('limit=200');
    expect(rows).toEqual(
      items.map(({ action, change, remote, token, ...item }) => ({ id: (item as never)['id'], action, change, remote, token })),
    );
  });

  it('is told of entries from before, too: they are as SQL writes them, without a cause', async () => {
    await api.post(FLAGS, { key: 'old' });
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET enabled = true WHERE key = 'old'`);
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET archived_at = now() WHERE key = 'old'`);
    expect(await words('flag=old')).toEqual(['created (created) flag', 'enable (updated) flag', 'archive (updated) flag']);
  });
});

describe('who wrote an audit entry', () => {
  it('is named by the public id of the token and the address, through trusted proxies [001-50]', async () => {
    const publicId = /^ft_admin_([^_]+)_/.exec(server.adminToken)?.[1];
    await api.post(FLAGS, { key: 'far' }, { headers: { 'x-forwarded-for': '198.51.100.9, 203.0.113.7' } });
    await api.patch(`${FLAGS}/far`, { enabled: true });
    expect(await entriesOf('flag=far')).toMatchObject([
      { user: 'token:bootstrap', remote: '127.0.0.1', token: publicId },
      { user: 'token:bootstrap', remote: '203.0.113.7', token: publicId },
    ]);
  });

  it('is a database user without either in SQL, and nobody’s token at the first start', async () => {
    await sql(server.databaseUrl, `UPDATE flagtree.flags SET description = 'by hand' WHERE key = 'far'`);
    expect((await entriesOf('flag=far&limit=1'))[0]).toMatchObject({ remote: null, token: null });
    const setup = await entriesOf('actor=token:setup');
    expect(setup.length).toBeGreaterThan(0);
    expect(new Set(setup.map(({ remote, token }) => `${String(remote)} ${String(token)}`))).toEqual(new Set(['null null']));
  });

  it('is covered by the hash of the entry', async () => {
    expect((await api.get(`${AUDIT}/verify`)).body).toMatchObject({ valid: true, broken: [] });
    const [{ id }] = (await entriesOf('flag=far&limit=3')).slice(-1) as unknown as [{ id: number }];
    await sql(
      server.databaseUrl,
      `BEGIN; SET LOCAL session_replication_role = replica; UPDATE flagtree.audit_entries SET remote = '192.0.2.1' WHERE id = ${String(id)}; COMMIT`,
    );
    expect((await api.get(`${AUDIT}/verify`)).body.broken[0]).toMatchObject({ id, reason: 'edited' });
  });
});
