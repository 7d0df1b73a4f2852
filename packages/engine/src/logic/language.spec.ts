import { describe, expect, it } from '@jest/globals';
import { expressionValue, fails, v } from '../testing/arbitraries/logic.js';
import type { JsonValue } from '../types.js';

const CONTEXT = {
  targetingKey: 'u1', s: 'abc', five: '5', n: 5, zero: 0, no: false, empty: '', nothing: null, list: [1, 'a', null, [2]], texts: ['a', 'b'],
  none: [], o: { x: 'in', 'y.z': 'dotted', deep: { er: 1 } }, version: '1.2.3', many: [3, 1, 2],
}; // prettier-ignore

const valueOf = (expression: JsonValue) => expressionValue(expression, CONTEXT);
const NO_NUMBER = fails('it calculates with what is no number');

type Row = [expression: JsonValue, value: unknown];
const hold = (rows: Row[]) => it.each(rows)('%j is %j', (expression, value) => expect(valueOf(expression)).toEqual(value));

describe('what an expression reads', () => {
  hold([
    [v('s'), 'abc'], [v('o.x'), 'in'], [v('o.y\\.z'), 'dotted'], [v('o.deep.er'), 1], [v('gone'), null], [v('s.gone'), null], [v('list.1'), 'a'],
    [v('s.length'), 3], [v('constructor'), null], [v('constructor.name'), null], [v('o.__proto__'), null], [v('texts.map'), null], [v('s.at'), null],
    [{ var: ['gone', 'else'] }, 'else'], [{ var: ['nothing', 7] }, 7], [{ var: ['no', 7] }, false], [{ var: ['zero', 7] }, 0], [{ var: ['empty', 7] }, ''],
    [v('$flagd.flagKey'), 'the-flag'], [v('$flagd.timestamp'), 1_700_000_000], [v('$flagd.other'), null], [v('$flagd.flagKey.length'), null],
    [v('$flagd'), { flagKey: 'the-flag', timestamp: 1_700_000_000 }],
    [v(''), { ...CONTEXT, $flagd: { flagKey: 'the-flag', timestamp: 1_700_000_000 } }], [{ var: [] }, { ...CONTEXT, $flagd: { flagKey: 'the-flag', timestamp: 1_700_000_000 } }],
    [{ var: { cat: ['o', '.x'] } }, 'in'], [{ var: ['list.9', null] }, null],
    [{ missing: ['s', 'gone', 'o.x', 'o.gone'] }, ['gone', 'o.gone']], [{ missing: ['nothing'] }, []], [{ missing: ['empty.length'] }, ['empty.length']],
    [{ missing: ['$flagd.flagKey', '$flagd.gone'] }, ['$flagd.gone']], [{ missing: ['constructor'] }, ['constructor']], [{ missing: ['nothing.x', 's.length'] }, ['nothing.x']],
    [{ missing_some: [1, ['gone', 's']] }, []], [{ missing_some: [2, ['gone', 's']] }, ['gone']], [{ missing_some: [0, ['gone']] }, []],
  ]); // prettier-ignore
});

describe('choices', () => {
  hold([
    [{ if: [v('n'), 'yes', 'no'] }, 'yes'], [{ if: [v('zero'), 'yes', 'no'] }, 'no'], [{ if: [v('zero'), 'yes'] }, null], [{ if: [v('s')] }, 'abc'], [{ if: [] }, null],
    [{ if: [v('none'), 1, v('o'), 2, 3] }, 2], [{ if: [v('none'), 1, v('empty'), 2, v('gone')] }, null], [{ if: [v('none'), 1, v('no'), 2, 3] }, 3],
    [{ and: [1, v('n'), 's'] }, 's'], [{ and: [1, v('zero'), 's'] }, 0], [{ or: [v('zero'), v('none'), 's', 't'] }, 's'], [{ or: [v('zero'), v('none')] }, []],
    [{ '!': [v('none')] }, true], [{ '!': [v('s')] }, false], [{ '!': v('zero') }, true], [{ '!': [] }, true], [{ '!!': [v('o')] }, true], [{ '!!': [{}] }, false],
    [{ '!!': [v('nothing')] }, false], [{ '!!': [v('texts')] }, true], [{ '!!': v('n') }, true],
  ]); // prettier-ignore
});

describe('comparisons', () => {
  hold([
    [{ '==': [v('n'), '5'] }, true], [{ '==': [v('five'), 5] }, true], [{ '===': [v('five'), 5] }, false], [{ '===': [v('n'), 5] }, true], [{ '!=': [v('n'), 6] }, true],
    [{ '!=': [v('n'), '5'] }, false], [{ '!==': [v('n'), '5'] }, true], [{ '!==': [v('n'), 5] }, false], [{ '==': [v('nothing'), 0] }, true], [{ '==': [v('zero'), null] }, true],
    [{ '==': [v('nothing'), false] }, true], [{ '==': [v('nothing'), ''] }, false], [{ '==': [v('nothing'), null] }, true], [{ '==': [v('n'), null] }, false],
    [{ '<': [v('n'), 6] }, true], [{ '<': [v('n'), 5] }, false], [{ '<=': [v('n'), 5] }, true], [{ '<=': [v('n'), 4] }, false], [{ '>': [v('n'), 4] }, true],
    [{ '>': [v('n'), 5] }, false], [{ '>=': [v('n'), 5] }, true], [{ '>=': [v('n'), 6] }, false], [{ '<': [v('s'), 'abd'] }, true], [{ '<': [v('five'), '40'] }, false],
    [{ '<': [1, v('n'), 6] }, true], [{ '<': [1, v('n'), 5] }, false], [{ '<': [6, v('n'), 9] }, false], [{ '<=': [5, v('n'), 5] }, true], [{ '<=': [v('gone'), 0, 'a'] }, false],
    [{ '<': [v('s'), 1] }, NO_NUMBER], [{ '<': [v('list'), 1] }, NO_NUMBER], [{ '<': [1, v('o')] }, NO_NUMBER], [{ '==': [v('nothing'), []] }, NO_NUMBER],
    [{ '==': [v('s'), v('n')] }, false], [{ '==': [v('n'), v('s')] }, false], [{ '==': [v('s'), { if: [true, v('n')] }] }, NO_NUMBER],
    [{ '<': [1] }, fails('a comparison takes two values')], [{ '<': 1 }, fails('a comparison takes two values')],
  ]); // prettier-ignore
});

describe('arithmetic', () => {
  hold([
    [{ '+': [v('n'), '2', true, null] }, 8], [{ '+': [] }, 0], [{ '+': v('many') }, 6], [{ '+': v('five') }, 5], [{ '-': [v('n'), 2, 1] }, 2], [{ '-': [v('n')] }, -5],
    [{ '-': [] }, fails('it calculates with 0 numbers')], [{ '*': [v('n'), 2, 3] }, 30], [{ '*': [] }, 1], [{ '/': [v('n'), 2] }, 2.5], [{ '/': [v('n')] }, 0.2], [{ '/': [40, v('n'), 2] }, 4],
    [{ '/': [v('n'), v('zero')] }, fails('it divides by 0')], [{ '/': [v('nothing')] }, fails('it divides by 0')], [{ '/': [] }, fails('it calculates with 0 numbers')],
    [{ '%': [v('n'), 3] }, 2], [{ '%': [17, v('n'), 2] }, 0], [{ '%': [v('n')] }, fails('it calculates with 1 numbers')], [{ '%': [v('n'), 0] }, NO_NUMBER],
    [{ '+': [v('s'), 1] }, NO_NUMBER], [{ '+': [v('texts'), 1] }, NO_NUMBER], [{ '+': [v('o')] }, NO_NUMBER], [{ '*': [v('s'), 1] }, NO_NUMBER],
    [{ max: [1, v('n'), 3] }, 5], [{ min: [4, v('n'), 3] }, 3], [{ max: v('many') }, 3], [{ min: v('many') }, 1], [{ max: [v('n')] }, 5],
    [{ max: [v('five')] }, fails('"max" and "min" take numbers')], [{ min: [] }, fails('"max" and "min" take numbers')], [{ max: [1, null] }, fails('"max" and "min" take numbers')],
  ]); // prettier-ignore
});

describe('texts and lists', () => {
  hold([
    [{ in: [v('n'), [1, 5]] }, true], [{ in: [v('n'), ['5']] }, false], [{ in: ['b', v('texts')] }, true], [{ in: ['c', v('texts')] }, false], [{ in: ['bc', v('s')] }, true],
    [{ in: [v('n'), '456'] }, true], [{ in: ['x', v('gone')] }, false], [{ in: ['x', v('zero')] }, false], [{ in: [null, [null]] }, true], [{ in: [v('gone'), 'a null b'] }, true],
    [{ in: [v('texts'), [['a', 'b']]] }, false], [{ in: [1, v('n')] }, fails('"in" looks into a list or a text')], [{ in: [1, v('o')] }, fails('"in" looks into a list or a text')],
    [{ merge: [v('texts'), 1, [2, [3]]] }, ['a', 'b', 1, 2, [3]]], [{ merge: [v('gone')] }, [null]], [{ merge: v('texts') }, ['a', 'b']], [{ merge: [] }, []],
    [{ cat: [v('s'), 1, null, true, v('list'), v('o')] }, 'abc1nulltrue1,a,,2[object Object]'], [{ cat: v('list') }, '1anull2'.replace('null', '')], [{ cat: v('n') }, '5'],
    [{ cat: v('gone') }, fails('"cat" takes a value')], [{ cat: [] }, ''],
    [{ substr: [v('s'), 1] }, 'bc'], [{ substr: [v('s'), -1] }, 'c'], [{ substr: [v('s'), -9] }, 'abc'], [{ substr: [v('s'), 9] }, ''], [{ substr: [v('s'), 0, 2] }, 'ab'],
    [{ substr: [v('s'), 1, -1] }, 'b'], [{ substr: [v('s'), 0, -9] }, ''], [{ substr: [v('s'), 0, 0] }, ''], [{ substr: [v('s'), 0, '-1'] }, ''], [{ substr: [v('s'), 0, '2'] }, 'ab'],
    [{ substr: [v('s'), 1.9, 1.9] }, 'b'], [{ substr: [v('s'), 0, -0.5] }, 'ab'], [{ substr: [v('s'), 'x'] }, 'abc'], [{ substr: [v('s'), 0, null] }, ''], [{ substr: [v('s'), 0, {}] }, ''],
    [{ substr: [v('n'), 1] }, fails('"substr" takes a text')],
    [{ starts_with: [v('s'), 'ab'] }, true], [{ starts_with: [v('s'), 'b'] }, false], [{ ends_with: [v('s'), 'bc'] }, true], [{ ends_with: [v('s'), 'b'] }, false],
    [{ starts_with: [v('n'), '5'] }, null], [{ ends_with: [v('s'), v('n')] }, null], [{ starts_with: [v('s'), 'a', 'b'] }, null], [{ ends_with: [v('s')] }, null],
  ]); // prettier-ignore
});

describe('versions', () => {
  const compared = (relation: string, other: JsonValue, own: JsonValue = v('version')): JsonValue => ({
    sem_ver: [own, relation, other],
  });
  hold([
    [compared('=', '1.2.3'), true], [compared('=', '1.2.4'), false], [compared('!=', '1.2.4'), true], [compared('!=', '1.2.3'), false], [compared('>', '1.2.2'), true],
    [compared('>', '1.2.3'), false], [compared('<', '1.2.4'), true], [compared('<', '1.2.3'), false], [compared('>=', '1.2.3'), true], [compared('>=', '1.2.4'), false],
    [compared('<=', '1.2.3'), true], [compared('<=', '1.2.2'), false], [compared('~', '1.2.9'), true], [compared('~', '1.3.0'), false], [compared('~', '2.2.3'), false],
    [compared('^', '1.9.0'), true], [compared('^', '2.0.0'), false], [compared('=', 'v1.2.3'), true], [compared('=', 'V1.2.3'), true], [compared('>', '1.2'), true], [compared('>', 1), true],
    [compared('=', '1.2.3.4'), null], [compared('=', 'a1'), null], [compared('=', '1.x'), null], [compared('??', '1.2.3'), null], [compared('=', null), null],
    [compared('=', '1.2.3', v('none')), null], [compared('=', '5.0.0', v('n')), true], [compared('=', '1.2.3', { merge: ['1.2.3'] }), true],
    [{ sem_ver: [v('version'), '='] }, null], [{ sem_ver: [v('version'), '=', '1.2.3', '1.2.3'] }, null],
  ]); // prettier-ignore
});

describe('what goes through a list', () => {
  const NO_LIST = fails('it goes through what is no list');
  hold([
    [{ map: [v('many'), { '+': [v(''), 1] }] }, [4, 2, 3]], [{ map: [v('gone'), 1] }, []], [{ map: [v('many'), v('s')] }, [null, null, null]], [{ map: [v('s'), 1] }, NO_LIST],
    [{ map: [v('many'), v('$flagd.flagKey')] }, [null, null, null]], [{ map: [[null, 'x'], { var: ['', 'else'] }] }, [null, 'x']],
    [{ filter: [v('many'), { '>': [v(''), 1] }] }, [3, 2]], [{ filter: [v('list'), v('')] }, [1, 'a', [2]]], [{ some: [v('many'), { '>': [v(''), 2] }] }, true],
    [{ some: [v('many'), { '>': [v(''), 3] }] }, false], [{ some: [v('none'), true] }, false], [{ none: [v('many'), { '>': [v(''), 3] }] }, true],
    [{ none: [v('many'), { '>': [v(''), 2] }] }, false], [{ none: [v('none'), true] }, true], [{ all: [v('many'), { '>': [v(''), 0] }] }, true],
    [{ all: [v('many'), { '>': [v(''), 1] }] }, false], [{ all: [v('none'), true] }, false], [{ all: [v('gone'), false] }, true], [{ all: [v('n'), true] }, NO_LIST],
    [{ reduce: [v('many'), { '+': [v('accumulator'), v('current')] }, 10] }, 16], [{ reduce: [v('many'), { '-': [v('accumulator'), v('current')] }] }, 0],
    [{ reduce: [v('none'), v('current'), 'start'] }, 'start'], [{ reduce: [v('none'), v('current')] }, fails('"reduce" has neither elements nor a value to begin with')],
    [{ reduce: [v('texts'), { merge: [v('accumulator'), v('current')] }, []] }, ['a', 'b']], [{ reduce: [v('n'), 1, 1] }, NO_LIST],
    [{ reduce: [v('list'), v('current'), 0] }, [2]], [{ reduce: [v('many'), [[1]], 0] }, fails('"reduce" accumulates lists within lists')],
    [{ reduce: [v('many'), 1, [[1]]] }, fails('"reduce" accumulates lists within lists')],
  ]); // prettier-ignore
});

describe('shares', () => {
  const shared = (...shares: JsonValue[]): JsonValue => ({ fractional: shares });
  hold([
    [shared(['a', 1], ['b', 0]), 'a'], [shared(['a', 0], ['b', 1]), 'b'], [shared(['a']), 'a'], [shared(['a', -1], ['b', 1]), 'b'], [shared(['a', 0]), null], [shared(['a', 0.5]), null],
    [shared(['a', '1']), null], [shared(['a', 1, 1]), null], [shared([]), null], [shared('key', ['a', 1]), 'a'], [shared(v('s'), ['a', 1]), 'a'], [shared(v('empty'), ['a', 1]), 'a'],
    [shared(v('gone'), ['a', 1]), null], [shared(v('texts'), ['c', 0]), null], [shared([5, 1]), 5], [shared([null, 1]), null], [shared([v('o'), 1]), null],
    [shared([v('s'), v('n')]), 'abc'], [shared(['a', 2 ** 31 - 1]), 'a'], [shared(['a', 2 ** 31 - 1], ['b', 1]), null], [shared({ merge: ['whole', 1] }), 'whole'], [shared('key'), null],
    [shared({ cat: [v('$flagd.flagKey'), v('targetingKey')] }, ['a', 50], ['b', 50]), valueOf(shared(['a', 50], ['b', 50]))],
  ]); // prettier-ignore
});

describe('the bounds of an expression', () => {
  it('are 10,000 steps, each operator on an element being one', () => {
    const elements = (length: number) => Array.from({ length }, () => 0);
    expect(valueOf({ none: [elements(10_000), v('')] })).toEqual(fails('it takes more than 10000 steps'));
    expect(valueOf({ none: [elements(10_000), 0] })).toBe(true);
    expect(valueOf({ none: [elements(10_001), 0] })).toEqual(fails('it takes more than 10000 steps'));
    expect(valueOf({ none: [elements(3_333), { '!': [true] }] })).toBe(true);
    expect(valueOf({ merge: [elements(10_001)] })).toEqual(fails('it takes more than 10000 steps'));
    expect(valueOf({ merge: [elements(10_000)] })).toHaveLength(10_000);
  });

  it('are texts of 65,536 characters', () => {
    expect(valueOf({ cat: ['a'.repeat(65_536)] })).toHaveLength(65_536);
    expect(valueOf({ cat: ['a'.repeat(65_536), 'b'] })).toEqual(fails('it makes a text of more than 65536 characters'));
  });
});
