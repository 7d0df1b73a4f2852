import type { EntityManager } from 'typeorm';
import type { Entry, JsonObject, StoredRows } from '@flagtree/engine';

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

const ENTRY = `entry.id, entry.revision, entry.table_name, entry.before, entry.after, encode(entry.hash, 'hex') AS hash`;

/** The entry `id` and those after it: the first of them tells whether the log is still the one that was read before. */
export async function entriesFrom(manager: EntityManager, id: number, limit?: number): Promise<LoggedEntry[]> {
  const rows = await manager.query<EntryRow[]>(
    `SELECT ${ENTRY}
       FROM flagtree.audit_entries AS entry
      WHERE entry.id >= $1
      ORDER BY entry.id
      LIMIT $2`,
    [id, limit ?? null],
  );
  return rows.map(loggedEntry);
}

/** As {@link entriesFrom}, of what this transaction has rehearsed. Nobody signs that: it has no hashes. */
export async function rehearsedFrom(manager: EntityManager, id: number, limit: number): Promise<LoggedEntry[]> {
  const rows = await manager.query<EntryRow[]>(
    `SELECT entry.id, entry.revision, entry.table_name, entry.before, entry.after, '' AS hash
       FROM flagtree.rehearsed_entries AS entry
      WHERE entry.id >= $1
      ORDER BY entry.id
      LIMIT $2`,
    [id, limit],
  );
  return rows.map(loggedEntry);
}

function loggedEntry(row: EntryRow): LoggedEntry {
  return {
    id: Number(row.id),
    revision: Number(row.revision),
    table: row.table_name,
    before: row.before,
    after: row.after,
    hash: row.hash,
  };
}

/** The database as it is where the log was read. */
export interface Here {
  /** A copy that follows another one. */
  standby: boolean;
  /** Nothing can be written: by a setting, or since it is a standby. */
  readOnly: boolean;
  /** By its clock. */
  now: Date;
}

const HERE = `pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS "readOnly", clock_timestamp() AS now`;

type LogRow = Here & (EntryRow | { id: null });

/** As {@link entriesFrom}, with what has to be known of a database before its log is believed. */
export async function readLog(
  manager: EntityManager,
  id: number,
  limit: number,
): Promise<{ here: Here; entries: LoggedEntry[] }> {
  const rows = await manager.query<[LogRow, ...LogRow[]]>(
    `SELECT here.*, read.*
       FROM (SELECT ${HERE}) AS here
       LEFT JOIN (SELECT ${ENTRY} FROM flagtree.audit_entries AS entry WHERE entry.id >= $1 ORDER BY entry.id LIMIT $2) AS read ON true
      ORDER BY read.id`,
    [id, limit],
  );
  const [{ standby, readOnly, now }] = rows;
  const read = rows.filter((row): row is Here & EntryRow => row.id !== null);
  return { here: { standby, readOnly, now }, entries: read.map(loggedEntry) };
}

export async function readHere(manager: EntityManager): Promise<Here> {
  const [here] = await manager.query<[Here]>(`SELECT ${HERE}`);
  return here;
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

/** All that a state is made of, and the tokens. */
export async function allRows(manager: EntityManager): Promise<{ rows: StoredRows; tokens: JsonObject[] }> {
  return {
    rows: {
      environments: await storedRows(manager, 'environments'),
      flags: await storedRows(manager, 'flags'),
      overrides: await storedRows(manager, 'environment_flags'),
      segments: await storedRows(manager, 'segments'),
    },
    tokens: await storedRows(manager, 'tokens'),
  };
}
