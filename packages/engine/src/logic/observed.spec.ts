import { describe, expect, it } from '@jest/globals';
import { murmur3 } from '../buckets/murmur3.js';
import type { BucketStep } from '../trace/steps.js';
import { expressionValue, fails, FLAG_KEY, v } from '../testing/arbitraries/logic.js';
import type { JsonValue } from '../types.js';

/** The value of the expression, and what an observer is told on the way to it. */
function observed(expression: JsonValue, context: object) {
  const reads: [string, unknown][] = [];
  const buckets: BucketStep[] = [];
  const value = expressionValue(expression, context, {
    read: (path, read) => void reads.push([path, read]),
    bucket: (step) => void buckets.push(step),
  });
  return { value, reads, buckets };
}

describe('an observer of an expression', () => {
  it('is told of what is read from the context, and what was there', () => {
    const expression = { if: [v('a.b'), { cat: [v('gone'), { var: { cat: ['a', '.b'] } }] }, v('not reached')] };
    expect(observed(expression, { a: { b: 'x' } })).toEqual({
      value: 'nullx',
      reads: [
        ['a.b', 'x'],
        ['gone', undefined],
        ['a.b', 'x'],
      ],
      buckets: [],
    });
  });

  it('is not told of elements, nor of what the evaluator adds', () => {
    const expression = { map: [v('list'), { cat: [v('x'), v('')] }] };
    expect(observed(expression, { list: [1] }).reads).toEqual([['list', [1]]]);
    expect(observed(v('$flagd.flagKey'), {}).reads).toEqual([]);
  });

  it('is told of each bucket that is looked into', () => {
    const place = murmur3('jack');
    expect(observed({ fractional: [v('name'), ['a', 1], ['b', 3], ['c', 0]] }, { name: 'jack' })).toEqual({
      value: place < 2 ** 30 ? 'a' : 'b',
      reads: [['name', 'jack']],
      buckets: [
        {
          kind: 'fractional',
          entries: [
            { variant: 'a', weight: 1 },
            { variant: 'b', weight: 3 },
            { variant: 'c', weight: 0 },
          ],
          key: 'jack',
          place,
          bucket: Math.floor((place * 4) / 2 ** 32),
          chosen: place < 2 ** 30 ? 0 : 1,
        },
      ],
    });
  });

  it('is told of no bucket where there is no key or no share', () => {
    expect(observed({ fractional: [['a'], ['b']] }, {})).toEqual({ value: null, reads: [], buckets: [] });
    expect(observed({ fractional: ['key', ['a', 0]] }, {})).toEqual({ value: null, reads: [], buckets: [] });
  });

  it('is told until the expression fails', () => {
    expect(observed({ '+': [v('a'), v('b'), v('c')] }, { a: 1, b: 'x', c: 2 })).toEqual({
      value: fails('it calculates with what is no number'),
      reads: [
        ['a', 1],
        ['b', 'x'],
        ['c', 2],
      ],
      buckets: [],
    });
    expect(observed(v('a'), { a: 1 }).reads).toEqual([['a', 1]]);
  });
});

describe('the shares of a split', () => {
  it.each<[JsonValue, unknown]>([
    [[[null, 0], ['b', 1]], 'b'], [[[null, 1], ['b', 0]], null], [[[true, 1]], true], [{ merge: ['whole', 1] }, 'whole'], [['key', { merge: ['a', 0] }, ['b', 1]], 'b'],
    [[['a', 1], v('gone')], null], [[['a', 1], []], null], [[['a', 1], [['b'], 1]], null],
  ])('%j give %j', (fractional, value) => expect(expressionValue({ fractional }, { targetingKey: 'u1' })).toBe(value)); // prettier-ignore
});

describe('the key of a split', () => {
  const keyOf = (fractional: JsonValue, context: object) =>
    observed({ fractional }, context).buckets.map((bucket) => bucket.kind === 'fractional' && [bucket.key, bucket.entries]);
  const SHARES = [['a', 1], ['b', 1]]; // prettier-ignore
  const ENTRIES = [
    { variant: 'a', weight: 1 },
    { variant: 'b', weight: 1 },
  ];

  it.each<[string, JsonValue[], object]>([
    [`${FLAG_KEY}u1`, SHARES, { targetingKey: 'u1' }],
    [`${FLAG_KEY}7`, SHARES, { targetingKey: 7 }],
    ['own', ['own', ...SHARES], { targetingKey: 'u1' }],
    ['', ['', ...SHARES], { targetingKey: 'u1' }],
    ['x', [v('name'), ...SHARES], { name: 'x' }],
    ['x', [v('name'), { merge: ['a', 1] }, ['b', v('one')]], { name: 'x', one: 1 }],
    [`${FLAG_KEY}u1`, [{ merge: ['a', 1] }, ['b', 1]], { targetingKey: 'u1' }],
    [`${FLAG_KEY}u1`, [['a', v('one')], ['b', 1]], { targetingKey: 'u1', one: 1 }], // prettier-ignore
  ])('is %j for %j in %j', (key, fractional, context) => expect(keyOf(fractional, context)).toEqual([[key, ENTRIES]]));

  it.each<[JsonValue[], object]>([
    [SHARES, {}],
    [SHARES, { targetingKey: '' }],
    [SHARES, { targetingKey: null }],
    [SHARES, { targetingKey: 0 }],
    [[7, ...SHARES], { targetingKey: 'u1' }],
    [[null, ...SHARES], { targetingKey: 'u1' }],
    [[{}, ...SHARES], { targetingKey: 'u1' }],
  ])('is missing, or is no key: %j in %j', (fractional, context) => expect(keyOf(fractional, context)).toEqual([]));
});
