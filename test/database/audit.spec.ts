import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { refusal, TestDatabase } from './support.js';

let database: TestDatabase;
beforeAll(async () => (database = await TestDatabase.create()));
afterAll(() => database.drop());

interface Entry {
  action: string;
  table_name: string;
  flag: string | null;
  environment: string | null;
}

const since = (revision: number) =>
  database.rows<Entry>(
    `SELECT log.action, log.table_name, log.flag, log.environment FROM flagtree.audit_log AS log WHERE log.revision > $1 ORDER BY log.id`,
    [revision],
  );

const newest = <Row extends object>(columns: string) =>
  database.row<Row>(`SELECT ${columns} FROM flagtree.audit_entries AS entry ORDER BY entry.id DESC LIMIT 1`);

describe('an audit entry', () => {
  beforeAll(async () => {
    await database.environments({ production: null, staging: 'production', development: 'staging' });
    await database.flag('checkout');
    await database.override('staging', 'checkout');
  });

  it("of a DBA's plain UPDATE names the database user, what it was, what it is, and the reason in the row", async () => {
    const session = await database.session();
    await session.query(`UPDATE environment_flags SET enabled = false, reason = 'Incident #123'`);
    const { user } = await database.row<{ user: string }>('SELECT session_user AS user');
    expect(
      await database.row(
        `SELECT log.user_name, log.database_user, log.action, log.change, log.flag, log.environment, log.reason, log.changed, log.table_name,
                log.before -> 'enabled' AS before, log.after -> 'enabled' AS after, log.request_id, log.timestamp > now() - interval '1 minute' AS is_new
           FROM flagtree.audit_log AS log ORDER BY log.id DESC LIMIT 1`,
      ),
    ).toEqual({
      user_name: `database:${user}`,
      database_user: user,
      action: 'disable',
      change: 'updated',
      flag: 'checkout',
      environment: 'staging',
      reason: 'Incident #123',
      changed: ['enabled', 'reason'],
      table_name: 'environment_flags',
      before: null,
      after: false,
      request_id: null,
      is_new: true,
    });
  });

  it('does not repeat the reason of an older change', async () => {
    await database.rows(`UPDATE flagtree.environment_flags SET enabled = true`);
    expect(await newest('entry.reason')).toEqual({ reason: null });
  });

  it('names the actor, reason, request and cause that the application sets, for that transaction alone', async () => {
    const session = await database.session();
    await session.query('BEGIN');
    await session.query(
      `SELECT set_config('flagtree.actor', 'ann', true), set_config('flagtree.reason', 'beta test', true),
              set_config('flagtree.request_id', 'r-1', true), set_config('flagtree.causation_id', 'promotion-7', true)`,
    );
    await session.query(`UPDATE flagtree.flags SET owner = 'web'`);
    await session.query('COMMIT');
    const { user } = await database.row<{ user: string }>('SELECT session_user AS user');
    const columns = 'entry.actor, entry.db_user, entry.reason, entry.request_id, entry.causation_id';
    expect(await newest(columns)).toEqual({
      actor: 'ann',
      db_user: user,
      reason: 'beta test',
      request_id: 'r-1',
      causation_id: 'promotion-7',
    });
    await session.query(`UPDATE flagtree.flags SET owner = 'shop'`);
    expect(await newest(columns)).toEqual({
      actor: `database:${user}`,
      db_user: user,
      reason: null,
      request_id: null,
      causation_id: null,
    });
  });

  it.each([
    ['archived', 'archived_at = now()'],
    ['updated', `archived_at = now() + interval '1 day'`],
    ['restored', 'archived_at = NULL'],
    ['updated', `description = 'x'`],
  ])('says %s for a flag with %s', async (action, assignment) => {
    await database.rows(`UPDATE flagtree.flags SET ${assignment}`);
    expect(await newest('entry.action')).toEqual({ action });
  });

  it('holds whole rows, the same whatever the time zone and the formats of the session', async () => {
    const session = await database.session();
    await session.query(
      `SET timezone = 'Asia/Kathmandu'; SET datestyle = 'German'; SET bytea_output = 'escape'; SET extra_float_digits = -3`,
    );
    await session.query(
      `INSERT INTO flagtree.tokens (id, name, kind, environment_ids, public_id, secret_sha256, expires_at, created_at, created_by)
       VALUES ('00000000-0000-7000-8000-000000000001', 'ci', 'client', '{}', 'abc', sha256('secret'), '2027-01-01 00:00+00', '2026-01-01 12:34:56.789012+00', 'ann')`,
    );
    const { after } = await newest<{ after: object }>('entry.after');
    const time = '2026-01-01T12:34:56.789012+00:00';
    expect(after).toEqual({
      id: '00000000-0000-7000-8000-000000000001',
      name: 'ci',
      kind: 'client',
      role: null,
      environment_ids: [],
      is_own: false,
      flag_tags: null,
      include_descendants: false,
      public_id: 'abc',
      secret_sha256: `\\x${createHash('sha256').update('secret').digest('hex')}`,
      expires_at: '2027-01-01T00:00:00+00:00',
      revoked_at: null,
      created_by: 'ann',
      created_at: time,
      updated_at: time,
      version: 1,
    });
    const shown = await database.row<{ after: object }>(
      'SELECT log.after FROM flagtree.audit_log AS log ORDER BY log.id DESC LIMIT 1',
    );
    expect(shown.after).not.toHaveProperty('secret_sha256');
    expect((await session.query('SELECT flagtree.verify_audit()')).rows).toEqual([]);
  });

  it('is not made by an upsert that finds what it wants, and is by one that does not', async () => {
    const upsert = (enabled: boolean) =>
      database.rows(
        `INSERT INTO flagtree.environment_flags (environment_id, flag_id, enabled)
         SELECT environment.id, flag.id, ${enabled} FROM flagtree.environments AS environment, flagtree.flags AS flag WHERE environment.slug = 'staging'
         ON CONFLICT (environment_id, flag_id) DO UPDATE SET enabled = excluded.enabled`,
      );
    await upsert(true);
    const { revision } = await database.ledger();
    await upsert(true);
    expect(await since(revision)).toEqual([]);
    await upsert(false);
    expect(await since(revision)).toEqual([
      { action: 'disable', table_name: 'environment_flags', flag: 'checkout', environment: 'staging' },
    ]);
  });

  it('is made for each row of what a delete takes with it, overrides first, all with their names', async () => {
    await database.flag('search');
    await database.override('development', 'checkout');
    await database.override('development', 'search');
    const { revision } = await database.ledger();
    await database.rows(`DELETE FROM flagtree.environments WHERE slug = 'development'`);
    expect(await since(revision)).toEqual([
      { action: 'deleted', table_name: 'environment_flags', flag: 'checkout', environment: 'development' },
      { action: 'deleted', table_name: 'environment_flags', flag: 'search', environment: 'development' },
      { action: 'deleted', table_name: 'environments', flag: null, environment: 'development' },
    ]);
    await database.rows(`DELETE FROM flagtree.flags WHERE key = 'checkout'`);
    expect(await since(revision + 1)).toEqual([
      { action: 'deleted', table_name: 'environment_flags', flag: 'checkout', environment: 'staging' },
      { action: 'deleted', table_name: 'flags', flag: 'checkout', environment: null },
    ]);
    const { revisions } = await database.row<{ revisions: number }>(
      `SELECT count(DISTINCT log.revision)::int AS revisions FROM flagtree.audit_log AS log WHERE log.revision > ${String(revision)}`,
    );
    expect(revisions).toBe(2);
  });

  it('is of the right row when one statement changes several tables', async () => {
    await database.environments({ qa: null });
    await database.flag('both');
    const { revision } = await database.ledger();
    await database.rows(
      `WITH flag AS (UPDATE flagtree.flags SET enabled = true WHERE key = 'both' RETURNING flags.id)
       UPDATE flagtree.environments SET description = (SELECT flag.id::text FROM flag) WHERE slug = 'qa'`,
    );
    expect(
      (await since(revision))
        .map(({ action, table_name, flag, environment }) => [action, table_name, flag ?? environment])
        .sort(),
    ).toEqual([
      ['enable', 'flags', 'both'],
      ['updated', 'environments', 'qa'],
    ]);
    expect(await database.broken()).toEqual([]);
  });
});

describe('the log', () => {
  it.each([
    ['UPDATE flagtree.audit_entries SET actor = actor', 'FT004'],
    ['DELETE FROM flagtree.audit_entries', 'FT004'],
    ['TRUNCATE flagtree.audit_entries', 'FT004'],
    ['INSERT INTO flagtree.audit_entries SELECT * FROM flagtree.audit_entries', 'FT004'],
    ['TRUNCATE flagtree.tokens CASCADE', 'FT005'],
    ['TRUNCATE flagtree.environments, flagtree.flags, flagtree.environment_flags, flagtree.checks', 'FT005'],
    ['UPDATE flagtree.ledger SET revision = 0', 'FT006'],
    ['DELETE FROM flagtree.ledger', 'FT006'],
    ['TRUNCATE flagtree.ledger', 'FT006'],
    [`INSERT INTO flagtree.ledger SELECT * FROM flagtree.ledger`, 'FT006'],
  ])('refuses, even to the owner: %s', async (statement, code) => {
    const error = await refusal(database.rows(statement));
    expect(error.code).toBe(code);
    expect(error.hint).toBeTruthy();
  });

  it('refuses every write when the row of the ledger is gone', async () => {
    const session = await database.session();
    await session.query('BEGIN; ALTER TABLE flagtree.ledger DISABLE TRIGGER USER; DELETE FROM flagtree.ledger');
    const { code, message } = await refusal(session.query(`INSERT INTO flagtree.flags (key) VALUES ('lost')`));
    await session.query('ROLLBACK');
    expect({ code, message }).toEqual({
      code: 'FT006',
      message: 'The row of flagtree.ledger is missing, so nothing can be written',
    });
  });
});
