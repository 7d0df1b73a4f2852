import type { DataSource } from 'typeorm';
import { type PositionName, textOf } from '../audit/follow/position-names.js';
import { StandbyError } from '../platform/database/database-error.js';

/** The database answers, and does not hold the history that this server has followed. It is neither migrated nor used. */
export class UnknownHistory extends Error {
  constructor(what: string, known: PositionName) {
    const name = textOf(known);
    super(
      `it does not hold the history that this server knows: ${what}, and the snapshots of the data directory are of ${name}. ` +
        'Restore it, or correct DATABASE_URL, and the server goes on by itself. ' +
        `If what is there is to count from now on, start with FLAGTREE_FORGET_HISTORY=${name}.`,
    );
  }
}

/** Before anything is written to it: whether the database is the one, or a later state of it. @throws {UnknownHistory} @throws {StandbyError} */
export async function assertKnownHistory(dataSource: DataSource, known: PositionName): Promise<void> {
  const [here] = await dataSource.query<[{ standby: boolean; isMade: boolean }]>(
    `SELECT pg_is_in_recovery() AS standby, to_regclass('flagtree.audit_entries') IS NOT NULL AS "isMade"`,
  );
  if (here.standby) throw new StandbyError();
  if (!here.isMade) throw new UnknownHistory('it is empty', known);
  const [log] = await dataSource.query<[{ head: string | null; hash: string | null }]>(
    `SELECT (SELECT ledger.revision FROM flagtree.ledger AS ledger) AS head,
            (SELECT encode(entry.hash, 'hex') FROM flagtree.audit_entries AS entry
              WHERE entry.revision = $1 ORDER BY entry.id DESC LIMIT 1) AS hash`,
    [known.revision],
  );
  if (log.hash?.startsWith(known.hash) === true) return;
  const isOlder = log.hash === null;
  throw new UnknownHistory(
    isOlder ? `its newest revision is ${String(log.head)}` : 'it has another revision of that number',
    known,
  );
}
