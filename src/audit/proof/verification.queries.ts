import type { EntityManager } from 'typeorm';

/** The newest entry as the ledger knows it; entry 0 before the first. `hash` is hex. */
export async function auditHead(manager: EntityManager): Promise<{ entry: number; revision: number; hash: string }> {
  const [row] = await manager.query<{ entries: string; revision: string; hash: string }[]>(
    `SELECT ledger.entries, ledger.revision, encode(ledger.head_hash, 'hex') AS hash FROM flagtree.ledger AS ledger`,
  );
  if (!row) throw new Error('The row of the ledger is missing.');
  return { entry: Number(row.entries), revision: Number(row.revision), hash: row.hash };
}

export interface Link {
  id: number;
  /** Hex. */
  hash: string;
}

export interface CheckedLink extends Link {
  /** The id of the entry before it in the log. */
  previousId: number;
  /** How many entries were read. */
  read: number;
  /** Whether its hash is that of the entry before it and its own text. */
  fits: boolean;
}

/**
 * Recomputes the chain over the next `count` ids after `from`. Returns the entries that do not follow or fit, and the last one of all;
 * nothing when no entry has such an id.
 */
export async function checkLinks(manager: EntityManager, from: Link, count: number): Promise<CheckedLink[]> {
  const rows = await manager.query<{ id: string; previous_id: string; hash: string; fits: boolean; read: string }[]>(
    `WITH chain AS (
       SELECT entry.id, entry.hash, count(*) OVER () AS read, lead(entry.id) OVER in_order IS NULL AS is_last,
              coalesce(lag(entry.id) OVER in_order, $1::bigint) AS previous_id,
              entry.hash = flagtree.audit_entry_hash(coalesce(lag(entry.hash) OVER in_order, decode($2, 'hex')), entry) AS fits
         FROM flagtree.audit_entries AS entry
        WHERE entry.id > $1::bigint AND entry.id <= $1::bigint + $3::bigint
       WINDOW in_order AS (ORDER BY entry.id)
     )
     SELECT chain.id, chain.previous_id, encode(chain.hash, 'hex') AS hash, chain.fits, chain.read
       FROM chain
      WHERE chain.is_last OR NOT chain.fits OR chain.id > chain.previous_id + 1
      ORDER BY chain.id`,
    [from.id, from.hash, count],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    previousId: Number(row.previous_id),
    hash: row.hash,
    fits: row.fits,
    read: Number(row.read),
  }));
}

/** The id of the first entry after `id`; null at the end. */
export async function nextEntry(manager: EntityManager, id: number): Promise<number | null> {
  const [row] = await manager.query<{ id: string | null }[]>(
    'SELECT min(entry.id) AS id FROM flagtree.audit_entries AS entry WHERE entry.id > $1',
    [id],
  );
  return row?.id == null ? null : Number(row.id);
}

export interface BrokenRow {
  entry_id: string | null;
  reason: string;
  detail: string;
}

/** What PostgreSQL itself finds wrong from an entry on, the end of the log and the ledger included. */
export async function brokenFrom(manager: EntityManager, id: number): Promise<BrokenRow[]> {
  return manager.query<BrokenRow[]>(
    'SELECT broken.entry_id, broken.reason, broken.detail FROM flagtree.verify_audit($1) AS broken',
    [id],
  );
}

/** Hashes (hex) by id; entries that are not there are absent. */
export async function hashesOf(manager: EntityManager, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await manager.query<{ id: string; hash: string }[]>(
    `SELECT entry.id, encode(entry.hash, 'hex') AS hash FROM flagtree.audit_entries AS entry WHERE entry.id = ANY ($1::bigint[])`,
    [ids],
  );
  return new Map(rows.map(({ id, hash }) => [Number(id), hash]));
}
