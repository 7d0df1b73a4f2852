import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface Database {
  url: string;
  /** Also when somebody is still connected. */
  drop: () => Promise<void>;
}

/** A database of its own, on the server that the test run uses; `migrated`: as all migrations leave it, a copy of one that has them. */
export async function createDatabase({ migrated = false } = {}): Promise<Database> {
  const name = `flagtree_test_${randomBytes(6).toString('hex')}`;
  await onServer(async (server) => {
    const template = migrated ? process.env['FLAGTREE_TEST_TEMPLATE'] : undefined;
    await server.query(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
    if (template !== undefined) await server.query(`ALTER DATABASE ${name} SET search_path = "$user", public, flagtree`);
  });
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  const drop = async (): Promise<void> => {
    await onServer((server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return { url: url.href, drop };
}

export async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: serverUrl() });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

function serverUrl(): string {
  const url = process.env['FLAGTREE_TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('This spec needs the PostgreSQL that jest starts for the project "e2e": see jest.config.mjs');
  return url;
}
