import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { createDatabase } from '../support/database.js';
import { type Server, type ServerOptions, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

const TOKENS = '/api/admin/tokens';
const SECRET = 'an-operators-own-secret-of-enough-length';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Servers that share a database, each with a data directory of its own unless one is given. */
async function sharedDatabase() {
  const { url, drop } = await createDatabase();
  undo.push(drop);
  return async (options: Partial<ServerOptions> = {}): Promise<Server & { api: Api }> => {
    const server = await startServer({ database: url, ...options });
    undo.push(() => server.stop());
    return { ...server, api: await Api.of(server.url, server.adminToken) };
  };
}

const withSecret = (token = SECRET) => ({ env: { FLAGTREE_ADMIN_TOKEN: token } });

async function ownId({ api }: { api: Api }): Promise<string> {
  const { items } = (await api.get(TOKENS)).body as { items: { id: string; name: string; revokedAt: string | null }[] };
  return items.find(({ name, revokedAt }) => name === 'bootstrap' && revokedAt === null)?.id ?? '';
}

const mayManage = async (api: Api) => (await api.get(TOKENS)).status;

describe('a secret that was given up', () => {
  it('stays revoked on every server whose setting still has it; a new one lets its owner in again', async () => {
    const start = await sharedDatabase();
    const first = await start(withSecret());
    expect((await first.api.delete(`${TOKENS}/${await ownId(first)}?reason=leaked`)).status).toBe(204);
    for (let servers = 0; servers < 2; servers++) {
      const next = await start(withSecret());
      expect(await mayManage(next.api)).toBe(401);
      expect(next.logs()).toMatch(/The admin token in FLAGTREE_ADMIN_TOKEN was revoked or rotated at \S+ and stays so/);
      expect(next.logs()).not.toContain(SECRET);
    }
    const renewed = await start(withSecret(`${SECRET}-anew`));
    expect(await mayManage(renewed.api)).toBe(200);
    const back = await start(withSecret());
    expect([await mayManage(back.api), await mayManage(renewed.api)]).toEqual([401, 200]);
  });

  it('stays rotated', async () => {
    const start = await sharedDatabase();
    const first = await start(withSecret());
    const { token } = (await first.api.post(`${TOKENS}/${await ownId(first)}/rotate`)).body as { token: string };
    const next = await start(withSecret());
    expect([await mayManage(next.api), await mayManage(next.api.as(token))]).toEqual([401, 200]);
  });

  it('stays revoked in the file of the data directory; without the file there is a new one', async () => {
    const start = await sharedDatabase();
    const dataDirectory = createDataDirectory();
    undo.push(() => { removeDataDirectory(dataDirectory); }); // prettier-ignore
    const first = await start({ dataDirectory });
    await first.api.delete(`${TOKENS}/${await ownId(first)}`);
    await first.stop();
    const second = await start({ dataDirectory });
    expect(await mayManage(second.api)).toBe(401);
    expect(second.logs()).toMatch(/The admin token in \S+admin-token was revoked/);
    await second.stop();
    rmSync(join(dataDirectory, 'admin-token'));
    expect(await mayManage((await start({ dataDirectory })).api)).toBe(200);
  });

  it('is another one than what a setting replaced, which may be set again', async () => {
    const start = await sharedDatabase();
    const first = await start(withSecret());
    const second = await start(withSecret(`${SECRET}-anew`));
    expect([await mayManage(first.api), await mayManage(second.api)]).toEqual([401, 200]);
    expect(await mayManage((await start(withSecret())).api)).toBe(200);
  });
});

describe('the server’s own token', () => {
  it('is not one that is only called like it, and no token keeps a server from its start', async () => {
    const start = await sharedDatabase();
    const first = await start();
    await sql(first.databaseUrl, `UPDATE flagtree.tokens SET revoked_at = now() WHERE is_own`);
    // What an impostor would have made by hand: the public id that the setting's token is to get, and its secret.
    await sql(
      first.databaseUrl,
      `INSERT INTO flagtree.tokens (name, kind, role, public_id, secret_sha256, created_by)
       VALUES ('boot strap', 'admin', 'viewer', 'set-' || left(encode(sha256($1::bytea), 'hex'), 8), sha256('x'), 'token:setup')`,
      [SECRET],
    );
    const next = await start(withSecret());
    expect(await mayManage(next.api)).toBe(200);
    await next.stop();
    expect(await mayManage((await start(withSecret())).api)).toBe(200);
  });

  it('leaves a token alone whose secret the setting has', async () => {
    const start = await sharedDatabase();
    const first = await start();
    const { token } = (await first.api.post(TOKENS, { name: 'reader', kind: 'admin', role: 'viewer' })).body as { token: string };
    const next = await start(withSecret(token));
    expect(await mayManage(next.api)).toBe(403);
    expect((await next.api.get('/api/admin/environments')).status).toBe(200);
    expect(next.logs()).toContain('The admin token in FLAGTREE_ADMIN_TOKEN is that of the token');
  });

  it('that the database refuses keeps nobody from evaluating, and leaves no digest in the log', async () => {
    const start = await sharedDatabase();
    const first = await start();
    await sql(
      first.databaseUrl,
      `CREATE FUNCTION flagtree.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more tokens'; END $$;
       CREATE TRIGGER t9_refuse BEFORE UPDATE ON flagtree.tokens FOR EACH ROW EXECUTE FUNCTION flagtree.refuse()`,
    );
    const next = await start(withSecret());
    expect(next.logs()).toContain('the server starts without it');
    expect((await first.api.as(first.adminToken).get('/api/admin/environments')).status).toBe(200);
    const [row] = await sql(first.databaseUrl, `SELECT encode(sha256($1::bytea), 'hex') AS digest`, [SECRET]);
    expect(next.logs()).not.toContain(String(row?.['digest']).slice(0, 16));
    expect(next.logs()).not.toContain(SECRET);
  });
});
