import type { EntityManager } from 'typeorm';
import { canonicalJson, type JsonObject, type JsonValue } from '@flagtree/engine';

/** Our tables whose changes the log has. */
export const AUDITED = ['environments', 'flags', 'environment_flags', 'segments', 'tokens', 'checks', 'pipelines', 'promotions'];

/** Those, and others that were put under the log. */
export async function auditedTables(manager: EntityManager): Promise<string[]> {
  const found = await manager.query<{ table: string }[]>(
    `SELECT class.relname AS table FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
      WHERE class.relnamespace = 'flagtree'::regnamespace AND trigger.tgname = 't6_write_inserts' AND class.relname ~ '^[a-z_]+$'`,
  );
  return [...new Set([...AUDITED, ...found.map(({ table }) => table)])];
}

const ROWS = 1_000;
/** Of uuid: no row has it. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** A row that is not as the log says. */
export interface StrayRow {
  /** The newest entry of the row; null: the log does not know it. */
  entry: number | null;
  detail: string;
}

/** Some of all there is, and after which id to go on; null: at the end. */
export interface StrayPage {
  stray: StrayRow[];
  next: string | null;
}

/** The next rows of a table, after an id, that are not as the newest entry of each says. */
export async function strayRows(manager: EntityManager, table: string, after: string): Promise<StrayPage> {
  const rows = await manager.query<{ id: string; entry: string | null; logged: JsonObject | null; stored: JsonObject | null }[]>(
    `SELECT stored.id, last.id AS entry, CASE WHEN fits.so THEN NULL ELSE last.after END AS logged,
            CASE WHEN fits.so THEN NULL ELSE to_jsonb(stored) END AS stored
       FROM (SELECT each.* FROM flagtree.${table} AS each WHERE each.id > $1::uuid ORDER BY each.id LIMIT $2) AS stored
       LEFT JOIN LATERAL (SELECT entry.id, entry.after FROM flagtree.audit_entries AS entry
                           WHERE entry.row_id = stored.id AND entry.table_name = $3 ORDER BY entry.id DESC LIMIT 1) AS last ON true
      CROSS JOIN LATERAL (SELECT to_jsonb(stored) = last.after AS so) AS fits
      ORDER BY stored.id`,
    [after, ROWS, table],
  );
  const stray = rows.flatMap(({ entry, logged, stored }) => {
    if (stored === null) return [];
    const row = `The row ${nameOf(stored)} of ${table}`;
    const id = entry === null ? null : Number(entry);
    if (logged === null) return [{ entry: id, detail: `${row} is there, and by the log it is not` }];
    const fields = differing(stored, logged);
    return fields.length === 0
      ? []
      : [{ entry: id, detail: `${row} is not as entry ${String(id)} left it: ${fields.join(', ')}` }];
  });
  return { stray, next: rows.length < ROWS ? null : (rows.at(-1)?.id ?? null) };
}

/** Rows that the log says are there, and are not, among the next of those that it knows. Steps from row to row, however many entries each has. */
export async function lostRows(manager: EntityManager, tables: readonly string[], after: string): Promise<StrayPage> {
  const there = tables.map((table) => `SELECT '${table}' AS table_name, id FROM flagtree.${table}`).join(' UNION ALL ');
  const rows = await manager.query<{ row_id: string; table: string | null; entry: string; after: JsonObject }[]>(
    `WITH RECURSIVE walk AS (
       (SELECT entry.row_id, 1 AS step FROM flagtree.audit_entries AS entry WHERE entry.row_id > $1::uuid ORDER BY entry.row_id LIMIT 1)
       UNION ALL
       SELECT next.row_id, walk.step + 1
         FROM walk
        CROSS JOIN LATERAL (SELECT entry.row_id FROM flagtree.audit_entries AS entry
                             WHERE entry.row_id > walk.row_id ORDER BY entry.row_id LIMIT 1) AS next
        WHERE walk.step < $2
     )
     SELECT walk.row_id, lost.*
       FROM walk
       LEFT JOIN LATERAL (
         SELECT last.table_name AS table, last.id AS entry, last.after
           FROM (SELECT DISTINCT ON (entry.table_name) entry.table_name, entry.id, entry.after
                   FROM flagtree.audit_entries AS entry WHERE entry.row_id = walk.row_id ORDER BY entry.table_name, entry.id DESC) AS last
          WHERE last.after IS NOT NULL AND last.table_name = ANY ($3)
            AND NOT EXISTS (SELECT FROM (${there}) AS stored WHERE stored.table_name = last.table_name AND stored.id = walk.row_id)) AS lost ON true
      ORDER BY walk.row_id`,
    [after, ROWS, tables],
  );
  const stray = rows.flatMap(({ table, entry, after: logged }) =>
    table === null
      ? []
      : [{ entry: Number(entry), detail: `The row ${nameOf(logged)} of ${table} is gone, and by the log it is there` }],
  );
  return { stray, next: rows.length < ROWS ? null : (rows.at(-1)?.row_id ?? null) };
}

/**
 * The fields that are other than logged. A column that came with a later migration is in no entry from before it: then it holds what the migration
 * gave it. Those that went are in no row.
 */
function differing(stored: JsonObject, logged: JsonObject): string[] {
  return Object.entries(stored).flatMap(([field, value = null]) =>
    (field in logged ? isSame(value, logged[field] ?? null) : isAtFirst(field, value)) ? [] : [field],
  );
}

const isSame = (one: JsonValue, other: JsonValue) => canonicalJson(one) === canonicalJson(other);

/** What migrations gave to columns that they added, beside what is empty. */
const AT_FIRST: Record<string, JsonValue> = { on_missing_key: 'error', with_values: 'restricted' };
const EMPTY: readonly JsonValue[] = [null, false, [], {}];
const isAtFirst = (field: string, value: JsonValue) => [...EMPTY, AT_FIRST[field] ?? null].some((first) => isSame(value, first));

const nameOf = ({ key, slug, name, id }: JsonObject) => JSON.stringify(key ?? slug ?? name ?? id);
