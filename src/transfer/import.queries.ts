import type { EntityManager } from 'typeorm';

/** Between the statements of a large import the server computes for longer than an ordinary transaction may be idle. */
export async function openForLong(manager: EntityManager): Promise<void> {
  await manager.query(`SET LOCAL idle_in_transaction_session_timeout = '2min'`);
}
