import type { EntityManager } from 'typeorm';
import type { Entry, JsonObject } from '@flagtree/engine';

/** The newest revision that was there at the end of that millisecond; 0 before the first. */
export async function revisionAt(manager: EntityManager, instant: Date): Promise<number> {
  const [row] = await manager.query<{ revision: string }[]>(
    `SELECT entry.revision
       FROM flagtree.audit_entries AS entry
      WHERE entry.at < $1::timestamptz + interval '1 millisecond'
      ORDER BY entry.at DESC, entry.revision DESC
      LIMIT 1`,
    [instant.toISOString()],
  );
  return Number(row?.revision ?? 0);
}

/** When a revision was made; null for revision 0. */
export async function instantOf(manager: EntityManager, revision: number): Promise<Date | null> {
  const [row] = await manager.query<{ at: Date }[]>(
    'SELECT entry.at FROM flagtree.audit_entries AS entry WHERE entry.revision = $1 LIMIT 1',
    [revision],
  );
  return row?.at ?? null;
}

/** Ids of entries, both included. */
export interface Span {
  first: number;
  last: number;
}

/** The entries of the revisions after `from` up to `to`; null when there are none. */
export async function spanOf(manager: EntityManager, from: number, to: number): Promise<Span | null> {
  const [row] = await manager.query<{ first: string | null; last: string | null }[]>(
    `SELECT (SELECT entry.id FROM flagtree.audit_entries AS entry WHERE entry.revision > $1 ORDER BY entry.revision, entry.id LIMIT 1) AS first,
            (SELECT entry.id FROM flagtree.audit_entries AS entry WHERE entry.revision <= $2 ORDER BY entry.revision DESC, entry.id DESC LIMIT 1) AS last`,
    [from, to],
  );
  if (!row || row.first === null || row.last === null || Number(row.first) > Number(row.last)) return null;
  return { first: Number(row.first), last: Number(row.last) };
}

/** What of the entries in a span the state is made of, ascending. */
export async function entriesIn(manager: EntityManager, { first, last }: Span): Promise<Entry[]> {
  const rows = await manager.query<
    { revision: string; table_name: Entry['table']; before: JsonObject | null; after: JsonObject | null }[]
  >(
    `SELECT entry.revision, entry.table_name, entry.before, entry.after
       FROM flagtree.audit_entries AS entry
      WHERE entry.id BETWEEN $1 AND $2
        AND entry.table_name IN ('environments', 'flags', 'environment_flags', 'segments')
      ORDER BY entry.id`,
    [first, last],
  );
  return rows.map(({ revision, table_name: table, before, after }) => ({ revision: Number(revision), table, before, after }));
}

const ROWS = 1_000;

/** Of uuid: no row has it. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** How a row was changed by all entries of a span together; `before` and `after` are null where there was none. */
export type ChangedRow = Pick<Entry, 'table' | 'before' | 'after'>;

/**
 * The next rows after an id, of those that the log knows, that a span of entries has changed; and after which id to go on, null at the end.
 * Steps from row to row, however many entries each has.
 */
export async function rowsChangedIn(
  manager: EntityManager,
  { first, last }: Span,
  after: string,
): Promise<{ rows: ChangedRow[]; next: string | null }> {
  const steps = await manager.query<
    { row_id: string; table: Entry['table'] | null; before: JsonObject | null; after: JsonObject | null }[]
  >(
    `WITH RECURSIVE walk AS (
       (SELECT entry.row_id, 1 AS step FROM flagtree.audit_entries AS entry WHERE entry.row_id > $1::uuid ORDER BY entry.row_id LIMIT 1)
       UNION ALL
       SELECT next.row_id, walk.step + 1
         FROM walk
        CROSS JOIN LATERAL (SELECT entry.row_id FROM flagtree.audit_entries AS entry
                             WHERE entry.row_id > walk.row_id ORDER BY entry.row_id LIMIT 1) AS next
        WHERE walk.step < $4
     )
     SELECT walk.row_id, changed.*
       FROM walk
       LEFT JOIN LATERAL (
         SELECT newest.table_name AS table, former.after AS before, newest.after
           FROM (SELECT entry.id, entry.table_name, entry.after FROM flagtree.audit_entries AS entry
                  WHERE entry.row_id = walk.row_id AND entry.id <= $3 ORDER BY entry.id DESC LIMIT 1) AS newest
           LEFT JOIN LATERAL (SELECT entry.after FROM flagtree.audit_entries AS entry
                               WHERE entry.row_id = walk.row_id AND entry.id < $2 ORDER BY entry.id DESC LIMIT 1) AS former ON true
          WHERE newest.id >= $2 AND newest.table_name IN ('environments', 'flags', 'environment_flags', 'segments')) AS changed ON true
      ORDER BY walk.row_id`,
    [after, first, last, ROWS],
  );
  const rows = steps.flatMap(({ table, before, after: now }) =>
    table === null || (before === null && now === null) ? [] : [{ table, before, after: now }],
  );
  return { rows, next: steps.length < ROWS ? null : (steps.at(-1)?.row_id ?? null) };
}
