import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrate } from '../../src/platform/database/migrations/migrations.js';

/** A database of its own for a spec file, on the server that the test run uses. */
export class TestDatabase {
  private readonly clients: pg.Client[] = [];
  private readonly pool: pg.Pool;

  private constructor(
    readonly name: string,
    /** Of this database. */
    readonly url: string,
    readonly dataSource: DataSource,
  ) {
    this.pool = new pg.Pool({ connectionString: url, max: 4 });
    this.pool.on('error', () => undefined);
  }

  static async create({ migrated = true } = {}): Promise<TestDatabase> {
    const name = `flagtree_sql_${randomBytes(6).toString('hex')}`;
    await onServer((server) => server.query(`CREATE DATABASE ${name}`));
    const url = new URL(serverUrl());
    url.pathname = `/${name}`;
    const dataSource = await new DataSource({ type: 'postgres', url: url.href, poolSize: 3 }).initialize();
    const database = new TestDatabase(name, url.href, dataSource);
    if (migrated) await migrate(dataSource);
    return database;
  }

  async drop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end().catch(() => undefined)));
    await this.pool.end();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await onServer((server) => server.query(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`));
  }

  /** One statement, as somebody with psql would send it. */
  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  async row<Row extends object>(sql: string, values: unknown[] = []): Promise<Row> {
    const [row] = await this.rows<Row>(sql, values);
    if (!row) throw new Error(`No row: ${sql}`);
    return row;
  }

  /** A session of its own, for transactions, or of another login. */
  async session(login?: { user: string; password: string }): Promise<pg.Client> {
    const url = new URL(this.url);
    if (login) [url.username, url.password] = [login.user, login.password];
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    this.clients.push(client);
    return client;
  }

  /** Environments by slug, each with its parent; parents come first. */
  async environments(parents: Record<string, string | null>): Promise<void> {
    for (const [slug, parent] of Object.entries(parents)) {
      await this.rows(
        `INSERT INTO flagtree.environments (slug, parent_id)
         VALUES ($1, (SELECT parent.id FROM flagtree.environments AS parent WHERE parent.slug = $2))`,
        [slug, parent],
      );
    }
  }

  async flag(key: string): Promise<void> {
    await this.rows('INSERT INTO flagtree.flags (key) VALUES ($1)', [key]);
  }

  async override(environment: string, flag: string): Promise<void> {
    await this.rows(
      `INSERT INTO flagtree.environment_flags (environment_id, flag_id)
       SELECT environment.id, flag.id FROM flagtree.environments AS environment, flagtree.flags AS flag
        WHERE environment.slug = $1 AND flag.key = $2`,
      [environment, flag],
    );
  }

  async ledger(): Promise<{ revision: number; entries: number }> {
    return this.row('SELECT ledger.revision::int, ledger.entries::int FROM flagtree.ledger AS ledger');
  }

  async broken(fromId = 1): Promise<{ entry_id: number; reason: string; detail: string }[]> {
    return this.rows('SELECT broken.entry_id::int, broken.reason, broken.detail FROM flagtree.verify_audit($1) AS broken', [
      fromId,
    ]);
  }
}

/** SQL for the id of an environment. */
export const idOf = (slug: string) => `(SELECT named.id FROM flagtree.environments AS named WHERE named.slug = '${slug}')`;

/** What PostgreSQL said when it refused; fails when it did not. */
export async function refusal(statement: Promise<unknown>): Promise<pg.DatabaseError> {
  const outcome = await statement.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof pg.DatabaseError)) throw new Error('PostgreSQL did not refuse the statement', { cause: outcome });
  return outcome;
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
  const url = process.env['DATABASE_URL'] ?? process.env['FLAGTREE_TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('Set FLAGTREE_TEST_DATABASE_URL to a PostgreSQL where databases may be created');
  return url;
}
