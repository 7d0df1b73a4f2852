import { describe, expect, it } from '@jest/globals';
import { assertUnchanged, etagMatches, etagOf } from './etag.js';
import { Stale } from '../problems/problem.js';

describe('an entity tag', () => {
  it('depends on the content, not on the order of its members nor on when it was read', () => {
    expect(etagOf({ a: 1, b: [{ c: 2, d: 3 }], revision: 1 })).toBe(etagOf({ revision: 9, b: [{ d: 3, c: 2 }], a: 1 }));
    expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: '1' }));
    expect(etagOf({ a: [1, 2] })).not.toBe(etagOf({ a: [2, 1] }));
    expect(etagOf({ a: null })).not.toBe(etagOf({}));
    expect(etagOf({})).toMatch(/^"[\w-]{27}"$/);
  });

  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"x", "a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    ['', false],
  ])('is found in the header %s: %s', (header, found) => {
    expect(etagMatches(header, '"a"')).toBe(found);
  });

  it('lets an edit pass without If-Match, or with the tag of any current representation', () => {
    const [mine, other] = [{ a: 1 }, { a: 2 }];
    expect(() => { assertUnchanged(null, mine); }).not.toThrow(); // prettier-ignore
    expect(() => { assertUnchanged(etagOf(other), mine, other); }).not.toThrow(); // prettier-ignore
    expect(() => { assertUnchanged('"old"', mine, other); }).toThrow(Stale); // prettier-ignore
  });
});
