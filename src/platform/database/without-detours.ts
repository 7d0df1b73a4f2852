import type { DataSource, EntityManager } from 'typeorm';

/**
 * Runs questions to the database so that nothing of what they are about has a say in the answer: names mean what PostgreSQL itself has, not a
 * function of the same name in our schema or in `public`; rows are not hidden; and what `work` does is taken back.
 */
export async function withoutDetours<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('READ COMMITTED');
    await runner.query(
      `SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('timezone', 'UTC', true),
              pg_catalog.set_config('bytea_output', 'hex', true), pg_catalog.set_config('extra_float_digits', '1', true),
              pg_catalog.set_config('row_security', 'off', true)`,
    );
    return await work(runner.manager);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined); // the connection is gone, and all with it
    await runner.release();
  }
}
