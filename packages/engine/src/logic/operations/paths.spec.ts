import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitPath, valueAt } from './paths.js';

describe('splitPath', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a.', ['a', '']],
    ['.a', ['', 'a']],
    ['a..b', ['a', '', 'b']],
    ['.', ['']],
    ['..', ['', '']],
    ['a\\.b', ['a.b']],
    ['a\\.b.c', ['a.b', 'c']],
    ['a\\/b', ['a/b']],
    ['a\\\\b', ['a\\b']],
    ['a\\\\.b', ['a\\', 'b']],
    ['a\\b', ['a\\b']],
    ['a\\', ['a\\']],
    ['a/b', ['a/b']],
  ])('reads %j as %j', (path, names) => expect(splitPath(path)).toEqual(names));

  it('gives back any names whose dots and backslashes were escaped', () => {
    const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '.', '\\', '/'), minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(names, (list) => {
        expect(splitPath(list.map((name) => name.replace(/[.\\]/g, '\\$&')).join('.'))).toEqual(list);
      }),
    );
  });
});

describe('valueAt', () => {
  const value = { a: { b: [10, { c: null }] }, text: 'xyz', n: 7, run: () => 1 };

  it.each<[string[], unknown]>([
    [[], value],
    [['a', 'b', '0'], 10],
    [['a', 'b', '1', 'c'], null],
    [['a', 'b', '1', 'c', 'd'], undefined],
    [['a', 'b', 'length'], 2],
    [['text', '1'], 'y'],
    [['n', 'x'], undefined],
    [['gone'], undefined],
    [['gone', 'x'], undefined],
    [['toString'], undefined],
    [['a', 'constructor'], undefined],
    [['run'], undefined],
  ])('finds at %j: %j', (names, found) => expect(valueAt(value, names)).toEqual(found));
});
