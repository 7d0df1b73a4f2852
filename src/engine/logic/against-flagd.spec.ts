import { describe, expect, it } from '@jest/globals';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import fc from 'fast-check';
import { ask } from '../testing/answers.js';
import { flag } from '../testing/builders.js';
import type { EvaluationContext, JsonValue } from '../types.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const VARIANTS = ['a', 'b', '1', 'true', 'false'];

function byFlagd(targeting: JsonValue, context: EvaluationContext) {
  const variants = Object.fromEntries(VARIANTS.map((key) => [key, key]));
  const core = new FlagdCore(new MemoryStorage(silent), silent);
  core.setConfigurations(JSON.stringify({ flags: { f: { state: 'ENABLED', variants, defaultVariant: 'b', targeting } } }));
  const { value, reason, variant, errorCode } = core.resolveStringEvaluation('f', 'fallback', context as never, silent);
  return { value, reason, variant, failed: errorCode !== undefined };
}

function byFlagtree(targeting: JsonValue, context: EvaluationContext) {
  const variants = VARIANTS.map((key) => ({ key, value: key }));
  const answer = ask(
    flag('f', { type: 'string', variants, defaultVariant: 'b', offVariant: null, rules: [{ id: 'r', targeting }] }),
    context,
  );
  return answer.ok
    ? { value: answer.value, reason: answer.reason, variant: answer.variant, failed: false }
    : { value: 'fallback', reason: 'ERROR', variant: undefined, failed: true };
}

const attribute = fc.constantFrom('s', 'n', 'b', 'list', 'texts', 'o', 'o.x', 'none', 'zero', 'list.0', 'version');
const variable = attribute.map((path): JsonValue => ({ var: path }));
const literal: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(
  'a',
  'b',
  '',
  'abc',
  '5',
  0,
  1,
  -2,
  0.5,
  5,
  true,
  false,
  null,
);
const value = fc.oneof({ weight: 3, arbitrary: variable }, { weight: 2, arbitrary: literal });
const two = (node: fc.Arbitrary<JsonValue>) => fc.tuple(node, node);

const CHOICES = ['and', 'or', 'all', 'missing', 'missing_some'];
const isNoChoice = (node: JsonValue) => typeof node !== 'object' || node === null || !CHOICES.some((name) => name in node);
/** flagd-core refuses the whole flag for a word among numbers. */
const isNoWord = (node: JsonValue) => typeof node !== 'string' || !Number.isNaN(Number(node));

const { expression } = fc.letrec<{ expression: JsonValue }>((tie) => {
  const node = fc.oneof({ depthSize: 'small', withCrossShrink: true }, value, tie('expression'));
  const of = (name: string, operands: fc.Arbitrary<JsonValue>) => operands.map((list): JsonValue => ({ [name]: list }));
  const list = fc.oneof(
    fc.constantFrom<JsonValue>({ var: 'list' }, { var: 'texts' }, { var: 'none' }, { merge: [{ var: 's' }, { var: 'list' }] }),
    variable,
  );
  const inner = fc.oneof(
    fc.constantFrom<JsonValue>(
      { var: '' },
      { '===': [{ var: '' }, 'a'] },
      { '>': [{ var: '' }, 1] },
      { in: [{ var: '' }, ['a', 2]] },
      { '+': [{ var: '' }, 1] },
    ),
  );
  return {
    expression: fc.oneof(
      // what flagd-core compares with an expression on the right depends on what that has read last
      ...['==', '!=', '<', '<=', '>', '>='].map((name) => of(name, fc.tuple(node, value))),
      ...['===', '!=='].map((name) => of(name, two(node))),
      ...['<', '<='].map((name) => of(name, fc.tuple(node, value, value))),
      // flagd-core puts no parentheses around a choice inside of these two
      of('cat', fc.array(node.filter(isNoChoice), { minLength: 1, maxLength: 3 })),
      ...['and', 'or', 'max', 'min', 'merge'].map((name) => of(name, fc.array(node, { minLength: 1, maxLength: 3 }))),
      ...['+', '-'].map((name) => of(name, fc.array(node.filter(isNoWord), { minLength: 1, maxLength: 3 }))),
      ...['*', '/', '%'].map((name) => of(name, two(node.filter(isNoWord)))),
      // with fewer operands flagd-core interprets what it compiles elsewhere, by slightly other rules
      of('if', fc.array(node, { minLength: 3, maxLength: 5 })),
      of('!', fc.tuple(node)),
      of('!!', fc.tuple(node)),
      of(
        'in',
        fc.tuple(
          node,
          fc.oneof(node.filter(isNoChoice), fc.constant<JsonValue>(['a', 1, true, null]), fc.constant<JsonValue>('xabcx')),
        ),
      ),
      of('substr', fc.tuple(variable, fc.integer({ min: -4, max: 4 }))),
      of('substr', fc.tuple(variable, fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))),
      of('missing', fc.array(attribute, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<JsonValue>),
      of('missing_some', fc.tuple(fc.nat(2), fc.array(attribute, { minLength: 1, maxLength: 3 })) as fc.Arbitrary<JsonValue>),
      of('var', fc.tuple(attribute, literal)),
      ...['map', 'filter', 'some', 'none', 'all'].map((name) => of(name, fc.tuple(list, inner))),
      list.map((from): JsonValue => ({ reduce: [from, { cat: [{ var: 'accumulator' }, { var: 'current' }] }, 'a'] })),
      list.map((from): JsonValue => ({ reduce: [from, { max: [{ var: 'accumulator' }, { var: 'current' }] }, 0] })),
      of('starts_with', two(node)),
      of('ends_with', two(node)),
      of(
        'sem_ver',
        fc.tuple(
          fc.constantFrom<JsonValue>({ var: 'version' }, '1.2.3', { var: 'n' }),
          fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~', '^'),
          fc.constantFrom<JsonValue>('1.2.3', '2.0.0-a', { var: 'version' }),
        ),
      ),
      of(
        'fractional',
        fc.array(fc.tuple(fc.constantFrom<JsonValue>('a', 'b', true), fc.nat(5)) as fc.Arbitrary<JsonValue>, {
          minLength: 1,
          maxLength: 3,
        }),
      ),
      of(
        'fractional',
        fc.tuple(
          fc.constantFrom<JsonValue>({ cat: [{ var: 's' }, 'x'] }, { var: 's' }, { var: 'none' }),
          fc.tuple(fc.constant('a'), fc.nat(3)),
          fc.tuple(node, fc.constantFrom<JsonValue>(1, { var: 'n' })),
        ) as fc.Arbitrary<JsonValue>,
      ),
    ),
  };
});

const context: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.constantFrom('u1', 'u2', 'u3', ''),
    s: fc.constantFrom('a', 'b', '', 'abc', '5', '1.5'),
    n: fc.constantFrom(0, 1, 2, 5, -1, 0.5),
    b: fc.boolean(),
    list: fc.array(fc.constantFrom<JsonValue>(0, 1, 2, 'a', null, true), { maxLength: 3 }),
    texts: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    o: fc.constantFrom<JsonValue>({}, { x: 'a' }, { x: 1 }, { x: null }),
    zero: fc.constantFrom<JsonValue>(0, null, false),
    version: fc.constantFrom<JsonValue>('1.2.3', '1.2.4', '2.0.0-a', '2.0', 'v1.2.3', 'x', '2.0.0.0', 2, null),
  },
  { requiredKeys: [] },
);

/** flagd-core calculates what depends on no context when it reads the flag, by other rules than later: those expressions are left out. */
function readsContext(node: JsonValue): boolean {
  if (typeof node !== 'object' || node === null) return true;
  if (Array.isArray(node)) return node.every(readsContext);
  const [[operator, operands] = ['var', null]] = Object.entries(node);
  if (['var', 'missing', 'missing_some'].includes(operator)) return true;
  const asksTheContext = ['fractional', 'sem_ver', 'starts_with', 'ends_with'].includes(operator);
  return (
    (asksTheContext || /"(var|missing|missing_some|fractional|sem_ver|starts_with|ends_with)":/.test(JSON.stringify(operands))) &&
    readsContext(operands)
  );
}

describe('the targeting language', () => {
  it('says of every expression what flagd-core says', () => {
    fc.assert(
      fc.property(expression.filter(readsContext), context, (targeting, attributes) => {
        expect(byFlagtree(targeting, attributes)).toEqual(byFlagd(targeting, attributes));
      }),
      { numRuns: 2000 },
    );
  });
});
