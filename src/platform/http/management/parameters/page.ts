import type { PageQuery } from './page.dto.js';
import { Invalid } from '../../problems/problem.js';

/** Keys that are numbers of the database. */
export const NUMBER = /^\d{1,16}$/;

export interface Page<T> {
  items: T[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** The page after `cursor` of `items`, which are sorted by `keyOf` in code unit order. */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, query: PageQuery): Page<T> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const rest = after === null ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return { items: page, nextCursor: last !== undefined && rest.length > page.length ? writeCursor(keyOf(last)) : null };
}

/**
 * The page after `cursor` of rows that the database sorts: `read` gives at most `limit` of those beyond a key, null: from the first one on.
 * `keys` says what of a row its key is, and what a key looks like.
 */
export async function pageRead<T>(
  { cursor, limit }: PageQuery,
  keys: { key: RegExp; of: (row: T) => string },
  read: (beyond: string | null, limit: number) => Promise<T[]>,
): Promise<Page<T>> {
  const rows = await read(cursor === undefined ? null : readCursor(cursor, keys.key), limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page, nextCursor: last !== undefined && rows.length > page.length ? writeCursor(keys.of(last)) : null };
}

export function writeCursor(key: string): string {
  return Buffer.from(JSON.stringify([key])).toString('base64url');
}

/** @throws {Invalid} */
export function readCursor(cursor: string, key = /^/): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const [only] = Array.isArray(parsed) && parsed.length === 1 ? (parsed as unknown[]) : [];
    if (typeof only === 'string' && key.test(only)) return only;
  } catch {
    // falls through: every unreadable cursor gets the same answer
  }
  throw new Invalid('invalid-cursor', 'The cursor cannot be read: pass `nextCursor` of the page before, unchanged.', [
    { pointer: '?cursor', code: 'invalid-cursor', detail: 'Not a cursor of this list.' },
  ]);
}
