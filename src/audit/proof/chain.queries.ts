import type { EntityManager } from 'typeorm';
import type { EntryColumns } from './entry-text.js';

export interface StoredEntry extends EntryColumns {
  /** As it is stored, hex. */
  hash: string;
}

/** The next entries after `id`, in their order: at most `count`, and no more than `bytes` but for the first. */
export function entriesAfter(manager: EntityManager, id: number, count: number, bytes: number): Promise<StoredEntry[]> {
  return manager.query(
    `SELECT entry.id::text, entry.revision::text, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
            entry.actor, entry.db_user, entry.action, entry.table_name, entry.row_id::text, entry.flag_key, entry.environment_slug,
            entry.before::text, entry.after::text, entry.reason, entry.request_id, entry.causation_id, entry.remote, entry.token,
            encode(entry.hash, 'hex') AS hash
       FROM (SELECT sized.*, sum(sized.size) OVER (ORDER BY sized.id) - sized.size AS before_it
               FROM (SELECT listed.id, coalesce(pg_column_size(listed.before), 0) + coalesce(pg_column_size(listed.after), 0) AS size
                       FROM flagtree.audit_entries AS listed WHERE listed.id > $1::bigint ORDER BY listed.id LIMIT $2::int) AS sized) AS page
       JOIN flagtree.audit_entries AS entry ON entry.id = page.id
      WHERE page.before_it < $3::bigint
      ORDER BY entry.id`,
    [id, count, bytes],
  );
}

export interface LedgerHead {
  entries: number;
  revision: number;
  /** Hex. */
  hash: string;
}

/** The ledger (null: its row is missing) and the id of the newest entry, at the same moment. */
export async function ledgerAndNewest(manager: EntityManager): Promise<{ ledger: LedgerHead | null; newest: number }> {
  const [row] = await manager.query<[{ entries: string | null; revision: string; hash: string; newest: string }]>(
    `SELECT ledger.entries, ledger.revision, encode(ledger.head_hash, 'hex') AS hash, log.newest
       FROM (SELECT coalesce(max(entry.id), 0) AS newest FROM flagtree.audit_entries AS entry) AS log
       LEFT JOIN flagtree.ledger AS ledger ON true`,
  );
  const { entries, revision, hash, newest } = row;
  const ledger = entries === null ? null : { entries: Number(entries), revision: Number(revision), hash };
  return { ledger, newest: Number(newest) };
}
