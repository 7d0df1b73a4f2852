import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, QueryRunner } from 'typeorm';
import { packageRoot } from '../../package-root.js';
import { migrate } from '../migrations/migrations.js';
import { MigrationError, readMigrations } from '../migrations/sql-migration.js';
import { FORMAT, type BackupHeader, type BackupLine } from './backup.js';
import { qualified, quoted, type BackupTable, tablesOf } from './tables.js';

const BATCH = 500;

interface BackupRestoreOptions {
  /** Drop what the database holds of ours before. */
  replace: boolean;
}

/**
 * Puts a backup into a database without a schema of ours: migrates it to where the backup was made, writes the rows without firing a trigger, as one
 * transaction, and migrates on. Of an incomplete backup nothing stays.
 * @throws {MigrationError}
 */
export async function restoreBackup(
  dataSource: DataSource,
  lines: AsyncIterable<BackupLine>,
  { replace }: BackupRestoreOptions,
): Promise<{ rows: number }> {
  const reading = lines[Symbol.asyncIterator]();
  const header = assertReadable((await reading.next()).value as BackupLine | undefined);
  await makeRoom(dataSource, replace);
  try {
    await migrateTo(dataSource, header.migrations);
    const rows = await fill(dataSource, reading);
    await migrate(dataSource);
    return { rows };
  } catch (error) {
    await dataSource.query('DROP SCHEMA IF EXISTS flagtree CASCADE');
    throw error;
  }
}

function assertReadable(line: BackupLine | undefined): BackupHeader {
  if (!line || Array.isArray(line) || !('format' in line) || (line.format as string) !== FORMAT)
    throw new MigrationError('This file is no backup of Flagtree: its first line does not say so.');
  const known = readMigrations().map(({ name }) => name);
  const unknown = line.migrations.filter((name) => !known.includes(name));
  if (unknown.length === 0) return line;
  throw new MigrationError(
    `The backup was made by a newer version, which has the migration "${String(unknown[0])}": restore it with that version.`,
  );
}

async function makeRoom(dataSource: DataSource, replace: boolean): Promise<void> {
  const [found] = await dataSource.query<[{ isThere: boolean }]>(`SELECT to_regnamespace('flagtree') IS NOT NULL AS "isThere"`);
  if (!found.isThere) return;
  if (!replace)
    throw new MigrationError(
      'This database holds a Flagtree already, and nothing was changed: name an empty one, or say --replace to drop what it holds.',
    );
  await dataSource.query('DROP SCHEMA flagtree CASCADE');
}

/** By the files of those migrations alone. */
async function migrateTo(dataSource: DataSource, names: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flagtree-migrations-'));
  try {
    for (const file of names.flatMap((name) => [`${name}.sql`, `${name}.down.sql`]))
      cpSync(join(packageRoot(), 'migrations', file), join(folder, file));
    await migrate(dataSource, { folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fill(dataSource: DataSource, reading: AsyncIterator<BackupLine>): Promise<number> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  await runner.startTransaction();
  try {
    const tables = await tablesOf(runner);
    const firing = await stopTriggers(runner);
    for (const table of tables.toReversed()) await runner.query(`DELETE FROM ${qualified(table)}`);
    const rows = await insertAll(runner, tables, reading);
    for (const table of tables) await advanceSequences(runner, table);
    for (const statement of firing) await runner.query(statement);
    await runner.commitTransaction();
    return rows;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

/** What the owner of a table may do; the setting for it takes a superuser. Returns what lets them fire again, each as it did. */
async function stopTriggers(runner: QueryRunner): Promise<string[]> {
  const triggers = (await runner.query(
    `SELECT format('%I.%I', 'flagtree', this.relname) AS on, trigger.tgname AS name, trigger.tgenabled AS fires
       FROM pg_trigger AS trigger JOIN pg_class AS this ON this.oid = trigger.tgrelid
      WHERE this.relnamespace = 'flagtree'::regnamespace AND NOT trigger.tgisinternal AND trigger.tgenabled <> 'D'`,
  )) as { on: string; name: string; fires: 'O' | 'A' | 'R' }[];
  for (const { on, name } of triggers) await runner.query(`ALTER TABLE ${on} DISABLE TRIGGER ${quoted(name)}`);
  const how = { O: '', A: 'ALWAYS ', R: 'REPLICA ' };
  return triggers.map(({ on, name, fires }) => `ALTER TABLE ${on} ENABLE ${how[fires]}TRIGGER ${quoted(name)}`);
}

async function insertAll(
  runner: QueryRunner,
  tables: readonly BackupTable[],
  reading: AsyncIterator<BackupLine>,
): Promise<number> {
  let into: BackupTable | undefined;
  let rows: (string | null)[][] = [];
  let count = 0;
  const write = async (): Promise<void> => {
    if (into && rows.length > 0) await insert(runner, into, rows);
    count += rows.length;
    rows = [];
  };
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
    const line = next.value;
    if (Array.isArray(line)) {
      rows.push(line);
      // The rows of a tree refer to one another: all at once, where there are not too many.
      if (rows.length >= BATCH && into?.name !== 'environments') await write();
    } else if ('table' in line) {
      await write();
      into = namedIn(tables, line);
    } else if ('rows' in line) {
      await write();
      if (line.rows === count) return count;
      throw new MigrationError(`The backup is not whole: it says ${String(line.rows)} rows, and has ${String(count)}.`);
    }
  }
  throw new MigrationError('The backup is not whole: it ends in the middle.');
}

function namedIn(tables: readonly BackupTable[], { table: name, columns }: { table: string; columns: string[] }): BackupTable {
  const table = tables.find((one) => one.name === name);
  const found = columns.map((column) => table?.columns.find((one) => one.name === column));
  if (!table || found.includes(undefined))
    throw new MigrationError(`The backup has a table or column that its migrations do not make: ${name}.`);
  return { name, columns: found as BackupTable['columns'] };
}

async function insert(runner: QueryRunner, table: BackupTable, rows: readonly (string | null)[][]): Promise<void> {
  const names = table.columns.map(({ name }) => quoted(name));
  const values = table.columns.map(({ type }, at) => `(row ->> ${String(at)})::${type}`);
  await runner.query(
    `INSERT INTO ${qualified(table)} (${names.join(', ')}) OVERRIDING SYSTEM VALUE SELECT ${values.join(', ')} FROM json_array_elements($1::json) AS row`,
    [JSON.stringify(rows)],
  );
}

async function advanceSequences(runner: QueryRunner, table: BackupTable): Promise<void> {
  for (const { name } of table.columns.filter(({ isIdentity }) => isIdentity)) {
    await runner.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), greatest(max(stored.${quoted(name)}), 1), max(stored.${quoted(name)}) IS NOT NULL) FROM ${qualified(table)} AS stored`,
      [qualified(table), name],
    );
  }
}
