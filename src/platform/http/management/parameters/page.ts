import type { PageQuery } from './page.dto.js';
import { Invalid } from '../../problems/problem.js';

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

export function writeCursor(key: string): string {
  return Buffer.from(JSON.stringify([key])).toString('base64url');
}

/** @throws {Invalid} */
export function readCursor(cursor: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed.length === 1 && typeof parsed[0] === 'string') return parsed[0];
  } catch {
    // falls through: every unreadable cursor gets the same answer
  }
  throw new Invalid('invalid-cursor', 'The cursor cannot be read: pass `nextCursor` of the page before, unchanged.', [
    { pointer: '?cursor', code: 'invalid-cursor', detail: 'Not a cursor of this list.' },
  ]);
}
