import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from './support.js';

let database: TestDatabase;
beforeAll(async () => (database = await TestDatabase.create()));
afterAll(() => database.drop());

const names = async (sql: string) => (await database.rows<{ name: string }>(sql)).map(({ name }) => name);
const ours = `'flagtree'::regnamespace`;

describe('the catalog', () => {
  it('has a comment on every table, view, column, function and trigger, and on the schema', async () => {
    const uncommented = await names(
      `SELECT 'schema ' || namespace.nspname AS name FROM pg_namespace AS namespace
        WHERE namespace.oid = ${ours} AND obj_description(namespace.oid, 'pg_namespace') IS NULL
       UNION ALL
       SELECT class.relname FROM pg_class AS class
        WHERE class.relnamespace = ${ours} AND class.relkind IN ('r', 'v', 'm', 'p', 'S', 'f') AND obj_description(class.oid, 'pg_class') IS NULL
       UNION ALL
       SELECT class.relname || '.' || own.attname FROM pg_class AS class JOIN pg_attribute AS own ON own.attrelid = class.oid
        WHERE class.relnamespace = ${ours} AND class.relkind IN ('r', 'v', 'm', 'p', 'f') AND own.attnum > 0 AND NOT own.attisdropped
          AND col_description(class.oid, own.attnum) IS NULL
       UNION ALL
       SELECT function.proname || '()' FROM pg_proc AS function
        WHERE function.pronamespace = ${ours} AND obj_description(function.oid, 'pg_proc') IS NULL
       UNION ALL
       SELECT class.relname || ' ' || own.tgname FROM pg_trigger AS own JOIN pg_class AS class ON class.oid = own.tgrelid
        WHERE class.relnamespace = ${ours} AND NOT own.tgisinternal AND obj_description(own.oid, 'pg_trigger') IS NULL`,
    );
    expect(uncommented).toEqual([]);
    const { comments } = await database.row<{ comments: number }>(
      `SELECT count(*)::int AS comments FROM pg_description AS own JOIN pg_class AS class ON class.oid = own.objoid AND own.classoid = 'pg_class'::regclass
        WHERE class.relnamespace = ${ours}`,
    );
    expect(comments).toBeGreaterThan(150);
  });

  it('holds nothing outside of its schema', async () => {
    expect(
      await names(`SELECT class.relname AS name FROM pg_class AS class WHERE class.relnamespace = 'public'::regnamespace`),
    ).toEqual([]);
    expect(await names(`SELECT extension.extname AS name FROM pg_extension AS extension`)).toEqual(['plpgsql']);
  });

  it('names constraints and indexes by kind and table', async () => {
    const constraints = await database.rows<{ name: string; kind: string; table: string }>(
      `SELECT own.conname AS name, own.contype AS kind, class.relname AS table FROM pg_constraint AS own JOIN pg_class AS class ON class.oid = own.conrelid
        WHERE class.relnamespace = ${ours} AND own.contype IN ('p', 'f', 'u', 'c')`,
    );
    const prefixes: Record<string, string> = { p: 'pk', f: 'fk', u: 'uq', c: 'ck' };
    expect(constraints.filter(({ name, kind, table }) => !name.startsWith(`${prefixes[kind]}_${table}`))).toEqual([]);
    expect(constraints.length).toBeGreaterThan(50);
    const indexes = await names(
      `SELECT class.relname AS name FROM pg_index AS own JOIN pg_class AS class ON class.oid = own.indexrelid JOIN pg_class AS indexed ON indexed.oid = own.indrelid
        WHERE class.relnamespace = ${ours} AND class.relname !~ ('^(pk|uq|ix)_' || indexed.relname)`,
    );
    expect(indexes).toEqual([]);
  });

  it('needs no quoted name', async () => {
    const quoted = await names(
      `SELECT class.relname || coalesce('.' || own.attname, '') AS name FROM pg_class AS class
         LEFT JOIN pg_attribute AS own ON own.attrelid = class.oid AND own.attnum > 0
        WHERE class.relnamespace = ${ours}
          AND (quote_ident(class.relname) <> class.relname
               OR own.attname IN (SELECT word.word FROM pg_get_keywords() AS word WHERE word.catcode IN ('R', 'T'))
               OR own.attname !~ '^[a-z_][a-z0-9_]*$')`,
    );
    expect(quoted).toEqual([]);
  });

  it('indexes every foreign key', async () => {
    const unindexed = await names(
      `SELECT own.conname AS name FROM pg_constraint AS own JOIN pg_class AS class ON class.oid = own.conrelid
        WHERE class.relnamespace = ${ours} AND own.contype = 'f'
          AND NOT EXISTS (SELECT FROM pg_index AS index WHERE index.indrelid = own.conrelid AND index.indkey[0] = own.conkey[1] AND index.indpred IS NULL)`,
    );
    expect(unindexed).toEqual([]);
  });

  it('uses few types, and the "C" collation for what is compared byte by byte', async () => {
    const types = await names(
      `SELECT DISTINCT own.atttypid::regtype::text AS name FROM pg_attribute AS own JOIN pg_class AS class ON class.oid = own.attrelid
        WHERE class.relnamespace = ${ours} AND class.relkind = 'r' AND own.attnum > 0 ORDER BY 1`,
    );
    expect(types).toEqual([
      'bigint',
      'boolean',
      'bytea',
      'integer',
      'jsonb',
      'numeric',
      'text',
      'text[]',
      'timestamp with time zone',
      'uuid',
      'xid8',
    ]);
    const uncollated = await names(
      `SELECT class.relname || '.' || own.attname AS name FROM pg_attribute AS own JOIN pg_class AS class ON class.oid = own.attrelid
        WHERE class.relnamespace = ${ours} AND class.relkind = 'r' AND own.attname IN ('slug', 'key', 'flag_key', 'environment_slug', 'public_id', 'type', 'kind', 'action')
          AND own.attcollation <> '"C"'::regcollation`,
    );
    expect(uncollated).toEqual([]);
  });

  it('pins the search_path of every function that runs with the rights of its owner', async () => {
    const loose = await names(
      `SELECT function.proname AS name FROM pg_proc AS function
        WHERE function.pronamespace = ${ours} AND function.prosecdef AND NOT 'search_path=pg_catalog, pg_temp' = ANY (function.proconfig)`,
    );
    expect(loose).toEqual([]);
    const definers = await names(
      `SELECT function.proname AS name FROM pg_proc AS function WHERE function.pronamespace = ${ours} AND function.prosecdef ORDER BY 1`,
    );
    expect(definers).toEqual([
      'delete_overrides',
      'guard_tree',
      'lock_ledger',
      'open_change',
      'refuse_lost_steps',
      'refuse_taken_names',
      'verify_audit',
      'write_entries',
    ]);
  });
});
