import type { Interruptible } from '@flagtree/engine';
import { type Page, writeCursor } from './parameters/page.js';

/** Of a very long list an answer shows this much. */
export const SHOWN = 1_000;
/** And of one whose items are large so much JSON, in bytes; at least one item. */
const SHOWN_BYTES = 4 * 1024 * 1024;
const PAGE_BYTES = 8 * 1024 * 1024;

/** What an answer shows of a list. */
export function beginningOf<T>(list: readonly T[]): T[] {
  const shown: T[] = [];
  let bytes = 0;
  for (const item of list) {
    if (shown.length === SHOWN) break;
    bytes += bytesOf(item);
    if (bytes > SHOWN_BYTES && shown.length > 0) break;
    shown.push(item);
  }
  return shown;
}

/** The items of a page as they are shown. Where they are large it ends before its limit, and its cursor goes on from there. */
export function* slicedPage<T, U>(
  { items, nextCursor }: Page<T>,
  keyOf: (item: T) => string,
  view: (item: T) => U,
): Interruptible<Page<U>> {
  const shown: U[] = [];
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const seen = view(item);
    bytes += bytesOf(seen);
    const last = items[index - 1];
    if (bytes > PAGE_BYTES && last !== undefined) return { items: shown, nextCursor: writeCursor(keyOf(last)) };
    shown.push(seen);
    yield;
  }
  return { items: shown, nextCursor };
}

function bytesOf(item: unknown): number {
  return item === undefined ? 0 : Buffer.byteLength(JSON.stringify(item));
}
