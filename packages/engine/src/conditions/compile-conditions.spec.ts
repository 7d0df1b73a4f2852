import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileConditions } from './compile-conditions.js';
import { attributeCondition, context } from '../testing/arbitraries/arbitraries.js';
import { segment } from '../testing/builders.js';
import { OPERATORS, type AttributeCondition, type Condition, type Operator } from '../types.js';

const NOW = Date.UTC(2026, 5, 1);

function holds(condition: Condition, attributes: object, now = NOW, segments: ReturnType<typeof segment>[] = []): boolean {
  const map = new Map(segments.map((one) => [one.key, one]));
  return compileConditions([condition], map).test.holds(attributes as never, now, undefined);
}

/** Whether the operator holds of the attribute `a`. */
function of(
  operator: Operator,
  value: unknown,
  values?: AttributeCondition['values'],
  more: Partial<AttributeCondition> = {},
): boolean {
  return holds({ attribute: 'a', operator, ...(values && { values }), ...more }, value === undefined ? {} : { a: value });
}

describe('equals and in', () => {
  it.each<[unknown, AttributeCondition['values'], boolean]>([
    ['pro', ['pro'], true],
    ['Pro', ['pro'], false],
    ['pro', ['free', 'pro'], true],
    [1, [1], true],
    [1, ['1'], false],
    ['1', [1], false],
    [true, [true], true],
    [true, ['true'], false],
    [1, [true], false],
    [0, [false], false],
    ['', [''], true],
    ['', [0], false],
    [{}, ['[object Object]'], false],
    [['x', 'pro'], ['pro'], true],
    [['x', 'y'], ['pro'], false],
    [[['pro']], ['pro'], false],
    [[], ['pro'], false],
  ])('compare %j with %j: %s', (value, values, expected) => {
    expect(of('equals', value, values)).toBe(expected);
    expect(of('in', value, values)).toBe(expected);
  });

  it('hold of nobody for an empty list', () => {
    expect(of('in', 'pro', [])).toBe(false);
    expect(of('not_in', 'pro', [])).toBe(true);
    expect(of('not_in', undefined, [])).toBe(false);
  });

  it('find one of a thousand', () => {
    const values = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
    expect(of('in', 'user-999', values)).toBe(true);
    expect(of('in', 'user-1000', values)).toBe(false);
    expect(of('in', 'USER-999', values, { ignoreCase: true })).toBe(true);
  });
});

describe('text operators', () => {
  it.each<[Operator, unknown, string[], boolean]>([
    ['contains', 'alphabet', ['phab'], true],
    ['contains', 'alphabet', ['x', 'bet'], true],
    ['contains', 'alphabet', ['PHAB'], false],
    ['contains', 'a', [''], true],
    ['contains', ['beta-testers', 'x'], ['beta'], true],
    ['contains', 7, ['7'], false],
    ['starts_with', 'alphabet', ['alpha'], true],
    ['starts_with', 'alphabet', ['bet'], false],
    ['starts_with', ['x', 'alphabet'], ['alpha'], true],
    ['ends_with', 'alphabet', ['bet'], true],
    ['ends_with', 'alphabet', ['alpha'], false],
    ['matches', 'alphabet', ['^alp.*t$'], true],
    ['matches', 'alphabet', ['hab'], true],
    ['matches', 'alphabet', ['^hab'], false],
    ['matches', 'alphabet', ['^x', 't$'], true],
    ['matches', 7, ['7'], false],
  ])('%s of %j with %j: %s', (operator, value, values, expected) => expect(of(operator, value, values)).toBe(expected));

  it('return where a backtracking engine would not', () => {
    expect(of('matches', `${'a'.repeat(5000)}!`, ['^(a+)+$'])).toBe(false);
  });

  it.each<[Operator, unknown, string[]]>([
    ['equals', 'PRO', ['pro']],
    ['in', 'Pro', ['x', 'pRO']],
    ['contains', 'ALPHABET', ['phab']],
    ['starts_with', 'ÄRGER', ['är']],
    ['ends_with', 'alphaBET', ['Bet']],
    ['matches', 'ALPHA', ['^alpha$']],
    ['equals', ['x', 'PRO'], ['pro']],
  ])('%s of %j with %j holds with ignoreCase only', (operator, value, values) => {
    expect(of(operator, value, values)).toBe(false);
    expect(of(operator, value, values, { ignoreCase: true })).toBe(true);
    expect(of(operator, value, values, { ignoreCase: true, negate: true })).toBe(false);
  });

  it('leave numbers and truth values as they are with ignoreCase', () => {
    expect(of('in', 1, [1, 'A'], { ignoreCase: true })).toBe(true);
    expect(of('in', '1', [1, 'A'], { ignoreCase: true })).toBe(false);
    expect(of('not_in', 'a', [1, 'A'], { ignoreCase: true })).toBe(false);
    expect(of('not_equals', 'PRO', ['pro'], { ignoreCase: true })).toBe(false);
    expect(of('not_contains', 'PRO', ['r'], { ignoreCase: true })).toBe(false);
  });
});

describe('comparisons', () => {
  it.each<[Operator, boolean[]]>([
    ['greater_than', [false, false, true]],
    ['greater_than_or_equal', [false, true, true]],
    ['less_than', [true, false, false]],
    ['less_than_or_equal', [true, true, false]],
  ])('%s at, below and above its number', (operator, expected) => {
    expect([17.9, 18, 18.1].map((age) => of(operator, age, [18]))).toEqual(expected);
  });

  it('compare numbers with numbers only', () => {
    for (const operator of ['greater_than', 'greater_than_or_equal', 'less_than', 'less_than_or_equal'] as const) {
      expect(['18', true, null, {}, '', NaN].map((value) => of(operator, value, [18]))).toEqual(Array(6).fill(false));
      expect(['18', true, null, {}, '', NaN].map((value) => of(operator, value, [18], { negate: true }))).toEqual(
        Array(6).fill(false),
      );
    }
  });

  it('hold when they do of any operand, and of any element', () => {
    expect(of('greater_than', 5, [10, 3])).toBe(true);
    expect(of('greater_than_or_equal', 3, [10, 3])).toBe(true);
    expect(of('less_than', 5, [3, 10])).toBe(true);
    expect(of('less_than_or_equal', 10, [3, 10])).toBe(true);
    expect(of('greater_than', 2, [10, 3])).toBe(false);
    expect(of('greater_than', [1, '99', 19], [18])).toBe(true);
    expect(of('greater_than', [1, '99'], [18])).toBe(false);
  });

  it.each<[Operator, string, boolean]>([
    ['before', '2026-05-31T23:59:59.999Z', true],
    ['before', '2026-06-01T00:00:00Z', false],
    ['after', '2026-06-01T00:00:00Z', false],
    ['after', '2026-06-01T00:00:00.001Z', true],
    ['after', '2026-06-01T00:00:01+01:00', false],
    ['before', 'yesterday', false],
    ['after', 'tomorrow', false],
  ])('%s of %s', (operator, value, expected) => expect(of(operator, value, ['2026-06-01T00:00:00Z'])).toBe(expected));

  it('hold of one of several moments', () => {
    const moments = ['2026-01-01T00:00:00Z', '2026-12-01T00:00:00Z'];
    expect(of('before', '2026-06-01T00:00:00Z', moments)).toBe(true);
    expect(of('after', '2026-06-01T00:00:00Z', moments)).toBe(true);
    expect(of('after', '2025-06-01T00:00:00Z', moments)).toBe(false);
    expect(of('before', '2027-06-01T00:00:00Z', moments)).toBe(false);
  });

  it('take the moment of the evaluation as $now, which no context can set', () => {
    const at = (operator: Operator, now: number, more = {}) =>
      holds({ attribute: '$now', operator, values: ['2026-06-01T00:00:00Z'], ...more }, { $now: '2000-01-01T00:00:00Z' }, now);
    expect([NOW - 1, NOW, NOW + 1].map((now) => at('before', now))).toEqual([true, false, false]);
    expect([NOW - 1, NOW, NOW + 1].map((now) => at('after', now))).toEqual([false, false, true]);
    expect([NOW - 1, NOW, NOW + 1].map((now) => at('after', now, { negate: true }))).toEqual([true, true, false]);
    expect([at('before', NaN), at('after', NaN), at('after', NaN, { negate: true })]).toEqual([false, false, false]);
    expect(holds({ attribute: '$now', operator: 'starts_with', values: ['2026-06'] }, {}, NOW)).toBe(true);
    expect(holds({ attribute: '$now', operator: 'exists' }, {}, NOW)).toBe(true);
  });

  it('take versions and addresses', () => {
    expect(of('semver_in_range', '1.4.0', ['^1.2'])).toBe(true);
    expect(of('semver_greater_than', '1.10.0', ['1.9.0'])).toBe(true);
    expect(of('semver_less_than', '1.10.0', ['1.9.0'])).toBe(false);
    expect(of('semver_equals', ['0.1.0', '1.9.0'], ['1.9.0'])).toBe(true);
    expect(of('semver_equals', 1, ['1.0.0'])).toBe(false);
    expect(of('in_cidr', '10.1.2.3', ['10.0.0.0/8'])).toBe(true);
    expect(of('in_cidr', '11.1.2.3', ['10.0.0.0/8'], { negate: true })).toBe(true);
    expect(of('in_cidr', 'banana', ['10.0.0.0/8'], { negate: true })).toBe(false);
    expect(of('semver_in_range', 'banana', ['^1.2'], { negate: true })).toBe(false);
  });
});

describe('exists', () => {
  it.each<[unknown, boolean]>([
    [undefined, false],
    [null, false],
    [false, true],
    [0, true],
    ['', true],
    [[], true],
    [{}, true],
  ])('of %j: %s', (value, expected) => {
    expect(of('exists', value)).toBe(expected);
    expect(of('not_exists', value)).toBe(!expected);
    expect(of('exists', value, [], { negate: true })).toBe(!expected);
    expect(of('not_exists', value, [], { negate: true })).toBe(expected);
  });
});

describe('negation', () => {
  const operands: { [O in Operator]?: AttributeCondition['values'] } = {
    before: ['2026-01-01T00:00:00Z'],
    after: ['2026-01-01T00:00:00Z'],
    semver_in_range: ['^1'],
    semver_equals: ['1.0.0'],
    semver_greater_than: ['1.0.0'],
    semver_less_than: ['1.0.0'],
    in_cidr: ['10.0.0.0/8'],
    greater_than: [1],
    greater_than_or_equal: [1],
    less_than: [1],
    less_than_or_equal: [1],
  };
  const comparing = OPERATORS.filter((operator) => !operator.endsWith('exists'));

  it.each(comparing)('lets %s hold of nothing that is missing, null or of another kind', (operator) => {
    const values = operands[operator] ?? ['x'];
    for (const value of [undefined, null, {}, [{}], [null]]) {
      expect(of(operator, value, values)).toBe(false);
      expect(of(operator, value, values, { negate: true })).toBe(false);
    }
  });

  it('is of the whole attribute: not_in says that no element is in', () => {
    expect(of('not_in', ['a', 'b'], ['b'])).toBe(false);
    expect(of('not_in', ['a', 'c'], ['b'])).toBe(true);
    expect(of('not_equals', ['a', 'b'], ['a'])).toBe(false);
    expect(of('not_contains', ['xa', 'xb'], ['b'])).toBe(false);
    expect(of('not_contains', ['xa', 'xc'], ['b'])).toBe(true);
    expect(of('not_contains', [1, 2], ['b'])).toBe(false);
    expect(of('not_contains', [1, 'c'], ['b'])).toBe(true);
    expect(of('not_in', [], ['b'])).toBe(true);
  });

  it('compares other JSON types as unequal', () => {
    expect(of('not_equals', 1, ['1'])).toBe(true);
    expect(of('not_in', true, ['true', 1])).toBe(true);
  });

  it('undoes itself', () => {
    expect(of('not_equals', 'a', ['a'], { negate: true })).toBe(true);
    expect(of('not_equals', 'b', ['a'], { negate: true })).toBe(false);
    expect(of('not_in', undefined, ['a'], { negate: true })).toBe(false);
  });

  it('and its positive never hold together, and one of them does whenever the attribute fits', () => {
    fc.assert(
      fc.property(attributeCondition, context, (condition, attributes) => {
        const positive = holds({ ...condition, negate: false }, attributes);
        const negative = holds({ ...condition, negate: true }, attributes);
        expect(positive && negative).toBe(false);
        if (condition.operator.endsWith('exists')) expect(positive || negative).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('groups', () => {
  const [yes, no]: Condition[] = [
    { attribute: 'a', operator: 'exists' },
    { attribute: 'a', operator: 'not_exists' },
  ] as [Condition, Condition];
  const truth = (condition: Condition) => holds(condition, { a: 1 });

  it('combine their conditions', () => {
    expect([truth({ all: [yes, yes] }), truth({ all: [yes, no] }), truth({ all: [] })]).toEqual([true, false, true]);
    expect([truth({ any: [no, yes] }), truth({ any: [no, no] }), truth({ any: [] })]).toEqual([true, false, false]);
    expect([truth({ not: yes }), truth({ not: no })]).toEqual([false, true]);
    expect(truth({ all: [{ any: [no, { not: no }] }, yes] })).toBe(true);
  });

  it('negate plainly with "not": what does not hold of a missing attribute is not so', () => {
    expect(holds({ not: { attribute: 'b', operator: 'equals', values: ['x'] } }, { a: 1 })).toBe(true);
  });

  it('ask a segment for all of its conditions, and the segments in it for theirs', () => {
    const segments = [
      segment('inner', [{ attribute: 'age', operator: 'greater_than', values: [17] }]),
      segment('outer', [{ segment: 'inner' }, { attribute: 'plan', operator: 'equals', values: ['pro'] }]),
    ];
    const inside = (attributes: object) => holds({ segment: 'outer' }, attributes, NOW, segments);
    expect(inside({ age: 18, plan: 'pro' })).toBe(true);
    expect(inside({ age: 17, plan: 'pro' })).toBe(false);
    expect(inside({ age: 18 })).toBe(false);
    expect(holds({ segment: 'none' }, {}, NOW, [segment('none', [])])).toBe(true);
  });
});
