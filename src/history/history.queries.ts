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
