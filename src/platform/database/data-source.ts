import { hostname } from 'node:os';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import type { Config } from '../config/config.js';
import { ImpatientClient } from './impatient-client.js';

/** How long a session of the server may hold things up. Whoever waits longer than this for a database gets an answer that says so. */
const TIMEOUTS = {
  statement_timeout: 5_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  // On our side, for a database that takes the statement and never answers; later than its own limit, whose error says more.
  query_timeout: 7_000,
};

const CONNECT_MS = 2_000;

/** Of the server's connections; `initialize()` opens the first. An idle one that dies is replaced and takes nothing with it. */
export function dataSourceOptions(url: string, { database }: Pick<Config, 'database'>): PostgresDataSourceOptions {
  return { ...base(url, TIMEOUTS), poolSize: database.poolSize };
}

/** For one that is not connected yet: the private database tells its address only when it runs. */
export function pointTo(dataSource: DataSource, url: string): void {
  dataSource.setOptions(base(url, TIMEOUTS));
}

/** For migrations, whose statements may take long; they limit their locks themselves. */
export function createMigrationDataSource(url: string): DataSource {
  return new DataSource({ ...base(url, {}), entities: [], poolSize: 2 });
}

/** Where its connections lead. */
export function databaseUrlOf({ options }: DataSource): string {
  if (options.type !== 'postgres' || options.url === undefined)
    throw new Error('This needs a PostgreSQL that is given by its URL.');
  return options.url;
}

function base(url: string, limits: Partial<typeof TIMEOUTS>) {
  const { plain, options } = withoutOptions(url);
  return {
    type: 'postgres',
    driver: pg, // TypeORM would load another copy of it, from outside of the bundle
    url: plain,
    schema: 'flagtree',
    synchronize: false,
    logging: false,
    applicationName: `flagtree/${hostname()}`.slice(0, 63),
    connectTimeoutMS: CONNECT_MS,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolErrorHandler: () => undefined, // an idle connection broke: the next query takes another one, or tells
    extra: {
      ...limits,
      Client: ImpatientClient,
      keepAlive: true,
      options: `${options} -c search_path=flagtree,public -c timezone=UTC`.trim(),
    },
  } as const;
}

/** The URL's own `options` would replace ours instead of adding to them. */
function withoutOptions(url: string): { plain: string; options: string } {
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options');
  if (options === null) return { plain: url, options: '' };
  parsed.searchParams.delete('options');
  return { plain: parsed.href, options };
}
