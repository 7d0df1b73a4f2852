import { describe, expect, it } from '@jest/globals';
import { assertNoneSeen, assertNothingElseSeen, assertUnchanged, etagMatches, etagOf } from './etag.js';
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

  it.each([
    ['nothing', {}, true],
    ['the tag of any current representation', { ifMatch: etagOf({ a: 2 }) }, true],
    ['a list with one', { ifMatch: `"x", ${etagOf({ a: 1 })}` }, true],
    ['an old tag', { ifMatch: '"old"' }, false],
    ['that something is there', { ifMatch: '*' }, true],
    ['that nothing is there', { ifNoneMatch: '*' }, false],
    ['that it is not this', { ifNoneMatch: `"x", ${etagOf({ a: 2 })}` }, false],
    ['that it is not something else', { ifNoneMatch: '"x", "y"' }, true],
    ['two things, of which one does not hold', { ifMatch: '*', ifNoneMatch: '*' }, false],
  ])('lets an edit pass, or not, that asks for %s', (_what, given, passes) => {
    const preconditions = { ifMatch: null, ifNoneMatch: null, ...given };
    const edit = () => { assertUnchanged(preconditions, { a: 1 }, { a: 2 }); }; // prettier-ignore
    if (passes) expect(edit).not.toThrow();
    else expect(edit).toThrow(expect.objectContaining({ kind: 'stale', etag: etagOf({ a: 1 }), members: { current: { a: 1 } } }));
  });

  it('lets something be made where nothing is, unless the caller wants something to be there', () => {
    const none = { ifMatch: null, ifNoneMatch: null };
    expect(() => { assertNoneSeen({ ...none, ifNoneMatch: '*' }); }).not.toThrow(); // prettier-ignore
    expect(() => { assertNoneSeen({ ...none, ifMatch: '*' }); }).toThrow(Stale); // prettier-ignore
    expect(() => { assertNothingElseSeen({ ...none, ifNoneMatch: '*' }, { a: 1 }); }).not.toThrow(); // prettier-ignore
    expect(() => { assertNothingElseSeen({ ...none, ifMatch: etagOf({ a: 1 }) }, { a: 1 }); }).not.toThrow(); // prettier-ignore
    expect(() => { assertNothingElseSeen({ ...none, ifMatch: '*' }, { a: 1 }); }).toThrow(Stale); // prettier-ignore
    expect(() => { assertNothingElseSeen({ ...none, ifMatch: '"old"' }, { a: 1 }); }).toThrow(Stale); // prettier-ignore
  });
});
