import { describe, expect, it } from '@jest/globals';
import { NUMBER, type Page, pageOf, pageRead, readCursor, writeCursor } from './page.js';
import { Invalid } from '../../problems/problem.js';

const items = ['a', 'b', 'c', 'd', 'ä'];
const read = (limit: number, cursor?: string): Page<string> =>
  pageOf(items, (item) => item, { limit, ...(cursor === undefined ? {} : { cursor }) });

describe('pages', () => {
  it.each([1, 2, 3, 5, 200])('of %i hold each item once, in order', (limit) => {
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = read(limit, cursor ?? undefined);
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(items);
  });

  it('go on where they were when items come and go in between', () => {
    const { nextCursor } = read(2);
    expect(pageOf(['a', 'aa', 'c', 'd'], (item) => item, { limit: 2, cursor: nextCursor ?? '' }).items).toEqual(['c', 'd']);
  });

  it('refuse a cursor that they did not give', () => {
    expect(readCursor(writeCursor('any "key" é'))).toBe('any "key" é');
    for (const cursor of ['', 'x', 'bnVsbA', Buffer.from('["a",1]').toString('base64url')])
      expect(() => readCursor(cursor)).toThrow(Invalid);
  });
});

describe('pages that the database sorts', () => {
  const rows = ['30', '21', '12', '3'].map((id) => ({ id }));
  const readRows = (limit: number, cursor?: string) =>
    pageRead(
      { limit, ...(cursor === undefined ? {} : { cursor }) },
      { key: NUMBER, of: ({ id }: { id: string }) => id },
      (before, most) => Promise.resolve(rows.filter(({ id }) => before === null || Number(id) < Number(before)).slice(0, most)),
    );

  it.each([1, 2, 3, 4, 5])('of %i hold each row once, and end with the last one', async (limit) => {
    const seen: { id: string }[] = [];
    let cursor: string | null | undefined;
    for (let pages = 0; cursor !== null && pages < 5; pages++) {
      const page = await readRows(limit, cursor ?? undefined);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect({ seen, cursor }).toEqual({ seen: rows, cursor: null });
  });

  it('refuse a cursor of another list', async () => {
    await expect(readRows(2, writeCursor('ui.dark_mode'))).rejects.toThrow(Invalid);
  });
});
