import { Client } from 'pg';
import type { Passwords } from './passwords.js';

/**
 * Makes the role and the database of the server where they are missing: a disk that filled up during the first start of an earlier version may
 * have left a cluster without them.
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
    for (const { missing, statement } of roleAndDatabase(passwords))
      if ((await administrator.query(missing)).rows.length > 0) await administrator.query(statement);
  } finally {
    await administrator.end();
  }
}

/** What a new cluster lacks; `missing` gives a row where it does. The server's role is no superuser, as it would be none elsewhere. */
export function roleAndDatabase({ flagtree }: Passwords): { missing: string; statement: string }[] {
  return [
    {
      missing: `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'flagtree')`,
      statement: `CREATE ROLE flagtree LOGIN CREATEDB CREATEROLE PASSWORD '${flagtree}'`,
    },
    {
      missing: `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'flagtree')`,
      statement: 'CREATE DATABASE flagtree OWNER flagtree',
    },
  ];
}
