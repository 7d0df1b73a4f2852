import { Client } from 'pg';
import type { Passwords } from './passwords.js';

/**
 * Makes the roles and the database of the server where they are missing: an earlier version had one login for everything, and a disk that filled
 * up during its first start may have left a cluster without any.
 */
export async function completeCluster(port: number, passwords: Passwords): Promise<void> {
  const administrator = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    password: passwords.postgres,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    ssl: false,
  });
  administrator.on('error', () => undefined); // the query tells
  await administrator.connect();
  try {
    for (const { missing, statement } of rolesAndDatabase(passwords))
      if ((await administrator.query(missing)).rows.length > 0) await administrator.query(statement);
  } finally {
    await administrator.end();
  }
}

interface Lacking {
  /** Gives a row where it is missing. */
  missing: string;
  statement: string;
}

/** What a new cluster lacks: the roles of `sql/roles.sql` and two logins in them. Neither is a superuser, as they would be none elsewhere. */
export function rolesAndDatabase({ flagtree, flagtree_server }: Passwords): Lacking[] {
  return [
    lackingRole('flagtree', `LOGIN CREATEDB CREATEROLE PASSWORD '${flagtree}'`),
    {
      missing: `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'flagtree')`,
      statement: 'CREATE DATABASE flagtree OWNER flagtree',
    },
    ...['flagtree_owner', 'flagtree_app', 'flagtree_readonly'].map((role) => lackingRole(role, 'NOLOGIN')),
    lackingMember('flagtree', 'flagtree_owner'),
    lackingRole('flagtree_server', 'LOGIN'),
    { missing: 'SELECT 1', statement: `ALTER ROLE flagtree_server LOGIN PASSWORD '${flagtree_server}'` },
    lackingMember('flagtree_server', 'flagtree_app'),
  ];
}

function lackingRole(role: string, options: string): Lacking {
  const missing = `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${role}')`;
  return { missing, statement: `CREATE ROLE ${role} ${options}` };
}

function lackingMember(login: string, role: string): Lacking {
  return { missing: `SELECT 1 WHERE NOT pg_has_role('${login}', '${role}', 'MEMBER')`, statement: `GRANT ${role} TO ${login}` };
}
