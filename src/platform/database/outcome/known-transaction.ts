import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { databaseError, isNeverSent } from '../database-error.js';
import { hintAt } from '../refusal-hint.queries.js';
import { type Fate, fateOf, type IsThere, ownTransaction, type OwnTransaction } from './outcome.queries.js';

/** How long the database is asked what became of a transaction, before the caller is told that nobody knows. */
const ASK_MS = 5_000;
const PAUSE_MS = 200;

/** The answer of COMMIT was lost, and the database could not be asked since: it may have been committed, or not. */
export class OutcomeUnknown extends Error {
  constructor(options: ErrorOptions) {
    super('The connection to the database was lost while it committed, and it could not be asked in time.', options);
  }
}

/**
 * Runs one transaction and tells what became of it. An error means that nothing was changed; where the connection is lost after COMMIT was
 * sent, the database is asked on another one. `run` returns how to recognise there what it has written, beside its result.
 * @throws {OutcomeUnknown} when the database does not say in time.
 */
export async function knownTransaction<T>(
  dataSource: DataSource,
  run: (manager: EntityManager) => Promise<{ result: T; isThere: IsThere }>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('READ COMMITTED');
    const { result, isThere } = await run(runner.manager);
    const own = await ownTransaction(runner.manager);
    await runner.commitTransaction().catch(async (error: unknown) => {
      if (own === null || (isOpen(error) && (await wasCommitted(dataSource, own, isThere, error)))) return;
      throw error;
    });
    return result;
  } catch (error) {
    await rollBack(runner);
    await hintAt(error, runner.manager);
    throw error;
  } finally {
    await runner.release();
  }
}

/** Whether a COMMIT that failed like this may have been carried out: it was sent, and the database did not refuse it. */
function isOpen(error: unknown): boolean {
  return !isNeverSent(error) && databaseError(error)?.severity !== 'ERROR';
}

async function wasCommitted(dataSource: DataSource, own: OwnTransaction, isThere: IsThere, cause: unknown): Promise<boolean> {
  const until = Date.now() + ASK_MS;
  while (Date.now() < until) {
    const tooLate = sleep(until - Date.now(), 'unknown' as const, { ref: false });
    const fate = await Promise.race([fateOf(dataSource.manager, own, isThere).catch((): Fate => 'unknown'), tooLate]);
    if (fate !== 'unknown') return fate === 'there';
    await sleep(PAUSE_MS, undefined, { ref: false });
  }
  throw new OutcomeUnknown({ cause });
}

async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive || runner.isReleased) return;
  await runner.rollbackTransaction().catch(() => undefined); // the connection is gone, and the transaction with it
}
