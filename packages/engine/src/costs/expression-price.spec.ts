import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression } from '../conditions/compile-expression.js';
import { OverBudget, withPoints } from '../meter.js';
import { v } from '../testing/arbitraries/logic.js';
import { COUNTER } from '../trace/recorder.js';
import type { EvaluationContext, JsonValue } from '../types.js';
import { sizeOf } from './context-size.js';
import { priceOfExpression } from './expression-price.js';
import { Price } from './price.js';

const priceOf = (expression: JsonValue) => priceOfExpression(expression, () => ({ price: Price.fixed(100), size: 1 }));

function evaluated(expression: JsonValue, context: object, points: number): unknown {
  const compiled = compileExpression(expression, 'f', new Map(), () => () => false);
  return withPoints(points, () => compiled.evaluate(context as EvaluationContext, 0, COUNTER, () => true));
}

const name = fc.constantFrom('text', 'list', 'deep', 'number', 'none', '');
const literal = fc.constantFrom<JsonValue>('a', 'ab', '', 1, 0, null, true, 'x'.repeat(100));
const expression: fc.Arbitrary<JsonValue> = fc.letrec<{ node: JsonValue }>((tie) => {
  const two = fc.tuple(tie('node'), tie('node'));
  const operator = (names: string[], operands: fc.Arbitrary<JsonValue>) =>
    fc.tuple(fc.constantFrom(...names), operands).map(([key, inner]): JsonValue => ({ [key]: inner }));
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      name.map(v),
      operator(['==', 'in', 'cat', 'merge', 'starts_with', 'if', 'and', 'or', '+', 'substr', 'fractional'], two),
      operator(['map', 'filter', 'some', 'all', 'none'], two),
      operator(['sem_ver'], fc.tuple(tie('node'), fc.constant('>='), tie('node'))),
      operator(['reduce'], fc.tuple(tie('node'), tie('node'), tie('node'))),
      operator(['missing', 'cat', '!', 'merge', 'var'], tie('node')),
      operator(['missing', 'sem_ver', 'cat'], fc.array(tie('node'), { minLength: 1, maxLength: 4 })),
    ),
  };
}).node;

const text = fc.oneof(
  fc.constantFrom('a', 'abc', '1.2.3'),
  fc.integer({ min: 0, max: 4_096 }).map((length) => 'a'.repeat(length)),
);
const context = fc.record({
  text,
  list: fc.array(text, { maxLength: 30 }),
  deep: fc.array(fc.array(fc.oneof(text, fc.double(), fc.constant(null), fc.array(text, { maxLength: 3 })), { maxLength: 5 }), {
    maxLength: 5,
  }),
  number: fc.integer(),
});

describe('the price of an expression', () => {
  it('is what it takes for any context, or more', () => {
    fc.assert(
      fc.property(expression, context, (one, held) => {
        const price = priceOf(one);
        expect(price.of(sizeOf(held))).toBeLessThanOrEqual(price.worst);
        expect(() => evaluated(one, held, price.of(sizeOf(held)))).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  it('is small where nothing is repeated', () => {
    expect(priceOf({ if: [{ ends_with: [v('email'), '@example.com'] }, 'on', null] }).worst).toBeLessThan(1_000_000);
  });

  it('has all lists together take so many steps, and each step a bounded text', () => {
    const once = priceOf({ some: [v('list'), { '==': [v(''), 'x'] }] });
    const thrice = priceOf({ some: [v('list'), { some: [v(''), { some: [v(''), { '==': [v(''), 'x'] }] }] }] });
    expect(thrice.worst).toBeLessThan(once.worst * 20);
    expect(priceOf({ map: [v('list'), { cat: [v(''), v('')] }] }).worst).toBeLessThan(10_000 * 1_000_000);
  });

  it('is a line where a list of the context is gone through once: little for a short one', () => {
    const price = priceOf({ some: [v('list'), { '==': [v(''), 'x'] }] });
    expect(price.of(sizeOf({ list: ['a', 'b', 'c'] }))).toBeLessThan(10_000);
  });

  it('ends the evaluation where so many points are not left', () => {
    const bomb = { some: [v('list'), { sem_ver: [v(''), '>', '9.9.9'] }] };
    const list = Array.from({ length: 800 }, () => '1.2.3');
    expect(() => evaluated(bomb, { list }, 1_000_000)).toThrow(OverBudget);
    expect(evaluated(bomb, { list }, 100_000_000)).toBe(false);
  });

  it('has segments cost what they cost, in lists as often as there are steps', () => {
    expect(priceOf({ and: [{ $ref: 'a' }, true] }).worst).toBeGreaterThanOrEqual(100);
    expect(priceOf({ some: [v('list'), { $ref: 'a' }] }).worst).toBeGreaterThanOrEqual(100 * 10_000);
  });
});
