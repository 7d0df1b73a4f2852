import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical.js';
import { deepEqual } from './equal.js';
import { storableJson } from '../testing/arbitraries/arbitraries.js';
import type { JsonValue } from '../types.js';

/** The same value with its members in another order. */
function reordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reordered(member)]),
  );
}

describe('canonicalJson', () => {
  it('writes text as JSON.stringify does', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => canonicalJson(text) === JSON.stringify(text)));
    for (const text of ['', 'plain-1.2:3@a/b c', 'a"b', 'a\\b', 'a\nb', 'é', '\ud800'])
      expect(canonicalJson({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
  });
});

describe('deepEqual and canonicalJson', () => {
  it('do not see the order of members', () => {
    fc.assert(
      fc.property(storableJson, (value) => {
        expect(deepEqual(value, reordered(value))).toBe(true);
        expect(canonicalJson(value)).toBe(canonicalJson(reordered(value)));
      }),
    );
  });

  it('agree with each other on what is the same', () => {
    fc.assert(
      fc.property(storableJson, storableJson, (a, b) => expect(deepEqual(a, b)).toBe(canonicalJson(a) === canonicalJson(b))),
      {
        numRuns: 1000,
      },
    );
  });

  it('write JSON that reads back as the same value', () => {
    fc.assert(fc.property(storableJson, (value) => expect(JSON.parse(canonicalJson(value))).toEqual(value)));
  });

  it.each<[unknown, unknown]>([
    [null, {}],
    [{}, null],
    [{}, 'text'],
    ['text', {}],
    [null, 1],
    [true, 1],
    [[], [null]],
    [[], {}],
    [{}, []],
    ['1', 1],
    [0, false],
    ['', null],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: null }, {}],
    [{ toString: 1 }, {}],
    [{}, { constructor: 1 }],
  ])('tell %j from %j', (a, b) => {
    expect(deepEqual(a, b)).toBe(false);
    expect(canonicalJson(a)).not.toBe(canonicalJson(b));
  });

  it('take a number that is none for the same as another such', () => {
    expect(deepEqual(NaN, NaN)).toBe(true);
    expect(deepEqual([NaN], [NaN])).toBe(true);
    expect([deepEqual(NaN, 1), deepEqual(1, NaN), deepEqual(NaN, undefined), deepEqual(undefined, null)]).toEqual(
      Array(4).fill(false),
    );
    expect(canonicalJson([NaN, undefined])).toBe('[null,null]');
  });

  it('take an undefined member as absent', () => {
    expect(deepEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(deepEqual({ a: 1 }, { a: 1, b: undefined })).toBe(true);
    expect(deepEqual({ a: undefined }, { b: 1 })).toBe(false);
    expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}');
  });
});
