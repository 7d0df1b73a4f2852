import type { EntityManager } from 'typeorm';
import { databaseError } from '../database-error.js';

/** A transaction, as the database knows it. */
export interface OwnTransaction {
  /** Of xid8. */
  id: string;
  /** Of the process of the database that runs it. */
  pid: number;
}

/** Whether what a transaction wrote is there, seen from another one. */
export type IsThere = (manager: EntityManager) => Promise<boolean>;

/** What became of a transaction; `unknown`: it is still under way, or this database cannot say (yet). */
export type Fate = 'there' | 'gone' | 'unknown';

/** The transaction that is open; null when it has written nothing, so that nothing can be lost. */
export async function ownTransaction(manager: EntityManager): Promise<OwnTransaction | null> {
  const [own] = await manager.query<[{ id: string | null; pid: number }]>(
    `SELECT pg_current_xact_id_if_assigned()::text AS id, pg_backend_pid() AS pid`,
  );
  return own.id === null ? null : { id: own.id, pid: own.pid };
}

/**
 * Asked over another connection. That it is over is told by its number, what came of it by what it wrote: after a crash of the database
 * another transaction may have got the number.
 */
export async function fateOf(manager: EntityManager, own: OwnTransaction, isThere: IsThere): Promise<Fate> {
  const [here] = await manager.query<[{ standby: boolean }]>(`SELECT pg_is_in_recovery() AS standby`);
  if (here.standby) return 'unknown';
  if (await isUnderWay(manager, own)) return 'unknown';
  return (await isThere(manager)) ? 'there' : 'gone';
}

/** Ends its session if COMMIT has not arrived there: nobody can send it any more, and it holds what others wait for. */
async function isUnderWay(manager: EntityManager, { id, pid }: OwnTransaction): Promise<boolean> {
  try {
    const [status] = await manager.query<[{ status: string | null }]>(`SELECT pg_xact_status($1::xid8) AS status`, [id]);
    if (status.status !== 'in progress') return false;
    await manager.query(
      `SELECT pg_terminate_backend(session.pid) FROM pg_stat_activity AS session
        WHERE session.pid = $1 AND session.state = 'idle in transaction' AND session.backend_xid = ($2::xid8)::xid`,
      [pid, id],
    );
    return true;
  } catch (error) {
    if (isOfTheFuture(error)) return false; // of a database that was set back, or replaced: it has not come to that number
    throw error;
  }
}

const isOfTheFuture = (error: unknown) => databaseError(error)?.code === '22023';
