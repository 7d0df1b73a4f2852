import { describe, expect, it } from '@jest/globals';
import { expressionValue, fails, FLAG_KEY, v } from '../../testing/arbitraries/logic.js';
import type { JsonValue } from '../../types.js';

const CONTEXT = {
  one: 1,
  five: 5,
  s: 'abc',
  word: 'one',
  nothing: null,
  none: [],
  pair: [8, 2],
  single: [5],
  o: { x: 1 },
  no: false,
  big: 1e308,
};
const valueOf = (expression: JsonValue, context: object = CONTEXT) => expressionValue(expression, context);

const NO_NUMBER = fails('it calculates with what is no number');
const NO_LIST = fails('it goes through what is no list');

type Row = [expression: JsonValue, value: unknown];
const hold = (rows: Row[]) => it.each(rows)('%j is %j', (expression, value) => expect(valueOf(expression)).toEqual(value));

describe('an operator that is given one operand and no list of them', () => {
  hold([
    [{ if: v('s') }, 'abc'], [{ if: v('gone') }, null], [{ and: v('five') }, 5], [{ or: v('no') }, false], [{ '!!': v('none') }, false], [{ '!': [] }, true],
    [{ '-': v('pair') }, 6], [{ '/': v('pair') }, 4], [{ '%': v('pair') }, 0], [{ '*': v('pair') }, 16], [{ '/': v('five') }, 0.2], [{ min: v('pair') }, 2], [{ max: v('five') }, 5],
    [{ in: 'x' }, false], [{ in: [] }, false], [{ in: ['x'] }, false], [{ map: v('pair') }, [null, null]], [{ map: v('gone') }, []], [{ map: [] }, []], [{ filter: v('pair') }, []], [{ some: v('s') }, NO_LIST],
    [{ all: v('none') }, false], [{ reduce: v('pair') }, null], [{ reduce: v('single') }, 5], [{ reduce: v('gone') }, fails('"reduce" has neither elements nor a value to begin with')],
    [{ missing: 's' }, []], [{ missing: 'gone' }, ['gone']], [{ missing: { merge: ['gone', 's'] } }, ['gone']], [{ missing_some: 's' }, []], [{ missing_some: [] }, []], [{ missing_some: [1] }, []],
    [{ missing_some: [1, 'gone'] }, ['gone']], [{ missing_some: [1, 's'] }, []], [{ missing_some: [v('one'), { merge: ['gone', 'lost'] }] }, ['gone', 'lost']],
    [{ cat: 'x' }, 'x'], [{ cat: v('none') }, ''], [{ cat: v('no') }, 'false'], [{ merge: v('five') }, [5]], [{ substr: 'abc' }, 'abc'], [{ substr: [] }, fails('"substr" takes a text')],
    [{ starts_with: v('s') }, null], [{ sem_ver: '1.0.0' }, null], [{ fractional: 'key' }, null], [{ fractional: v('pair') }, null], [{ fractional: [] }, null],
    [{ '==': 'x' }, fails('a comparison takes two values')], [{ '===': [] }, fails('a comparison takes two values')],
  ]); // prettier-ignore
});

describe('and, or and if', () => {
  hold([
    [{ and: [] }, null], [{ or: [] }, null], [{ if: [] }, null], [{ if: [false, 1, true, 2] }, 2], [{ if: [false, 1, false, 2] }, null], [{ if: [true, v('gone'), 3] }, null],
    [{ and: [0, { '+': 'x' }] }, 0], [{ or: [1, { '+': 'x' }] }, 1], [{ if: [true, 1, { '+': 'x' }] }, 1], [{ if: [false, { '+': 'x' }, 2] }, 2],
  ]); // prettier-ignore
});

describe('what counts as a number', () => {
  hold([
    [{ '+': [v('single'), 1] }, NO_NUMBER], [{ '+': [v('none'), 1] }, NO_NUMBER], [{ '+': [{}, 1] }, NO_NUMBER], [{ '+': ['', 1] }, 1], [{ '+': [' 7 ', 1] }, 8], [{ '+': [v('no'), 1] }, 1],
    [{ '-': [{ '*': [v('big'), 10] }, { '*': [v('big'), 10] }] }, NO_NUMBER], [{ max: [1, v('single')] }, fails('"max" and "min" take numbers')], [{ max: [-3, -2, -7] }, -2], [{ min: [-3, -7, -2] }, -7],
  ]); // prettier-ignore
});

describe('what can be compared', () => {
  const right = (value: JsonValue): JsonValue => ({ if: [true, value] });
  hold([
    [{ '==': [null, right(true)] }, false], [{ '==': [null, right(0)] }, true], [{ '<=': [null, right(0)] }, true], [{ '<': [null, right(1)] }, true], [{ '<': [null, right('a')] }, false],
    [{ '==': [null, right({ merge: [] })] }, NO_NUMBER], [{ '==': [0, right({ merge: [] })] }, NO_NUMBER], [{ '==': [v('none'), right(0)] }, NO_NUMBER], [{ '==': [v('single'), right(5)] }, NO_NUMBER],
    [{ '==': ['x', right(null)] }, false], [{ '==': ['', right(null)] }, false], [{ '==': [v('no'), right(null)] }, true], [{ '==': [v('five'), right(null)] }, false], [{ '>': [v('five'), right(null)] }, true],
    [{ '==': ['5', right(5)] }, true], [{ '==': ['x', right(5)] }, NO_NUMBER], [{ '==': [5, right('x')] }, NO_NUMBER], [{ '==': [true, right('1')] }, true],
    [{ '==': ['x', v('five')] }, false], [{ '==': [5, { var: ['s'] }] }, false], [{ '==': [5, { var: ['gone', 's'] }] }, false], [{ '==': [5, { var: ['gone', 5] }] }, true], [{ '==': [1, v('none')] }, NO_NUMBER], [{ '==': [1, v('single')] }, NO_NUMBER],
    [{ '==': ['x', { var: [] }] }, NO_NUMBER], [{ '==': ['x', v('')] }, NO_NUMBER], [{ '==': ['x', { var: null }] }, NO_NUMBER], [{ '==': ['x', []] }, NO_NUMBER], [{ '==': [5, 's'] }, NO_NUMBER],
    [{ map: [[5], { '==': ['x', v('')] }] }, NO_NUMBER], [{ map: [[5], { '==': ['x', { var: null }] }] }, NO_NUMBER], [{ map: [[5], { '==': ['x', { var: [] }] }] }, NO_NUMBER],
    [{ '===': [v('none'), v('none')] }, true], [{ '===': ['x', {}] }, false], [{ '!==': [null, 0] }, true], [{ '===': [1, 1, 1] }, true], [{ '===': [1, 1, 2] }, false], [{ '<': [1, 2, 3, 3] }, false],
  ]); // prettier-ignore

  it('is asked of an attribute on the right alone, not of what stands on the left', () => {
    expect(valueOf({ '<': [{ merge: [] }, v('five')] })).toBe(true);
    expect(valueOf({ '<': [{ merge: [] }, right(5)] })).toEqual(NO_NUMBER);
  });
});

describe('versions of other shapes', () => {
  const version = (own: string, relation: string, other: string): JsonValue => ({ sem_ver: [own, relation, other] });
  hold([
    [version('12.0.0', '=', '12'), true], [version('1.12.0', '=', '1.12'), true], [version('1.2.3', '=', '1.2v.3'), null], [version('1.2.3', '=', 'vV1.2.3'), null], [version('1.2.3', '=', '1.2.x'), null],
    [version('x1.2', '=', '1.2.0'), null], [version('1.2', '=', '1.2.0'), true], [version('1.', '=', '1.0.0'), null], [version('1.2.3-beta', '<', '1.2.3'), true], [version('1.2.3+b', '=', '1.2.3'), true],
    [version('2.3.9', '~', '1.3.0'), false], [version('1.2.3', '', '1.2.3'), null],
  ]); // prettier-ignore
});

describe('texts', () => {
  hold([
    [{ substr: ['abcdef', -3, 2] }, 'de'], [{ substr: ['abcdef', -6] }, 'abcdef'], [{ substr: ['abcdef', 2, -2] }, 'cd'], [{ substr: ['abcdef', 1, -5] }, ''], [{ substr: ['abcdef', 1, -9] }, ''],
    [{ substr: ['abcdef', '2'] }, 'cdef'], [{ substr: ['abcdef', -0.5] }, 'abcdef'], [{ substr: ['abcdef', 1, 'x'] }, ''], [{ substr: ['abcdef', 1, 99] }, 'bcdef'],
    [{ cat: ['x', [1, [2, null, 3]]] }, 'x1,2,,3'], [{ cat: { merge: ['a', null, 'b'] } }, 'ab'], [{ in: [v('nothing'), { cat: ['null'] }] }, true], [{ in: [v('five'), [1, [5]]] }, false],
    [{ in: [{ var: 'pair' }, [[8, 2]]] }, false], [{ in: ['', 'abc'] }, true], [{ in: [5, { merge: [1, 5] }] }, true], [{ in: ['5', { merge: [1, 5] }] }, false], [{ in: [null, [1, null]] }, true],
    [{ starts_with: ['abc', 5] }, null], [{ starts_with: [5, 'abc'] }, null], [{ ends_with: ['abc', ''] }, true],
  ]); // prettier-ignore
});

describe('an object that says of itself what it is as a text', () => {
  it('is an object like any other', () => {
    const context = { o: { toString: 'x' }, rows: [{ toString: null }, 1] };
    expect(valueOf({ cat: [v('o'), '!'] }, context)).toBe('[object Object]!');
    expect(valueOf({ cat: [v('rows'), '!'] }, context)).toBe('[object Object],1!');
  });
});

describe('inside an operator that goes through a list', () => {
  const lists = { rows: [[1, 2], [3, 4]], people: [{ name: 'a', $flagd: { flagKey: 'mine' } }, { age: 1 }] }; // prettier-ignore

  it.each<Row>([
    [{ map: [v('rows'), { var: 1 }] }, [2, 4]],
    [{ map: [v('rows'), { map: [v(''), { '*': [v(''), 10] }] }] }, [[10, 20], [30, 40]]], // prettier-ignore
    [{ map: [v('people'), v('name')] }, ['a', null]],
    [{ map: [v('people'), v('$flagd.flagKey')] }, ['mine', null]],
    [{ map: [v('people'), { missing: ['name', '$flagd.flagKey'] }] }, [[], ['name', '$flagd.flagKey']]],
    [{ map: [v('people'), { var: { cat: ['na', 'me'] } }] }, ['a', null]],
    [{ map: [v('rows'), { var: { if: [false, 1] } }] }, [[1, 2], [3, 4]]], // prettier-ignore
    [{ reduce: [v('rows'), { '+': [v('accumulator'), v('current.1')] }, 0] }, 6],
    [{ reduce: [v('rows'), v('rows'), 0] }, null],
    [{ reduce: [v('rows'), v('$flagd.flagKey'), 0] }, null],
    [{ reduce: [v('people'), { missing: ['accumulator', 'current', 'people'] }, 1] }, ['people']],
  ])('%j is %j', (expression, value) => expect(valueOf(expression, lists)).toEqual(value));
});

describe('what an expression reads of the whole', () => {
  const whole = { a: 1, $flagd: { flagKey: FLAG_KEY, timestamp: 1_700_000_000 } };

  it.each([[v('')], [{ var: [] }], [{ var: null }], [{ var: { if: [false, 1] } }], [{ var: { cat: [''] } }]])(
    '%j is the context, with what the evaluator adds to it, whatever the default',
    (expression) => expect(valueOf(expression as JsonValue, { a: 1, $flagd: 'not mine' })).toEqual(whole),
  );

  it.each<Row>([
    [{ missing: ['$flagd', '$flagd.timestamp', '$flagd.flagKey.x', '$flagd.other'] }, ['$flagd.flagKey.x', '$flagd.other']],
    [{ var: ['$flagd.other', 'else'] }, 'else'],
    [{ var: ['$flagd.flagKey', 'else'] }, FLAG_KEY],
    [{ var: [{ cat: ['$flagd', '.timestamp'] }] }, 1_700_000_000],
    [{ missing: ['a', 'a.b', 'b'] }, ['a.b', 'b']],
  ])('%j is %j', (expression, value) => expect(valueOf(expression, { a: 1, $flagd: { other: 1 } })).toEqual(value));
});
