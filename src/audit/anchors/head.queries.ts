import type { EntityManager } from 'typeorm';

/** The newest entry as the ledger knows it; entry 0 before the first. `hash` is hex. */
export async function auditHead(manager: EntityManager): Promise<{ entry: number; revision: number; hash: string }> {
  const [row] = await manager.query<{ entries: string; revision: string; hash: string }[]>(
    `SELECT ledger.entries, ledger.revision, encode(ledger.head_hash, 'hex') AS hash FROM flagtree.ledger AS ledger`,
  );
  if (!row) throw new Error('The row of the ledger is missing.');
  return { entry: Number(row.entries), revision: Number(row.revision), hash: row.hash };
}

/** Hashes (hex) by id; entries that are not there are absent. */
export async function hashesOf(manager: EntityManager, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await manager.query<{ id: string; hash: string }[]>(
    `SELECT entry.id, encode(entry.hash, 'hex') AS hash FROM flagtree.audit_entries AS entry WHERE entry.id = ANY ($1::bigint[])`,
    [ids],
  );
  return new Map(rows.map(({ id, hash }) => [Number(id), hash]));
}
