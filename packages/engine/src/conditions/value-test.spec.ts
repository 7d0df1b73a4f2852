import { describe, expect, it } from '@jest/globals';
import { HOLDS, HOLDS_NOT, momentTest, UNFIT, valueTest } from './value-test.js';
import type { AttributeCondition, JsonValue, Operator } from '../types.js';

const SAYS = { [HOLDS]: 'holds', [HOLDS_NOT]: 'holds not', [UNFIT]: 'unfit' };

function said(operator: Operator, values: JsonValue[], value: unknown, more: Partial<AttributeCondition> = {}): string {
  return SAYS[valueTest({ attribute: 'a', operator, values, ...more }).of(value)];
}

type Row = [
  operator: Operator,
  operands: JsonValue[],
  answers: { holds?: unknown[]; 'holds not'?: unknown[]; unfit?: unknown[] },
];

const NO_TEXTS = [7, true, {}, null, undefined, [7], [['a']]];
const NO_SCALARS = [{}, null, undefined, [{}], [null], [['a']]];
const NO_NUMBERS = ['18', true, {}, null, undefined, NaN, ['18'], [NaN], [[18]]];

const expectAnswers = (more: Partial<AttributeCondition>, [operator, operands, answers]: Row) => {
  for (const [verdict, values] of Object.entries(answers)) {
    expect(values.map((value) => [value, said(operator, operands, value, more)])).toEqual(
      values.map((value) => [value, verdict]),
    );
  }
};

describe('an operator holds of a value, does not, or the value is of a kind of which it can say nothing', () => {
  it.each<Row>([
    ['equals', ['a'], { holds: ['a', ['x', 'a']], 'holds not': ['A', 'b', '', 1, true, [], [{}, 'b']], unfit: NO_SCALARS }],
    ['equals', ['a', 1], { holds: ['a', 1], 'holds not': ['1', 'A', true, []], unfit: NO_SCALARS }],
    ['in', [], { 'holds not': ['a', 1, false, []], unfit: NO_SCALARS }],
    ['contains', ['b'], { holds: ['abc', 'b', [7, 'abc']], 'holds not': ['aBc', '', [], [7, 'a']], unfit: NO_TEXTS }],
    ['contains', ['x', 'b'], { holds: ['abc', 'x'], 'holds not': ['a', 'X'], unfit: NO_TEXTS }],
    ['starts_with', ['ab'], { holds: ['abc', 'ab'], 'holds not': ['a', 'cab', 'ABC', []], unfit: NO_TEXTS }],
    ['starts_with', ['x', 'ab'], { holds: ['abc', 'x'], 'holds not': ['cab', 'ax', 'X'], unfit: NO_TEXTS }],
    ['ends_with', ['bc'], { holds: ['abc', 'bc'], 'holds not': ['c', 'bca', 'ABC', []], unfit: NO_TEXTS }],
    ['ends_with', ['x', 'bc'], { holds: ['abc', 'x'], 'holds not': ['bca', 'xa', 'X'], unfit: NO_TEXTS }],
    ['matches', ['^x', 'b.$'], { holds: ['abc', 'xa'], 'holds not': ['ab', 'ABC', []], unfit: NO_TEXTS }],
    ['greater_than', [18], { holds: [19, Infinity, ['x', 19]], 'holds not': [18, 17, -Infinity, []], unfit: NO_NUMBERS }],
    ['greater_than_or_equal', [18], { holds: [18, 19], 'holds not': [17, []], unfit: NO_NUMBERS }],
    ['less_than', [18], { holds: [17], 'holds not': [18, 19, []], unfit: NO_NUMBERS }],
    ['less_than_or_equal', [18], { holds: [18, 17], 'holds not': [19, []], unfit: NO_NUMBERS }],
    [
      'before',
      ['2026-06-01T00:00:00Z'],
      {
        holds: ['2026-05-31T23:59:59Z', ['soon', '2026-05-31T23:59:59Z']],
        'holds not': ['2026-06-01T00:00:00Z', []],
        unfit: ['soon', 7, null, undefined, {}, ['soon']],
      },
    ],
    [
      'semver_in_range',
      ['^1.2', '>=3'],
      { holds: ['1.4.0', '3.0.0'], 'holds not': ['2.0.0', '1.1.0', []], unfit: ['banana', '1.4', 1, null, {}] },
    ],
    [
      'in_cidr',
      ['10.0.0.0/8', '2001:db8::/32'],
      { holds: ['10.1.2.3', '2001:db8::1'], 'holds not': ['11.1.2.3', '::1', []], unfit: ['banana', 10, null, {}] },
    ],
    ['exists', [], { holds: ['', 0, false, [], [null], {}], 'holds not': [null, undefined] }],
  ])('%s %j: %j', (...row) => expectAnswers({}, row));
});

describe('with ignoreCase', () => {
  it.each<Row>([
    ['equals', ['aB'], { holds: ['Ab', 'ab', ['x', 'AB']], 'holds not': ['b', 1, []], unfit: NO_SCALARS }],
    ['equals', ['ß'], { holds: ['ß'], 'holds not': ['SS', 'ss'] }],
    ['in', ['aB', 1], { holds: ['AB', 1], 'holds not': ['1', true, 'b'], unfit: NO_SCALARS }],
    ['contains', ['B'], { holds: ['abc', 'ABC'], 'holds not': ['ac'], unfit: NO_TEXTS }],
    ['starts_with', ['aB'], { holds: ['Abc', 'abC'], 'holds not': ['cab'], unfit: NO_TEXTS }],
    ['ends_with', ['bC'], { holds: ['aBc', 'ABC'], 'holds not': ['bca'], unfit: NO_TEXTS }],
    ['matches', ['B.$'], { holds: ['abc', 'ABC'], 'holds not': ['bca'], unfit: NO_TEXTS }],
  ])('%s %j: %j', (...row) => expectAnswers({ ignoreCase: true }, row));
});

describe('of several operands the easiest decides', () => {
  it.each<Row>([
    ['greater_than', [10, 3, 5], { holds: [4], 'holds not': [3] }],
    ['greater_than_or_equal', [10, 3, 5], { holds: [3], 'holds not': [2] }],
    ['less_than', [5, 3, 10], { holds: [9], 'holds not': [10] }],
    ['less_than_or_equal', [5, 3, 10], { holds: [10], 'holds not': [11] }],
  ])('%s %j: %j', (...row) => expectAnswers({}, row));
});

describe('momentTest', () => {
  it('says of a moment in milliseconds what the operator says of its text, and nothing of what is no moment', () => {
    const moment = Date.UTC(2026, 5, 1);
    const values = ['2026-06-01T00:00:00Z'];
    const asked = (operator: Operator) =>
      [moment - 1, moment, moment + 1, NaN].map((now) => SAYS[momentTest(operator, values).of(now)]);
    expect(asked('before')).toEqual(['holds', 'holds not', 'holds not', 'unfit']);
    expect(asked('after')).toEqual(['holds not', 'holds not', 'holds', 'unfit']);
  });
});
