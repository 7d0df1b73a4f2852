import type { DataSource, EntityManager } from 'typeorm';
import { hintAt } from './refusal-hint.queries.js';

/**
 * Runs `work` in a transaction of its own that sees one moment of the database, and takes back what it does, whatever comes of it. What another
 * one has changed since that moment is not written over: then the database asks for another try (`40001`).
 */
export async function takenBack<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const takeBack = async () => {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined); // the connection is gone, and all with it
  };
  try {
    await runner.startTransaction('REPEATABLE READ');
    return await work(runner.manager);
  } catch (error) {
    await takeBack();
    await hintAt(error, runner.manager);
    throw error;
  } finally {
    await takeBack();
    await runner.release();
  }
}
