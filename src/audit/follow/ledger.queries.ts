import type { EntityManager } from 'typeorm';
import type { Entry, JsonObject } from '@flagtree/engine';

/** An audit entry as the fold needs it, with its place in the log. */
export interface LoggedEntry extends Entry {
  id: number;
  /** Hex; covers the entry and the hash of the one before it. */
  hash: string;
}

interface EntryRow {
  id: string;
  revision: string;
  table_name: Entry['table'];
  before: JsonObject | null;
  after: JsonObject | null;
  hash: string;
}

/** The entry `id` and those after it: the first of them tells whether the log is still the one that was read before. */
export async function entriesFrom(manager: EntityManager, id: number, limit?: number): Promise<LoggedEntry[]> {
  const rows = await manager.query<EntryRow[]>(
    `SELECT entry.id, entry.revision, entry.table_name, entry.before, entry.after, encode(entry.hash, 'hex') AS hash
       FROM flagtree.audit_entries AS entry
      WHERE entry.id >= $1
      ORDER BY entry.id
      LIMIT $2`,
    [id, limit ?? null],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    revision: Number(row.revision),
    table: row.table_name,
    before: row.before,
    after: row.after,
    hash: row.hash,
  }));
}

/** `hash` is that of the newest entry; null when the log is empty (or its end was cut off). */
export async function ledgerHead(manager: EntityManager): Promise<{ revision: number; entries: number; hash: string | null }> {
  const [row] = await manager.query<[{ revision: string; entries: string; hash: string | null }]>(
    `SELECT ledger.revision, ledger.entries, encode(entry.hash, 'hex') AS hash
       FROM flagtree.ledger AS ledger
       LEFT JOIN flagtree.audit_entries AS entry ON entry.id = ledger.entries`,
  );
  return { revision: Number(row.revision), entries: Number(row.entries), hash: row.hash };
}

export type StoredTable = 'environments' | 'flags' | 'environment_flags' | 'segments' | 'tokens';

/** All rows of a table, in the form in which audit entries carry them. */
export async function storedRows(manager: EntityManager, table: StoredTable): Promise<JsonObject[]> {
  const rows = await manager.query<{ row: JsonObject }[]>(`SELECT to_jsonb(stored) AS row FROM flagtree.${table} AS stored`);
  return rows.map(({ row }) => row);
}
