import type { DataSource } from 'typeorm';
import { StartError } from '../config/config-error.js';
import type { Config } from '../config/config.js';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';
import type { Readiness } from '../health/readiness-registry.js';
import type { Logger } from '../logging/logger.js';
import { connect, urlWithoutPassword, type Patience } from './connect.js';
import { createMigrationDataSource } from './data-source.js';
import { migrate } from './migrations/migrations.js';
import { grantRoles, ownsTables } from './roles.js';
import { restoreSearchPath } from './search-path.js';
import { MigrationError } from './migrations/sql-migration.js';

export interface OpenDatabase {
  url: string;
  /** For migrations alone; null: `url` is for them, too. */
  migrationUrl: string | null;
  /** For people to read: without a password. */
  name: string;
  /** Where it lies and how to look into it, line by line. */
  directions: string[];
  /** Of the private one alone: whether it runs. */
  readiness?: () => Readiness;
  stop: () => Promise<void>;
}

/** The database that DATABASE_URL names, or the private one. @throws StartError */
export async function openDatabase({ database }: Config, dataDirectory: string, logger: Logger): Promise<OpenDatabase> {
  if (database.url !== null) {
    const name = urlWithoutPassword(database.url);
    return { url: database.url, migrationUrl: database.migrationUrl, name, directions: [name], stop: () => Promise.resolve() };
  }
  const { location, psql, ...running } = await startEmbeddedPostgres({ dataDirectory, logger });
  return { ...running, name: `in ${location}`, directions: [`private PostgreSQL in ${location}`, `look in with ${psql}`] };
}

/**
 * Brings the database to the state that this version needs, over connections of its own without time limits, which are closed before anybody is
 * let in; `assertOurs` looks at it before anything is written. @throws StartError
 */
export async function migrateDatabase(
  { url, name, migrationUrl }: OpenDatabase,
  patience: Patience,
  logger: Logger,
  assertOurs: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const dataSource = createMigrationDataSource(migrationUrl ?? url);
  await connect(dataSource, migrationUrl ? urlWithoutPassword(migrationUrl) : name, patience);
  try {
    await assertOurs(dataSource);
    const { applied } = await migrate(dataSource);
    if (applied.length > 0) logger.info({ applied }, 'the database was migrated');
    if (migrationUrl) await grantRoles(dataSource, { hasMigrated: applied.length > 0 });
    if (await ownsTables(dataSource, loginOf(url))) logger.warn(OWNS_TABLES);
    if (await restoreSearchPath(dataSource))
      logger.info('the search_path of the database was not set, as after a restore: plain names of tables work in psql again');
  } catch (error) {
    const what = error instanceof MigrationError ? 'migrated' : 'used';
    throw new StartError([`The database ${name} cannot be ${what}: ${(error as Error).message}`], { cause: error });
  } finally {
    await dataSource.destroy();
  }
}

const OWNS_TABLES =
  'The login of DATABASE_URL owns its tables: who gets hold of it can rewrite the audit log and what guards it. Give the migrations a login of their own, with FLAGTREE_MIGRATION_DATABASE_URL: see "Three roles" in docs/how-to/run-on-your-own-postgresql.md';

/** Null: the URL leaves it to the environment. */
function loginOf(url: string): string | null {
  const { username } = new URL(url);
  return username === '' ? null : decodeURIComponent(username);
}
