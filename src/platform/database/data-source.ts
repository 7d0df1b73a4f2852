import { hostname } from 'node:os';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import { ImpatientClient } from './impatient-client.js';

export type Entities = NonNullable<DataSourceOptions['entities']>;

/** How long a session of the server may hold things up. Whoever waits longer than this for a database gets an answer that says so. */
const TIMEOUTS = {
  statement_timeout: 5_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  // On our side, for a database that takes the statement and never answers; later than its own limit, whose error says more.
  query_timeout: 7_000,
};

const CONNECT_MS = 2_000;

/** The server's connections; `initialize()` opens the first. An idle one that dies is replaced and takes nothing with it. */
export function createDataSource(url: string, { database }: Pick<Config, 'database'>, entities: Entities): DataSource {
  return new DataSource({ ...base(url, TIMEOUTS), entities, poolSize: database.poolSize });
}

/** For one that is not connected yet: the private database tells its address only when it runs. */
export function pointTo(dataSource: DataSource, url: string): void {
  dataSource.setOptions(base(url, TIMEOUTS));
}

/** For migrations, whose statements may take long; they limit their locks themselves. */
export function createMigrationDataSource(url: string): DataSource {
  return new DataSource({ ...base(url, {}), entities: [], poolSize: 2 });
}

function base(url: string, limits: Partial<typeof TIMEOUTS>) {
  const { plain, options } = withoutOptions(url);
  return {
    type: 'postgres',
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
