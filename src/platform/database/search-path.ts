import type { DataSource } from 'typeorm';

/**
 * The names of our tables need no schema in psql, by a setting of the database. A dump does not hold it, so a restored database lacks it: it is set
 * again where nobody has set another one, and where this login may. True when that was so.
 */
export async function restoreSearchPath(dataSource: DataSource): Promise<boolean> {
  const [found] = await dataSource.query<[{ name: string; isOurs: boolean; hasPath: boolean }]>(
    `SELECT this.datname AS name, pg_has_role(current_user, this.datdba, 'USAGE') AS "isOurs",
            EXISTS (SELECT FROM pg_db_role_setting AS own
                     WHERE own.setdatabase = this.oid AND own.setrole = 0 AND own.setconfig::text ~ 'search_path=') AS "hasPath"
       FROM pg_database AS this WHERE this.datname = current_database()`,
  );
  if (!found.isOurs || found.hasPath) return false;
  await dataSource.query(`ALTER DATABASE "${found.name.replaceAll('"', '""')}" SET search_path = "$user", public, flagtree`);
  return true;
}
