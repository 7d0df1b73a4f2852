import type { EntityManager } from 'typeorm';

/** The newest entry as the ledger knows it; entry 0 before the first. `hash` is hex. */
export async function auditHead(manager: EntityManager): Promise<{ entry: number; revision: number; hash: string }> {
  const [row] = await manager.query<{ entries: string; revision: string; hash: string }[]>(
    `SELECT ledger.entries, ledger.revision, encode(ledger.head_hash, 'hex') AS hash FROM flagtree.ledger AS ledger`,
  );
  if (!row) throw new Error('The row of the ledger is missing.');
  return { entry: Number(row.entries), revision: Number(row.revision), hash: row.hash };
}
