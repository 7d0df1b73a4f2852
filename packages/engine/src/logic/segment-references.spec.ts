import { describe, expect, it } from '@jest/globals';
import { segmentHolds } from '../conditions/compile-conditions.js';
import { compileLogic, LogicFailure, logicValue } from '../conditions/logic-expression.js';
import { PRO } from '../testing/answers.js';
import { segment } from '../testing/builders.js';
import { expressionValue, fails, v } from '../testing/arbitraries/logic.js';
import type { Condition, EvaluationContext, JsonValue } from '../types.js';

const MAP: Condition = { jsonLogic: { '!!': [{ map: [v('list'), 0] }] } };
const EVERYONE: Condition = { all: [] };
const SEGMENTS = new Map(
  [
    segment('name', [{ jsonLogic: v('name') }]),
    segment('nested', [{ jsonLogic: { cat: [{ $ref: 'name' }, '!'] } }]),
    segment('named', [{ jsonLogic: v('name') }, EVERYONE]),
    segment('pros', [PRO]),
    segment('everyone', []),
    segment('ten', Array<Condition>(10).fill(EVERYONE)),
    segment('maps', [MAP, EVERYONE]),
    segment('failing', [{ jsonLogic: { '/': [1, 0] } }, EVERYONE]),
  ].map((one) => [one.key, one]),
);

const ref = (key: string): JsonValue => ({ $ref: key });
const list = (length: number) => ({ list: Array<number>(length).fill(0) });
const TOO_MANY = fails('it takes more than 10000 steps');

function valueOf(expression: JsonValue, context: object = {}, read?: (path: string) => void): unknown {
  const program = compileLogic(expression, 'f', SEGMENTS, segmentHolds(SEGMENTS, 'f'));
  const value = logicValue(program, context as EvaluationContext, 0, read && { read, bucket: () => undefined });
  return value instanceof LogicFailure ? fails(value.why) : value;
}

describe('a reference to a segment', () => {
  it('is the value of its expression, when it is nothing but one', () => {
    expect([valueOf(ref('name'), { name: 'x' }), valueOf(ref('nested'), { name: 'x' })]).toEqual(['x', 'x!']);
  });

  it('else says whether its conditions hold', () => {
    expect([valueOf(ref('named'), { name: 'x' }), valueOf(ref('named'))]).toEqual([true, false]);
    expect([valueOf(ref('pros'), { plan: 'pro' }), valueOf(ref('pros'))]).toEqual([true, false]);
    expect(valueOf(ref('everyone'))).toBe(true);
  });

  it('reads the element where the expression stands for itself, and the context where conditions do', () => {
    const context = { name: 'outer', people: [{ name: 'a' }, {}] };
    expect(valueOf({ map: [v('people'), ref('name')] }, context)).toEqual(['a', null]);
    expect(valueOf({ map: [v('people'), ref('named')] }, context)).toEqual([true, true]);
  });

  it('has no value when an expression in its conditions has none', () => {
    expect(valueOf(ref('failing'))).toEqual(fails('it divides by 0'));
  });

  it('costs an element what the segment would cost written out, and the context nothing', () => {
    expect(valueOf({ map: [v('list'), ref('everyone')] }, list(1_000))).toHaveLength(1_000);
    expect(valueOf({ some: [v('list'), { '!': ref('ten') }] }, list(700))).toBe(false);
    expect(valueOf({ some: [v('list'), { '!': ref('ten') }] }, list(900))).toEqual(TOO_MANY);
    expect(valueOf({ and: [ref('ten'), { map: [v('list'), 0] }] }, list(10_000))).toHaveLength(10_000);
  });

  it('spends the steps of the expression that refers', () => {
    expect(valueOf({ and: [ref('maps'), ref('maps')] }, list(5_000))).toBe(true);
    expect(valueOf({ and: [ref('maps'), ref('maps')] }, list(5_001))).toEqual(TOO_MANY);
    expect(valueOf({ and: [ref('maps'), { map: [v('list'), 0] }] }, list(5_001))).toEqual(TOO_MANY);
    expect(valueOf(ref('maps'), list(10_000))).toBe(true);
  });

  it('leaves the observer to the expression that refers', () => {
    const reads: string[] = [];
    valueOf({ cat: [v('a'), ref('named'), ref('name'), v('b')] }, {}, (path) => void reads.push(path));
    expect(reads).toEqual(['a', 'name', 'b']);
  });
});

describe('an expression that cannot be calculated', () => {
  it('has no value, and is no exception', () => {
    const context = {
      get broken(): unknown {
        throw new TypeError('nobody should see this');
      },
    };
    expect(expressionValue(v('broken'), context)).toEqual(fails('it cannot be calculated'));
    expect(expressionValue(v('other'), context)).toBeNull();
  });
});
