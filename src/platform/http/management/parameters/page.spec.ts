import { describe, expect, it } from '@jest/globals';
import { type Page, pageOf, readCursor, writeCursor } from './page.js';
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
