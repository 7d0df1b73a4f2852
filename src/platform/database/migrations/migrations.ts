import type { DataSource, QueryRunner } from 'typeorm';
import { withMigrationLock } from './migration-lock.js';
import { MigrationError, readMigrations, type SqlMigration } from './sql-migration.js';

export interface MigrationOptions {
  /** Where the SQL files are; by default `migrations/` at the root of the package. */
  folder?: string;
  /** How long to wait for another process that is migrating the same database. */
  waitMs?: number;
  /** How long one statement of a migration may wait for a lock that users of the database hold. */
  lockTimeoutMs?: number;
}

const WAIT_MS = 120_000;

/**
 * Applies every migration that the database lacks, in order; of several processes that start at once one does it, and the others wait.
 * TypeORM's own executor is not used: it has no lock, and no checksums.
 * @throws {MigrationError} when an applied file was edited, the database is newer than this code, or a migration fails.
 */
export async function migrate(dataSource: DataSource, options: MigrationOptions = {}): Promise<{ applied: string[] }> {
  const migrations = readMigrations(options.folder);
  return withMigrationLock(dataSource, options.waitMs ?? WAIT_MS, async (runner) => {
    const known = await appliedMigrations(runner);
    refuseSurprises(migrations, known);
    const pending = migrations.filter(({ name }) => !known.has(name));
    if (pending.length > 0) await createList(runner);
    for (const migration of pending) await step(runner, migration, 'up', options);
    return { applied: pending.map(({ name }) => name) };
  });
}

/** Takes back the last `steps` migrations, newest first, with what was stored in the tables that they made. */
export async function migrateDown(
  dataSource: DataSource,
  steps: number,
  options: MigrationOptions = {},
): Promise<{ reverted: string[] }> {
  const migrations = readMigrations(options.folder);
  return withMigrationLock(dataSource, options.waitMs ?? WAIT_MS, async (runner) => {
    const known = await appliedMigrations(runner);
    refuseSurprises(migrations, known);
    const last = migrations
      .filter(({ name }) => known.has(name))
      .reverse()
      .slice(0, steps);
    for (const migration of last) await step(runner, migration, 'down', options);
    return { reverted: last.map(({ name }) => name) };
  });
}

interface AppliedMigration {
  name: string;
  checksum: string;
  applied_at: Date;
}

async function appliedMigrations(runner: QueryRunner): Promise<Map<string, AppliedMigration>> {
  const [list] = (await runner.query(`SELECT to_regclass('flagtree.schema_migrations') IS NOT NULL AS exists`)) as [
    { exists: boolean },
  ];
  if (!list.exists) return new Map();
  const rows = (await runner.query(
    'SELECT applied.name, applied.checksum, applied.applied_at FROM flagtree.schema_migrations AS applied ORDER BY applied.name',
  )) as AppliedMigration[];
  return new Map(rows.map((row) => [row.name, row]));
}

function refuseSurprises(migrations: readonly SqlMigration[], applied: ReadonlyMap<string, AppliedMigration>): void {
  const unknown = [...applied.keys()].filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length > 0) {
    throw new MigrationError(
      `The database has the migration ${quoted(unknown)}, which this version does not know: a newer version migrated it. Start that version, or restore a backup from before.`,
    );
  }
  for (const { name, checksum } of migrations) {
    const known = applied.get(name);
    if (known && known.checksum !== checksum) {
      throw new MigrationError(
        `The migration "${name}" was edited after it was applied on ${known.applied_at.toISOString()}: restore the file, and put the difference into a new migration.`,
      );
    }
  }
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

async function createList(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE SCHEMA IF NOT EXISTS flagtree;
    CREATE TABLE IF NOT EXISTS flagtree.schema_migrations (
      name text COLLATE "C" CONSTRAINT pk_schema_migrations PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      applied_by text NOT NULL DEFAULT session_user
    );
    COMMENT ON TABLE flagtree.schema_migrations IS 'The migrations that this database has.';
    COMMENT ON COLUMN flagtree.schema_migrations.name IS 'Name of the SQL file, without its ending.';
    COMMENT ON COLUMN flagtree.schema_migrations.checksum IS 'SHA-256 of the file: one that was edited since is refused.';
    COMMENT ON COLUMN flagtree.schema_migrations.applied_at IS 'When.';
    COMMENT ON COLUMN flagtree.schema_migrations.applied_by IS 'The database user.';
  `);
}

async function step(
  runner: QueryRunner,
  migration: SqlMigration,
  direction: 'up' | 'down',
  options: MigrationOptions,
): Promise<void> {
  const { name, checksum, transaction } = migration;
  const work = async () => {
    await migration[direction](runner);
    if (direction === 'up')
      await runner.query('INSERT INTO flagtree.schema_migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
    else await runner.query('DELETE FROM flagtree.schema_migrations AS applied WHERE applied.name = $1', [name]);
  };
  const lockTimeout = String(options.lockTimeoutMs ?? 5_000);
  try {
    await (transaction ? inTransaction(runner, lockTimeout, work) : outsideTransaction(runner, lockTimeout, work));
  } catch (error) {
    const outcome = transaction ? 'failed and was rolled back' : 'failed, outside of a transaction: see what it left behind';
    throw new MigrationError(`The migration "${name}" (${direction}) ${outcome}: ${(error as Error).message}`, { cause: error });
  }
}

const SET_TIMEOUTS = `SELECT set_config('lock_timeout', $1, $3), set_config('statement_timeout', $2, $3)`;

async function inTransaction(runner: QueryRunner, lockTimeout: string, work: () => Promise<void>): Promise<void> {
  await runner.startTransaction();
  try {
    await runner.query(SET_TIMEOUTS, [lockTimeout, '0', true]);
    await work();
    await runner.commitTransaction();
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** The connection goes back to the pool afterwards, so it gets its own settings back. */
async function outsideTransaction(runner: QueryRunner, lockTimeout: string, work: () => Promise<void>): Promise<void> {
  const [own] = (await runner.query(
    `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement`,
  )) as [{ lock: string; statement: string }];
  try {
    await runner.query(SET_TIMEOUTS, [lockTimeout, '0', false]);
    await work();
  } finally {
    await runner.query(SET_TIMEOUTS, [own.lock, own.statement, false]);
  }
}
