import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource, QueryRunner } from 'typeorm';
import { packageRoot } from '../package-root.js';
import { withMigrationLock } from './migrations/migration-lock.js';
import { MigrationError } from './migrations/sql-migration.js';

const WAIT_MS = 120_000;

/**
 * Lets each role do what it may with the tables that there are, by the SQL that an administrator can run as well. Where nothing was migrated and
 * the server's role has its rights, nothing is done: owners are set under locks that everybody would wait for.
 * @throws {MigrationError}
 */
export async function grantRoles(dataSource: DataSource, { hasMigrated }: { hasMigrated: boolean }): Promise<void> {
  await withMigrationLock(dataSource, WAIT_MS, async (runner) => {
    if (!hasMigrated && (await areGranted(runner))) return;
    await runner.startTransaction();
    try {
      await runner.query(readFileSync(join(packageRoot(), 'sql', 'roles.sql'), 'utf8'));
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      throw new MigrationError(`the roles cannot be given their rights (sql/roles.sql): ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
}

async function areGranted(runner: QueryRunner): Promise<boolean> {
  const [found] = (await runner.query(
    `SELECT coalesce(bool_or(has_table_privilege(role.oid, 'flagtree.flags', 'INSERT')), false) AS granted
       FROM pg_roles AS role WHERE role.rolname = 'flagtree_app'`,
  )) as [{ granted: boolean }];
  return found.granted;
}

/** Whether the roles are there, and the login of the connection may act as who owns the tables. */
export async function mayGrantRoles(dataSource: Pick<DataSource, 'query'>): Promise<boolean> {
  const found = await dataSource.query<{ may: boolean }[]>(
    `SELECT pg_has_role(role.oid, 'MEMBER') AS may FROM pg_roles AS role WHERE role.rolname = 'flagtree_owner'`,
  );
  return found[0]?.may === true;
}

/** Whether the login, by default that of the connection, may do what it likes with the tables and what guards them. */
export async function ownsTables(dataSource: Pick<DataSource, 'query'>, login: string | null): Promise<boolean> {
  const found = await dataSource.query<{ owns: boolean }[]>(
    `SELECT pg_has_role(role.oid, class.relowner, 'USAGE') AS owns
       FROM pg_class AS class CROSS JOIN pg_roles AS role
      WHERE class.oid = 'flagtree.audit_entries'::regclass AND role.rolname = coalesce($1, current_user)`,
    [login],
  );
  return found[0]?.owns === true;
}
