import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface Database {
  url: string;
  /** Also when somebody is still connected. */
  drop: () => Promise<void>;
}

/** An empty database of its own, on the server that the test run uses. */
export async function createDatabase(): Promise<Database> {
  const name = `flagtree_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env['FLAGTREE_TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('This spec needs the PostgreSQL that jest starts for the project "e2e": see jest.config.mjs');
  return url;
}
