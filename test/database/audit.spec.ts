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
        `SELECT log.user_name, log.database_user, log.action, log.flag, log.environment, log.reason, log.changed, log.table_name,
                log.before -> 'enabled' AS before, log.after -> 'enabled' AS after, log.request_id, log.timestamp > now() - interval '1 minute' AS is_new
           FROM flagtree.audit_log AS log ORDER BY log.id DESC LIMIT 1`,
      ),
    ).toEqual({
      user_name: `database:${user}`,
      database_user: user,
      action: 'updated',
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
      `INSERT INTO flagtree.tokens (id, name, kind, environments, public_id, secret_sha256, expires_at, created_at, created_by)
       VALUES ('00000000-0000-7000-8000-000000000001', 'ci', 'client', '{staging}', 'abc', sha256('secret'), '2027-01-01 00:00+00', '2026-01-01 12:34:56.789012+00', 'ann')`,
    );
    const { after } = await newest<{ after: object }>('entry.after');
    const time = '2026-01-01T12:34:56.789012+00:00';
    expect(after).toEqual({
      id: '00000000-0000-7000-8000-000000000001',
      name: 'ci',
      kind: 'client',
      role: null,
      environments: ['staging'],
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
      { action: 'updated', table_name: 'environment_flags', flag: 'checkout', environment: 'staging' },
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
      ['updated', 'environments', 'qa'],
      ['updated', 'flags', 'both'],
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
    ['TRUNCATE flagtree.environments, flagtree.flags, flagtree.environment_flags', 'FT005'],
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

describe('verify_audit', () => {
  let victim: TestDatabase;
  beforeAll(async () => {
    victim = await TestDatabase.create();
    await victim.environments({ production: null });
    for (let number = 1; number <= 9; number++) await victim.flag(`flag-${number}`);
    expect(await victim.broken()).toEqual([]);
  });
  afterAll(() => victim.drop());

  /** What is found after somebody with all rights has done this; undone afterwards. */
  async function foundAfter(statements: string[], fromId = 1): Promise<{ entry_id: number; reason: string; detail: string }[]> {
    const session = await victim.session();
    await session.query(
      'BEGIN; ALTER TABLE flagtree.audit_entries DISABLE TRIGGER USER; ALTER TABLE flagtree.ledger DISABLE TRIGGER USER',
    );
    for (const statement of statements) await session.query(statement);
    const { rows } = await session.query<{ entry_id: number; reason: string; detail: string }>(
      'SELECT broken.entry_id::int, broken.reason, broken.detail FROM flagtree.verify_audit($1) AS broken',
      [fromId],
    );
    await session.query('ROLLBACK');
    await session.end();
    return rows;
  }

  const rehash = (id: number) =>
    `UPDATE flagtree.audit_entries AS entry SET hash = flagtree.audit_entry_hash(previous.hash, entry)
       FROM flagtree.audit_entries AS previous WHERE entry.id = ${id} AND previous.id = entry.id - 1`;
  const edit = (id: number, assignment = `actor = 'x'`) => `UPDATE flagtree.audit_entries SET ${assignment} WHERE id = ${id}`;
  const whereAndWhy = (found: { entry_id: number; reason: string }[]) => found.map(({ entry_id, reason }) => [entry_id, reason]);

  it.each([
    `at = at + interval '1 microsecond'`,
    'revision = revision + 1',
    `actor = 'x'`,
    `db_user = 'x'`,
    `action = 'deleted'`,
    `table_name = 'tokens'`,
    'row_id = gen_random_uuid()',
    `flag_key = 'x'`,
    `environment_slug = 'x'`,
    `before = '{}'`,
    `after = after || '{"enabled": true}'`,
    `reason = 'x'`,
    `request_id = 'x'`,
    `causation_id = 'x'`,
    `hash = sha256('x')`,
  ])('finds an entry edited by %s', async (assignment) => {
    const found = whereAndWhy(await foundAfter([edit(5, assignment)]));
    expect(found).toEqual(
      assignment.startsWith('hash')
        ? [
            [5, 'edited'],
            [6, 'edited'],
          ]
        : [[5, 'edited']],
    );
  });

  it('finds an edited entry whose hash was made anew, at the entry after it', async () => {
    expect(whereAndWhy(await foundAfter([edit(5), rehash(5)]))).toEqual([[6, 'edited']]);
  });

  it('finds deleted entries', async () => {
    expect(await foundAfter(['DELETE FROM flagtree.audit_entries WHERE id IN (1, 5, 6)'])).toEqual([
      { entry_id: 1, reason: 'missing', detail: 'Entries 1 to 1 are missing' },
      { entry_id: 5, reason: 'missing', detail: 'Entries 5 to 6 are missing' },
    ]);
  });

  it('finds a tail that is cut off, and an emptied log', async () => {
    expect(await foundAfter(['DELETE FROM flagtree.audit_entries WHERE id >= 9'])).toEqual([
      { entry_id: 9, reason: 'truncated', detail: 'The ledger has 10 entries, the log ends at 8' },
    ]);
    expect(await foundAfter(['DELETE FROM flagtree.audit_entries'])).toEqual([
      { entry_id: 1, reason: 'truncated', detail: 'The ledger has 10 entries, the log ends at 0' },
    ]);
  });

  it.each([
    ['a last entry that was rewritten with its hash', [edit(10), rehash(10)]],
    [
      'entries that no trigger wrote',
      [
        `INSERT INTO flagtree.audit_entries SELECT (jsonb_populate_record(entry, '{"id": 11}')).* FROM flagtree.audit_entries AS entry WHERE entry.id = 10`,
        rehash(11),
      ],
    ],
    ['a ledger that was set back', ['UPDATE flagtree.ledger SET revision = 3']],
    ['a ledger that is gone', ['DELETE FROM flagtree.ledger']],
  ])('finds %s: the head does not fit', async (_, statements) => {
    expect((await foundAfter(statements)).map(({ reason }) => reason)).toEqual(['ledger']);
  });

  it('starts at any entry, and trusts the hash of the one before it', async () => {
    expect(await foundAfter([edit(3)], 4)).toEqual([]);
    expect(await foundAfter([edit(3)], 11)).toEqual([]);
    expect(whereAndWhy(await foundAfter(['DELETE FROM flagtree.audit_entries WHERE id = 6'], 7))).toEqual([[6, 'missing']]);
  });

  it('can be repeated outside of the database, from the text of the entries', async () => {
    const entries = await victim.rows<{ text: string; hash: Buffer }>(
      'SELECT flagtree.audit_entry_text(entry) AS text, entry.hash FROM flagtree.audit_entries AS entry ORDER BY entry.id',
    );
    let hash = Buffer.alloc(32);
    for (const entry of entries) {
      hash = createHash('sha256').update(hash).update(entry.text, 'utf8').digest();
      expect(entry.hash).toEqual(hash);
    }
    expect(entries).toHaveLength(10);
  });
});
