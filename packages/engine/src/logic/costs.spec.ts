import { describe, expect, it } from '@jest/globals';
import { expressionValue, fails, v } from '../testing/arbitraries/logic.js';
import type { JsonValue } from '../types.js';

const TOO_MANY = fails('it takes more than 10000 steps');
const list = (length: number) => ({ list: Array.from({ length }, () => 0) });

/** The longest list that the expression may go through. */
const expectLongest = (length: number, expression: JsonValue) => {
  expect(expressionValue(expression, list(length))).not.toEqual(TOO_MANY);
  expect(expressionValue(expression, list(length + 1))).toEqual(TOO_MANY);
};

describe('a step is what an operator, a list or a value in the expression takes for each element', () => {
  it.each<[number, JsonValue]>([
    [10_000, { map: [v('list'), 0] }],
    [10_000, { map: [v('list'), [1, 2]] }],
    [5_000, { map: [v('list'), v('')] }],
    [5_000, { some: [v('list'), v('')] }],
    [2_000, { filter: [v('list'), { '+': [v(''), 1] }] }],
    [10_000, { reduce: [v('list'), 0, 0] }],
    [10_001, { reduce: [v('list'), 0] }],
    [2_000, { reduce: [v('list'), { '+': [v('current'), 1] }, 0] }],
  ])('at most %s elements for %j', expectLongest);

  it('and a list that is merged costs its length, whoever merges it', () => {
    expectLongest(10_000, { merge: v('list') });
    expectLongest(9_999, { merge: [v('list'), 1] });
    expectLongest(5_000, { map: [v('list'), { merge: [1] }] });
    expectLongest(2_500, { map: [v('list'), { merge: [1, 2] }] });
    expectLongest(5_000, { '+': [{ in: [1, { merge: v('list') }] }, { in: [1, { merge: v('list') }] }] });
  });

  it('which an expression pays for no more than once, and the next one anew', () => {
    const expression = { map: [v('list'), 0] };
    for (let time = 0; time < 3; time++) expect(expressionValue(expression, list(10_000))).toHaveLength(10_000);
    expect(expressionValue(expression, list(10_001))).toEqual(TOO_MANY);
    expect(expressionValue(expression, list(10_000))).toHaveLength(10_000);
  });

  it('is not charged by "some" for what comes after the element that decides', () => {
    expect(expressionValue({ some: [v('list'), { '===': [v(''), 0] }] }, list(20_000))).toBe(true);
  });
});

describe('what "reduce" accumulates', () => {
  const LISTS = fails('"reduce" accumulates lists within lists');

  it.each<[JsonValue, unknown]>([
    [{ reduce: [[1, 2], { merge: [v('accumulator'), v('current')] }, []] }, [1, 2]],
    [{ reduce: [[1, 2], [null, 'x'], 0] }, [null, 'x']],
    [{ reduce: [[1, 2], v('current'), [[]]] }, LISTS],
    [{ reduce: [[[1, [2]], 3], v('accumulator')] }, LISTS],
    [{ reduce: [[[1, [2]]], v('accumulator')] }, [1, [2]]],
    [{ reduce: [[1], null, 0] }, null],
    [{ reduce: [[{ merge: [1, 2] }], v('current'), 0] }, [1, 2]],
  ])('%j is %j', (expression, value) => expect(expressionValue(expression)).toEqual(value));

  it('may be an object of plain values', () => {
    const rows = { rows: [{ a: 1, b: null }, { a: 2, b: 'x' }], deep: [{ a: {} }] }; // prettier-ignore
    expect(expressionValue({ reduce: [v('rows'), v('current'), 0] }, rows)).toEqual({ a: 2, b: 'x' });
    expect(expressionValue({ reduce: [v('deep'), v('current'), 0] }, rows)).toEqual(LISTS);
  });
});
