import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refusal, TestDatabase } from './support.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
  await database.environments({ production: null });
  await database.flag('checkout');
});
afterAll(() => database.drop());

const KEPT = `created_at timestamptz NOT NULL DEFAULT clock_timestamp(), updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1`;
const ID = 'id uuid PRIMARY KEY DEFAULT flagtree.uuid_v7()';

const make = (name: string, columns = `${ID}, ${KEPT}`, options = '') =>
  database.rows(`DROP TABLE IF EXISTS flagtree.${name}; CREATE ${options} TABLE flagtree.${name} (${columns})`);
const audit = (...args: string[]) => database.rows(`CALL flagtree.audit_table(${args.map((arg) => `'${arg}'`).join(', ')})`);
const triggersOf = (table: string) =>
  database.rows<{ name: string; definition: string; comment: string }>(
    `SELECT own.tgname AS name, pg_get_triggerdef(own.oid) AS definition, obj_description(own.oid, 'pg_trigger') AS comment
       FROM pg_trigger AS own WHERE own.tgrelid = 'flagtree.${table}'::regclass AND NOT own.tgisinternal ORDER BY 1`,
  );

describe('audit_table()', () => {
  beforeEach(async () => {
    await make('notes', `${ID}, flag_id uuid REFERENCES flagtree.flags ON DELETE CASCADE, text text, reason text, ${KEPT}`);
    await audit('flagtree.notes', 'flag_id');
  });

  it('puts a table under the log: entries, revisions, versions, and nothing goes past', async () => {
    const before = await database.ledger();
    await database.rows(
      `INSERT INTO flagtree.notes (flag_id, text, reason) SELECT flag.id, 'one', 'for the release' FROM flagtree.flags AS flag`,
    );
    await database.rows(`UPDATE flagtree.notes SET text = 'two', version = 7`);
    await database.rows(`UPDATE flagtree.notes SET text = 'two'`);
    expect(await database.rows('SELECT note.text, note.version FROM flagtree.notes AS note')).toEqual([
      { text: 'two', version: 2 },
    ]);
    await database.rows('DELETE FROM flagtree.notes');
    expect(await database.ledger()).toEqual({ revision: before.revision + 3, entries: before.entries + 3 });
    expect(
      await database.rows(
        `SELECT log.table_name, log.action, log.flag, log.reason, log.changed FROM flagtree.audit_log AS log ORDER BY log.id DESC LIMIT 3`,
      ),
    ).toEqual([
      { table_name: 'notes', action: 'deleted', flag: 'checkout', reason: null, changed: null },
      { table_name: 'notes', action: 'updated', flag: 'checkout', reason: null, changed: ['text'] },
      { table_name: 'notes', action: 'created', flag: 'checkout', reason: 'for the release', changed: null },
    ]);
    expect(await database.broken()).toEqual([]);
    expect((await refusal(database.rows('TRUNCATE flagtree.notes'))).code).toBe('FT005');
  });

  it('keeps the id, and the columns that it names', async () => {
    await database.rows(`INSERT INTO flagtree.notes (text) VALUES ('one')`);
    expect(await refusal(database.rows('UPDATE flagtree.notes SET id = flagtree.uuid_v7()'))).toMatchObject({ code: 'FT003' });
    const moved = 'UPDATE flagtree.notes SET flag_id = (SELECT flag.id FROM flagtree.flags AS flag)';
    expect(await refusal(database.rows(moved))).toMatchObject({ code: 'FT003', column: 'flag_id' });
    await audit('flagtree.notes', 'text');
    await database.rows(moved);
    expect((await refusal(database.rows(`UPDATE flagtree.notes SET text = 'x'`))).code).toBe('FT003');
  });

  it('may be called again, and makes what is missing alone', async () => {
    const before = await triggersOf('notes');
    expect(before).toHaveLength(7);
    await database.rows('DROP TRIGGER t4_stamp ON flagtree.notes');
    await database.rows(`INSERT INTO flagtree.notes (text) VALUES ('one')`);
    await audit('flagtree.notes');
    expect(await triggersOf('notes')).toEqual(before);
  });

  it('gives each of our tables what it has already', async () => {
    const tables = await database.rows<{ name: string }>(
      `SELECT DISTINCT class.relname AS name FROM pg_trigger AS own JOIN pg_class AS class ON class.oid = own.tgrelid
        WHERE own.tgname LIKE 't6_write_%' AND class.relname <> 'notes'`,
    );
    expect(tables.length).toBeGreaterThan(7);
    const columns = `${ID}, ${KEPT}`;
    await make('blank', columns);
    await audit('flagtree.blank');
    const wanted = (await triggersOf('blank')).filter(({ name }) => name !== 't3_refuse_new_identity');
    for (const { name } of tables) {
      const before = await triggersOf(name);
      await audit(`flagtree.${name}`);
      expect(await triggersOf(name)).toEqual(before);
      const own = wanted.map((one) => ({ ...one, definition: one.definition.replaceAll('flagtree.blank', `flagtree.${name}`) }));
      expect(before).toEqual(expect.arrayContaining(own));
    }
  });
});

describe('audit_table() refuses', () => {
  const REFUSED: [string, string, string, string, string][] = [
    ['a table of another schema', 'CREATE TABLE public.elsewhere ()', 'public.elsewhere', '42809', 'no plain table of the schema'],
    ['a view', 'CREATE VIEW flagtree.seen AS SELECT 1 AS id', 'flagtree.seen', '42809', 'no plain table of the schema'],
    ['a table that a crash empties', 'CREATE UNLOGGED TABLE flagtree.lossy ()', 'flagtree.lossy', '42809', 'no plain table'],
    ['the log', 'SELECT', 'flagtree.audit_entries', '42809', 'the audit log itself is written with it'],
    ['a name that entries cannot have', 'CREATE TABLE flagtree.notes2 ()', 'flagtree.notes2', '42P16', 'entries name tables'],
    ['a table without an id', `CREATE TABLE flagtree.a (${KEPT})`, 'flagtree.a', '42P16', 'its column id is not uuid NOT NULL'],
    ['an id that is not unique', `CREATE TABLE flagtree.b (id uuid NOT NULL, ${KEPT})`, 'flagtree.b', '42P16', 'id is not unique'],
    ['a table without times', `CREATE TABLE flagtree.c (${ID}, version integer NOT NULL)`, 'flagtree.c', '42P16', 'created_at is not'],
    ['a flag by another type', `CREATE TABLE flagtree.d (${ID}, flag_id text, ${KEPT})`, 'flagtree.d', '42P16', 'flag_id is not uuid'],
  ]; // prettier-ignore
  it.each(REFUSED)('%s', async (_what, statement, table, code, message) => {
    await database.rows(statement);
    const refused = await refusal(audit(table));
    expect(refused).toMatchObject({ code, hint: expect.any(String) });
    expect(refused.message).toContain(message);
  });

  it('a table that has rows already, and a column that there is none', async () => {
    await make('filled');
    expect((await refusal(audit('flagtree.filled', 'nothing'))).code).toBe('42703');
    await database.rows('INSERT INTO flagtree.filled DEFAULT VALUES');
    expect(await refusal(audit('flagtree.filled'))).toMatchObject({ code: '55000' });
    expect(await triggersOf('filled')).toEqual([]);
  });
});
