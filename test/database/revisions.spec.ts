import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { TestDatabase } from './support.js';

let database: TestDatabase;
let session: pg.Client;
beforeAll(async () => {
  database = await TestDatabase.create();
  await database.environments({ production: null, staging: 'production' });
  await database.flag('checkout');
  await database.override('staging', 'checkout');
  session = await database.session();
});
afterAll(() => database.drop());

/** How far the revision moves. */
async function revisionsOf(...statements: string[]): Promise<number> {
  const before = await database.ledger();
  for (const statement of statements) await session.query(statement);
  const after = await database.ledger();
  return after.revision - before.revision;
}

const toggle = `UPDATE flagtree.flags SET enabled = NOT enabled WHERE key = 'checkout'`;
const rename = `UPDATE flagtree.flags SET name = gen_random_uuid()::text WHERE key = 'checkout'`;

describe('a committed transaction', () => {
  it('makes one revision, whatever it changes', async () => {
    expect(
      await revisionsOf(
        'BEGIN',
        toggle,
        rename,
        `INSERT INTO flagtree.segments (key) VALUES ('beta')`,
        `UPDATE flagtree.environment_flags SET percentage = 5`,
        'COMMIT',
      ),
    ).toBe(1);
    const entries = await database.rows(
      `SELECT entry.table_name, entry.action FROM flagtree.audit_entries AS entry
        WHERE entry.revision = (SELECT ledger.revision FROM flagtree.ledger AS ledger) ORDER BY entry.id`,
    );
    expect(entries).toEqual([
      { table_name: 'flags', action: 'updated' },
      { table_name: 'flags', action: 'updated' },
      { table_name: 'segments', action: 'created' },
      { table_name: 'environment_flags', action: 'updated' },
    ]);
  });

  it('makes one for a single statement too, with an entry for each row', async () => {
    const before = await database.ledger();
    await database.rows(`INSERT INTO flagtree.flags (key) SELECT 'many-' || number FROM generate_series(1, 100) AS number`);
    expect(await database.ledger()).toEqual({ revision: before.revision + 1, entries: before.entries + 100 });
  });

  it('makes one in the moment of which no later one is earlier, though it began later', async () => {
    const [early, late] = [await database.session(), await database.session()];
    await early.query('BEGIN');
    await early.query('SELECT now()');
    await late.query(toggle);
    await early.query(toggle);
    await early.query('COMMIT');
    const { sorted } = await database.row<{ sorted: boolean }>(
      `SELECT bool_and(entry.at >= entry.previous) AS sorted
         FROM (SELECT log.at, coalesce(lag(log.at) OVER (ORDER BY log.id), '-infinity') AS previous FROM flagtree.audit_entries AS log) AS entry`,
    );
    expect(sorted).toBe(true);
  });
});

describe('no revision', () => {
  it.each([
    ['for a change that rolls back', ['BEGIN', toggle, 'ROLLBACK']],
    ['for an update that changes nothing', ['UPDATE flagtree.flags SET enabled = enabled, name = name']],
    ['for an update of the version alone', [`UPDATE flagtree.flags SET version = version + 1, updated_at = now()`]],
    ['for an update of no row', [`UPDATE flagtree.flags SET enabled = true WHERE key = 'nobody'`]],
    ['for jsonb written differently', [`UPDATE flagtree.environments SET settings = ' {} '`]],
    ['for a savepoint rolled back', ['BEGIN', 'SAVEPOINT a', toggle, 'ROLLBACK TO a', 'COMMIT']],
    ['for a reading transaction', ['BEGIN', 'SELECT flagtree.open_change()', 'COMMIT']],
    ['for the last use of a token', ['DELETE FROM flagtree.token_usage']],
  ])('%s', async (_, statements) => {
    const before = await database.ledger();
    expect(await revisionsOf(...statements)).toBe(0);
    expect(await database.ledger()).toEqual(before);
    expect(await database.broken()).toEqual([]);
  });

  it('is lost to a savepoint rolled back between two changes', async () => {
    const before = await database.ledger();
    expect(
      await revisionsOf(
        'BEGIN',
        'SAVEPOINT a',
        toggle,
        'ROLLBACK TO a',
        toggle,
        'SAVEPOINT b',
        rename,
        'ROLLBACK TO b',
        rename,
        'COMMIT',
      ),
    ).toBe(1);
    expect((await database.ledger()).entries).toBe(before.entries + 2);
    expect(await database.broken()).toEqual([]);
  });

  it('is taken from the next change by a failed one', async () => {
    const before = await database.ledger();
    await expect(session.query(`UPDATE flagtree.flags SET percentage = 101`)).rejects.toThrow('ck_flags_percentage_is_0_to_100');
    expect(await revisionsOf(toggle)).toBe(1);
    expect((await database.ledger()).entries).toBe(before.entries + 1);
  });
});

describe('the notification', () => {
  it('tells each committed revision once, in order, and nothing else', async () => {
    const listener = await database.session();
    const heard: string[] = [];
    listener.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload ?? ''}`));
    await listener.query('LISTEN flagtree');
    const { revision } = await database.ledger();
    await session.query(toggle);
    for (const statement of [
      'BEGIN',
      toggle,
      'ROLLBACK',
      'BEGIN',
      toggle,
      rename,
      'SAVEPOINT a',
      toggle,
      'ROLLBACK TO a',
      'COMMIT',
    ]) {
      await session.query(statement);
    }
    await session.query(`UPDATE flagtree.flags SET enabled = enabled`);
    await session.query(toggle);
    await listener.query('SELECT 1');
    expect(heard).toEqual([1, 2, 3].map((step) => `flagtree ${revision + step}`));
  });
});

describe('open_change', () => {
  it('returns the revision that the change builds on, and keeps other writers out until the end', async () => {
    const [one, two] = [await database.session(), await database.session()];
    const { revision } = await database.ledger();
    await one.query('BEGIN');
    expect((await one.query('SELECT flagtree.open_change()::int AS revision')).rows).toEqual([{ revision }]);
    await two.query(`SET lock_timeout = '50ms'`);
    await expect(two.query(toggle)).rejects.toThrow('lock timeout');
    await one.query(toggle);
    await one.query('COMMIT');
    await two.query('BEGIN');
    expect((await two.query('SELECT flagtree.open_change()::int AS revision')).rows).toEqual([{ revision: revision + 1 }]);
    await two.query('ROLLBACK');
  });
});

describe('50 writers at once', () => {
  it('make one gapless history that verifies', async () => {
    const before = await database.ledger();
    const writers = await Promise.all(Array.from({ length: 50 }, () => database.session()));
    let committed = 0;
    await Promise.all(
      writers.map(async (writer, index) => {
        for (let round = 0; round < 10; round++) {
          const kind = (index + round) % 5;
          if (kind === 0) await writer.query(`INSERT INTO flagtree.flags (key) VALUES ('writer-${index}-${round}')`);
          else if (kind === 1) await writer.query(`BEGIN; ${toggle}; ${rename}; COMMIT`);
          else if (kind === 2) await writer.query(`BEGIN; SAVEPOINT a; ${toggle}; ROLLBACK TO a; ${rename}; COMMIT`);
          else if (kind === 3) await writer.query(`BEGIN; ${rename}; ROLLBACK`);
          else await writer.query(toggle);
          if (kind !== 3) committed++;
        }
      }),
    );
    await Promise.all(writers.map((writer) => writer.end()));
    const after = await database.ledger();
    expect(after.revision).toBe(before.revision + committed);
    expect(
      await database.row(
        `SELECT count(DISTINCT entry.revision)::int AS revisions, max(entry.revision)::int AS newest, count(*)::int AS entries,
                bool_and(entry.revision >= entry.previous) AS in_order
           FROM (SELECT log.revision, coalesce(lag(log.revision) OVER (ORDER BY log.id), 0) AS previous FROM flagtree.audit_entries AS log) AS entry`,
      ),
    ).toEqual({ revisions: after.revision, newest: after.revision, entries: after.entries, in_order: true });
    expect(await database.broken()).toEqual([]);
  });
});
