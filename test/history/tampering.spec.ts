import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { createDatabase, type Database } from '../support/database.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';

/** The server's own login. */
const LOGIN = `flagtree_server_${randomBytes(4).toString('hex')}`;

let database: Database;
let server: TestServer;
let api: Api;
let ofServer: string;

const verified = async (query = '') => (await api.get(`/api/flags/audit/verify${query}`)).body;
const broken = async () => (await verified()).broken as { id: number | null; reason: string; detail: string }[];
const asOwner = (...statements: string[]) => sql(database.url, statements.join('; '));
const withoutTrigger = (...statements: string[]) => [
  'ALTER TABLE flagtree.audit_entries DISABLE TRIGGER t1_refuse_edit',
  ...statements,
  'ALTER TABLE flagtree.audit_entries ENABLE TRIGGER t1_refuse_edit',
];

beforeAll(async () => {
  database = await createDatabase();
  const url = new URL(database.url);
  [url.username, url.password] = [LOGIN, 'of the server'];
  ofServer = url.href;
  await sql(
    database.url,
    `DO $$ BEGIN IF to_regrole('flagtree_app') IS NULL THEN CREATE ROLE flagtree_app NOLOGIN; END IF; END $$;
     CREATE ROLE ${LOGIN} LOGIN PASSWORD 'of the server' IN ROLE flagtree_app`,
  );
  server = await startServer({ env: { DATABASE_URL: ofServer, FLAGTREE_MIGRATION_DATABASE_URL: database.url } });
  api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'lamp');
});
afterAll(async () => {
  await server.stop();
  await sql(database.url, `DROP OWNED BY ${LOGIN}; DROP ROLE ${LOGIN}`);
  await database.drop();
});

describe('the login of the server', () => {
  it.each([
    `UPDATE flagtree.audit_entries SET actor = 'nobody'`,
    'ALTER TABLE flagtree.audit_entries DISABLE TRIGGER t1_refuse_edit',
    'CREATE OR REPLACE FUNCTION flagtree.audit_entry_text(entry flagtree.audit_entries) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN 1::text',
    'DROP TRIGGER t6_write_updates ON flagtree.flags',
  ])('may not: %s', async (statement) => {
    await expect(sql(ofServer, statement)).rejects.toThrow(/permission denied|must be owner/);
    expect(await verified()).toMatchObject({ valid: true, broken: [], warnings: [] });
  });
});

describe('an owner who tampers is told of', () => {
  let kept: string;
  beforeEach(() => {
    kept = `kept_${randomBytes(4).toString('hex')}`;
  });

  it('with the function of the hashes replaced, and an entry rewritten', async () => {
    const [{ definition } = { definition: '' }] = await sql(database.url, `SELECT pg_get_functiondef('flagtree.audit_entry_hash'::regproc) AS definition`); // prettier-ignore
    const [{ actor } = { actor: '' }] = await sql(database.url, 'SELECT actor FROM flagtree.audit_entries WHERE id = 2');
    await asOwner(
      ...withoutTrigger(`UPDATE flagtree.audit_entries SET actor = 'token:somebody' WHERE id = 2`),
      'CREATE OR REPLACE FUNCTION flagtree.audit_entry_hash(previous bytea, entry flagtree.audit_entries) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE RETURN entry.hash',
    );
    expect(await broken()).toEqual([
      expect.objectContaining({ id: 2, reason: 'edited' }),
      { id: null, reason: 'guard', detail: 'The function audit_entry_hash() is not the one of the migrations' },
    ]);
    await asOwner(
      ...withoutTrigger(`UPDATE flagtree.audit_entries SET actor = '${String(actor)}' WHERE id = 2`),
      String(definition),
    );
    expect(await verified()).toMatchObject({ valid: true, broken: [] });
  });

  it('with triggers off, and a row that no entry explains', async () => {
    await asOwner(
      'ALTER TABLE flagtree.flags DISABLE TRIGGER USER',
      `CREATE TABLE public.${kept} AS SELECT * FROM flagtree.flags`,
      `UPDATE flagtree.flags SET description = 'by nobody'`,
    );
    const found = await broken();
    expect(found).toContainEqual(
      expect.objectContaining({ reason: 'row', detail: expect.stringContaining('"lamp" of flags is not as entry') }),
    );
    expect(found).toContainEqual({ id: null, reason: 'guard', detail: 'The trigger flags.t6_write_updates is switched off' });
    await asOwner(
      'UPDATE flagtree.flags SET description = NULL',
      'ALTER TABLE flagtree.flags ENABLE TRIGGER USER',
      `DROP TABLE public.${kept}`,
    );
    expect(await verified()).toMatchObject({ valid: true, broken: [] });
  });

  it('with a function in front of the one that is asked, and a row that is gone', async () => {
    await asOwner(
      'CREATE FUNCTION public.to_jsonb(flagtree.segments) RETURNS jsonb LANGUAGE sql RETURN NULL::jsonb',
      `CREATE TABLE public.${kept} AS SELECT * FROM flagtree.environments WHERE slug = 'development'`,
      'ALTER TABLE flagtree.environments DISABLE TRIGGER USER',
      `DELETE FROM flagtree.environments WHERE slug = 'development'`,
      'ALTER TABLE flagtree.environments ENABLE TRIGGER USER',
    );
    expect(await broken()).toEqual([
      expect.objectContaining({
        reason: 'row',
        detail: 'The row "development" of environments is gone, and by the log it is there',
      }),
    ]);
    await asOwner(
      'ALTER TABLE flagtree.environments DISABLE TRIGGER USER',
      `INSERT INTO flagtree.environments SELECT * FROM public.${kept}`,
      'ALTER TABLE flagtree.environments ENABLE TRIGGER USER',
      `DROP TABLE public.${kept}`,
      'DROP FUNCTION public.to_jsonb(flagtree.segments)',
    );
    expect(await verified()).toMatchObject({ valid: true, broken: [] });
  });
});

describe('a verification that goes on', () => {
  it('reads what is new, and says from where', async () => {
    const { entries } = await verified();
    await makeFlag(api, 'second');
    const more = await verified('?goOn=true');
    expect(more).toMatchObject({ valid: true, from: Number(entries) + 1 });
    expect(more.entries).toBeGreaterThan(0);
    expect((await verified()).from).toBe(1);
  });
});

describe('a server with the login of the owner alone', () => {
  it('warns at its start, and in what it verifies', async () => {
    const alone = await startServer();
    const { body } = await (await Api.of(alone.url, alone.adminToken)).get('/api/flags/audit/verify');
    expect(body).toMatchObject({ valid: true, warnings: [expect.stringContaining('FLAGTREE_MIGRATION_DATABASE_URL')] });
    expect(alone.logs()).toContain('FLAGTREE_MIGRATION_DATABASE_URL');
    await alone.stop();
  });
});
