import type { DataSource, QueryRunner } from 'typeorm';
import { MigrationError } from '../migrations/sql-migration.js';
import { qualified, quoted, type BackupTable, tablesOf } from './tables.js';

export const FORMAT = 'flagtree-backup';
const BATCH = 500;

/** The first line of a backup. The lines after it are a table, its rows, the next table, …, and the number of rows. */
export interface BackupHeader {
  format: typeof FORMAT;
  version: 1;
  at: string;
  /** PostgreSQL's. */
  server: string;
  migrations: string[];
}

export type BackupLine = BackupHeader | { table: string; columns: string[] } | (string | null)[] | { rows: number };

/**
 * All that the schema holds at one moment, history and digests of tokens included, as lines of JSON: each row a list of its columns as text, which
 * any PostgreSQL from 14 on reads. Nobody is kept from writing meanwhile.
 */
export async function* backup(dataSource: DataSource): AsyncGenerator<BackupLine> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await runner.query(
      `SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL timezone = 'UTC'`,
    );
    yield await header(runner);
    let rows = 0;
    for (const table of await tablesOf(runner)) {
      yield { table: table.name, columns: table.columns.map(({ name }) => name) };
      for await (const row of rowsOf(runner, table)) {
        rows += 1;
        yield row;
      }
    }
    yield { rows };
  } finally {
    await runner.query('ROLLBACK').catch(() => undefined);
    await runner.release();
  }
}

async function header(runner: QueryRunner): Promise<BackupHeader> {
  const [found] = (await runner.query(
    `SELECT to_regclass('flagtree.schema_migrations') IS NOT NULL AS "isThere", now() AS at, current_setting('server_version') AS server`,
  )) as [{ isThere: boolean; at: Date; server: string }];
  if (!found.isThere) throw new MigrationError('There is nothing to back up: this database has no schema "flagtree".');
  const applied = (await runner.query(
    'SELECT applied.name FROM flagtree.schema_migrations AS applied ORDER BY applied.name',
  )) as {
    name: string;
  }[];
  return {
    format: FORMAT,
    version: 1,
    at: found.at.toISOString(),
    server: found.server,
    migrations: applied.map(({ name }) => name),
  };
}

async function* rowsOf(runner: QueryRunner, table: BackupTable): AsyncGenerator<(string | null)[]> {
  const columns = table.columns.map(({ name }) => `stored.${quoted(name)}::text`);
  await runner.query(
    `DECLARE kept NO SCROLL CURSOR FOR SELECT json_build_array(${columns.join(', ')}) AS row FROM ${qualified(table)} AS stored`,
  );
  for (;;) {
    const batch = (await runner.query(`FETCH ${String(BATCH)} FROM kept`)) as { row: (string | null)[] }[];
    for (const { row } of batch) yield row;
    if (batch.length < BATCH) break;
  }
  await runner.query('CLOSE kept');
}
