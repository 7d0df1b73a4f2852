import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import '../../src/app.module.js';
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

  it('says of every constraint and unique index what it demands, but for primary keys', async () => {
    const unexplained = await names(
      `SELECT own.conname AS name FROM pg_constraint AS own
        WHERE own.connamespace = ${ours} AND own.contype IN ('c', 'f', 'u', 'x') AND obj_description(own.oid, 'pg_constraint') IS NULL
       UNION ALL
       SELECT class.relname FROM pg_index AS own JOIN pg_class AS class ON class.oid = own.indexrelid
        WHERE class.relnamespace = ${ours} AND own.indisunique AND obj_description(class.oid, 'pg_class') IS NULL
          AND NOT EXISTS (SELECT FROM pg_constraint AS made WHERE made.conindid = own.indexrelid)`,
    );
    expect(unexplained).toEqual([]);
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
         LEFT JOIN pg_attribute AS own ON own.attrelid = class.oid AND own.attnum > 0 AND NOT own.attisdropped
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
        WHERE class.relnamespace = ${ours} AND class.relkind = 'r' AND own.attnum > 0 AND NOT own.attisdropped ORDER BY 1`,
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
      'uuid[]',
      'xid8',
    ]);
    const uncollated = await names(
      `SELECT class.relname || '.' || own.attname AS name FROM pg_attribute AS own JOIN pg_class AS class ON class.oid = own.attrelid
        WHERE class.relnamespace = ${ours} AND class.relkind = 'r' AND own.attname IN ('slug', 'key', 'flag_key', 'environment_slug', 'public_id', 'type', 'kind', 'action')
          AND own.attcollation <> '"C"'::regcollation`,
    );
    expect(uncollated).toEqual([]);
  });

  it('pins the search_path of every function that runs with the rights of its owner, or by itself when somebody writes', async () => {
    const loose = await names(
      `SELECT function.proname AS name FROM pg_proc AS function JOIN pg_language AS language ON language.oid = function.prolang
        WHERE function.pronamespace = ${ours} AND (function.prosecdef OR language.lanname = 'plpgsql')
          AND ('search_path=pg_catalog, pg_temp' = ANY (function.proconfig)) IS NOT TRUE`,
    );
    expect(loose).toEqual([]);
    const definers = await names(
      `SELECT function.proname AS name FROM pg_proc AS function WHERE function.pronamespace = ${ours} AND function.prosecdef ORDER BY 1`,
    );
    expect(definers).toEqual([
      'delete_overrides',
      'guard_token',
      'guard_tree',
      'lock_ledger',
      'open_change',
      'refuse_endless_segments',
      'refuse_lost_steps',
      'refuse_taken_names',
      'told_row',
      'verify_audit',
      'write_entries',
    ]);
  });
});

describe('the entities', () => {
  let dataSource: DataSource;
  beforeAll(async () => {
    const entities = getMetadataArgsStorage().tables.map(({ target }) => target);
    dataSource = await new DataSource({ type: 'postgres', url: database.url, poolSize: 1, entities }).initialize();
  });
  afterAll(() => dataSource.destroy());

  const typeNamed = async (name: string) =>
    (await database.row<{ name: string }>('SELECT $1::regtype::text AS name', [name])).name;

  it('have each column of their table and no other, with the same type and nullability', async () => {
    expect(dataSource.entityMetadatas.map(({ tableName }) => tableName).sort()).toEqual([
      'checks',
      'environment_flags',
      'environments',
      'flags',
      'pipelines',
      'segments',
      'tokens',
    ]);
    for (const { tableName, columns } of dataSource.entityMetadatas) {
      const mirrored = columns.map(async ({ databaseName, type, isArray, isNullable }) => ({
        name: databaseName,
        type: await typeNamed(`${String(type)}${isArray ? '[]' : ''}`),
        nullable: isNullable,
      }));
      const actual = await database.rows<{ name: string }>(
        `SELECT own.attname AS name, own.atttypid::regtype::text AS type, NOT own.attnotnull AS nullable FROM pg_attribute AS own
          WHERE own.attrelid = ('flagtree.' || $1)::regclass AND own.attnum > 0 AND NOT own.attisdropped`,
        [tableName],
      );
      const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
      expect([tableName, (await Promise.all(mirrored)).sort(byName)]).toEqual([tableName, actual.sort(byName)]);
    }
  });

  it('have a relation for each foreign key of their table, and write none of the columns that the database keeps', async () => {
    for (const { tableName, foreignKeys, columns } of dataSource.entityMetadatas) {
      const mirrored = foreignKeys.map(
        ({ columnNames: [column], referencedEntityMetadata, onDelete }) =>
          `${String(column)} → ${referencedEntityMetadata.tableName} ${String(onDelete)}`,
      );
      const actual = await names(
        `SELECT column_of.attname || ' → ' || target.relname || ' ' || CASE own.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' ELSE 'other' END AS name
           FROM pg_constraint AS own
           JOIN pg_class AS target ON target.oid = own.confrelid
           JOIN pg_attribute AS column_of ON column_of.attrelid = own.conrelid AND column_of.attnum = own.conkey[1]
          WHERE own.conrelid = 'flagtree.${tableName}'::regclass AND own.contype = 'f'`,
      );
      expect([tableName, mirrored.sort()]).toEqual([tableName, actual.sort()]);
      const kept = columns.filter(({ isInsert, isUpdate }) => !isInsert && !isUpdate).map(({ databaseName }) => databaseName);
      expect(kept).toEqual(expect.arrayContaining(['id', 'created_at', 'updated_at', 'version']));
    }
  });
});
