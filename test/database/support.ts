import pg from 'pg';
import { DataSource } from 'typeorm';
import { createDatabase } from '../support/database.js';

/** A database of its own for a spec file, on the server that the test run uses. */
export class TestDatabase {
  private readonly clients: pg.Client[] = [];
  private readonly pool: pg.Pool;

  private constructor(
    readonly name: string,
    /** Of this database. */
    readonly url: string,
    readonly dataSource: DataSource,
    private readonly dropIt: () => Promise<void>,
  ) {
    this.pool = new pg.Pool({ connectionString: url, max: 4 });
    this.pool.on('error', () => undefined);
  }

  static async create({ migrated = true } = {}): Promise<TestDatabase> {
    const { url, drop } = await createDatabase({ migrated });
    const dataSource = await new DataSource({ type: 'postgres', url, poolSize: 3 }).initialize();
    return new TestDatabase(new URL(url).pathname.slice(1), url, dataSource, drop);
  }

  async drop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end().catch(() => undefined)));
    await this.pool.end();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.dropIt();
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
