import type { EntityManager } from 'typeorm';
import type { WriteRequest } from '../change/write-request.js';
import type { LoggedEntry } from '../follow/ledger.queries.js';

/** Locks the ledger head, so that commit order is revision order, and names the author to the triggers. Returns the head revision, and when it got the lock. */
export async function openChange(manager: EntityManager, write: WriteRequest): Promise<{ head: number; now: Date }> {
  const [row] = await manager.query<[{ revision: string; now: Date }]>(
    `SELECT flagtree.open_change() AS revision, clock_timestamp() AS now, ${NAMES}`,
    namesOf(write),
  );
  return { head: Number(row.revision), now: row.now };
}

/**
 * Has the triggers write down what they would log where nobody else sees it, with the ledger left to others. Only rows that are written have a lock,
 * until the transaction is taken back, as it has to be. It gives way before PostgreSQL looks for deadlocks, so that none is found in a writer. Returns when that was.
 */
export async function openRehearsal(manager: EntityManager, write: WriteRequest): Promise<Date> {
  const [row] = await manager.query<[{ now: Date }]>(
    `SELECT clock_timestamp() AS now, set_config('flagtree.rehearsal', 'on', true), set_config('lock_timeout', '${String(REHEARSAL_LOCK_MS)}', true), ${NAMES}`,
    namesOf(write),
  );
  return row.now;
}

/** Below `deadlock_timeout`, a second. */
const REHEARSAL_LOCK_MS = 500;

const NAMES = `set_config('flagtree.actor', $1, true), set_config('flagtree.reason', $2, true), set_config('flagtree.request_id', $3, true),
  set_config('flagtree.remote', $4, true), set_config('flagtree.token', $5, true)`;

const namesOf = ({ caller, reason, requestId, remote }: WriteRequest) => [
  caller.actor,
  reason ?? '',
  requestId,
  remote ?? '',
  caller.token.publicId,
];

/** Whether the log has this very entry, and so all that was written with it. A change without entries leaves the state as it is, done or not. */
export async function holdsEntry(manager: EntityManager, entry: LoggedEntry | undefined): Promise<boolean> {
  if (!entry) return true;
  const found = await manager.query<unknown[]>(
    `SELECT FROM flagtree.audit_entries AS entry WHERE entry.id = $1 AND entry.hash = decode($2, 'hex')`,
    [entry.id, entry.hash],
  );
  return found.length > 0;
}
