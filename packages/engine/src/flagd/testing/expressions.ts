import fc from 'fast-check';
import type { EvaluationContext, JsonValue } from '../../types.js';

/*
 * Expressions of the whole language over a few attributes, with what flagd-core does not evaluate by its own rules, and what it cannot evaluate
 * to the same. Each operator comes with the operands that flagd's schema wants.
 */

const attribute = fc.constantFrom(
  's',
  'n',
  'b',
  'list',
  'texts',
  'o',
  'o.x',
  'none',
  'zero',
  'list.0',
  'version',
  's.length',
  '$flagd.flagKey',
);
/** Where flagd-core reads what was inherited. */
const inherited = fc.constantFrom('constructor', 'o.constructor', 'constructor.name', 'texts.map.name', 'list.at', '../s');
const path = fc.oneof({ weight: 30, arbitrary: attribute }, { weight: 1, arbitrary: inherited });
const variable = path.map((name): JsonValue => ({ var: name }));
const literal = fc.constantFrom<JsonValue>('a', 'b', '', 'abc', '5', '-1', 0, 1, -2, 0.5, 5, true, false, null);
const value = fc.oneof(
  { weight: 9, arbitrary: variable },
  { weight: 6, arbitrary: literal },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>({ var: '' }, { var: '$flagd' }, ['a', 1], []) },
);
const two = (node: fc.Arbitrary<JsonValue>) => fc.tuple(node, node);
const some = (node: fc.Arbitrary<JsonValue>, least = 1, most = 3) => fc.array(node, { minLength: least, maxLength: most });

/** Most often one: with a word among them there is nothing to calculate. */
const number = (node: fc.Arbitrary<JsonValue>) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<JsonValue>({ var: 'n' }, { var: 'o.x' }, 2, 0.5, -3) },
    { weight: 1, arbitrary: node },
  );
const mayBeText = (node: JsonValue) =>
  typeof node === 'string' || (typeof node === 'object' && node !== null && !Array.isArray(node));

const element = fc.constantFrom<JsonValue>(
  { var: '' },
  { var: ['', 'a'] },
  { var: ['x', 1] },
  { '===': [{ var: '' }, 'a'] },
  { '>': [{ var: '' }, 1] },
  { '<': [1, { '+': [{ var: '' }, 1] }] },
  { in: [{ var: '' }, ['a', 2]] },
  { '+': [{ var: '' }, 1] },
  { if: [{ var: '' }, { cat: [{ var: '' }, null] }] },
  { missing: ['length'] },
  true,
);
/** Of which flagd-core knows nothing there. */
const foreign = fc.constantFrom<JsonValue>(
  { starts_with: [{ var: '' }, 'a'] },
  { fractional: [['a', 1]] },
  { var: 'constructor' },
);
const body = fc.oneof({ weight: 12, arbitrary: element }, { weight: 1, arbitrary: foreign });

const accumulating = fc.constantFrom<JsonValue>(
  { cat: [{ var: 'accumulator' }, { var: 'current' }] },
  { max: [{ var: 'accumulator' }, { var: 'current' }] },
  { '+': [{ var: 'accumulator' }, { var: 'current' }] },
  { merge: [{ var: 'accumulator' }, { var: 'current' }] },
);

const given = fc.constantFrom<JsonValue>(
  [],
  ['a', 'b'],
  [1, 2, null],
  [{ var: 's' }, { var: 'n' }],
  { var: 'list' },
  { var: 'texts' },
);
const share = (variant: fc.Arbitrary<JsonValue>, weight: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
  fc.oneof(fc.tuple(variant, weight), fc.tuple(variant));

export const { expression } = fc.letrec<{ expression: JsonValue }>((tie) => {
  const node = fc.oneof({ depthSize: 'small', withCrossShrink: true }, value, tie('expression'));
  const of = (name: string, operands: fc.Arbitrary<JsonValue>) => operands.map((list): JsonValue => ({ [name]: list }));
  const list = fc.oneof(given, variable, fc.constant<JsonValue>({ merge: [{ var: 's' }, { var: 'list' }] }), node);
  const version = fc.constantFrom<JsonValue>({ var: 'version' }, '1.2.3', '2.0.0-a', { var: 'n' }, { var: 'texts' });
  return {
    expression: fc.oneof(
      ...['==', '!=', '>', '>=', '===', '!=='].map((name) => of(name, two(node))),
      ...['<', '<='].map((name) => of(name, fc.oneof(two(node), fc.tuple(node, value, value), fc.tuple(node, node, node)))),
      ...['cat', 'and', 'or', 'merge'].map((name) => of(name, some(node))),
      ...['max', 'min', '+', '-'].map((name) => of(name, some(number(node)))),
      ...['*', '/', '%'].map((name) => of(name, two(number(node)))),
      of('if', some(node, 1, 5)),
      of('!', fc.tuple(node)),
      of('!!', fc.tuple(node)),
      of('in', fc.tuple(node, fc.oneof(node, fc.constantFrom<JsonValue>(['a', 1, true, null], 'xabcx')))),
      of('substr', fc.tuple(node, fc.integer({ min: -4, max: 4 }))),
      of(
        'substr',
        fc.tuple(node, fc.oneof(fc.integer({ min: -4, max: 4 }), value), fc.oneof(fc.constantFrom(-0.5, 1.5, -2, 2), value)),
      ),
      of('missing', some(path)),
      of('missing_some', fc.tuple(fc.nat(2), some(path))),
      of('var', fc.oneof(fc.tuple(path, literal), fc.tuple(path), fc.tuple(path, literal, literal))),
      ...['map', 'filter', 'some', 'none', 'all'].map((name) => of(name, fc.tuple(list, body))),
      of('reduce', fc.tuple(list, accumulating, value)),
      of('starts_with', two(node.filter(mayBeText))),
      of('ends_with', two(node.filter(mayBeText))),
      of('sem_ver', fc.tuple(version, fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~', '^'), version)),
      of('fractional', some(share(fc.constantFrom<JsonValue>('a', 'b', true, null), fc.nat(5)))),
      of(
        'fractional',
        fc.tuple(
          fc.constantFrom<JsonValue>({ cat: [{ var: 's' }, 'x'] }, { var: 's' }, { var: 'none' }, { var: 'texts' }),
          share(fc.constant('a'), fc.nat(3)),
          share(node, fc.constantFrom<JsonValue>(1, { '-': [{ var: 'n' }] }, { var: 'n' })),
        ) as fc.Arbitrary<JsonValue>,
      ),
    ),
  };
});

/** What most files have: choices with and without a last word, by texts, lists, truths and shares. */
export const usualChoice: fc.Arbitrary<JsonValue> = fc
  .letrec<{ condition: JsonValue }>((tie) => {
    const read = fc.constantFrom('s', 'n', 'b', 'zero', 'o.x', 'version', 'texts', 'none', 'targetingKey').map((name) => ({ var: name }));
    const word = fc.constantFrom<JsonValue>('a', 'b', '', 0, 1, true, null);
    const of = (names: readonly string[], operands: fc.Arbitrary<JsonValue[]>) =>
      fc.tuple(fc.constantFrom(...names), operands).map(([name, list]): JsonValue => ({ [name]: list }));
    return {
      condition: fc.oneof(
        { depthSize: 'small' },
        of(['===', '!=='], fc.tuple(read, fc.oneof(word, read, tie('condition')))),
        of(['=='], fc.tuple(read, word)),
        of(['in'], fc.tuple(read, fc.constantFrom<JsonValue>(['a', 'b'], [1, 'a', null], 'abc', { var: 'texts' }))),
        of(['starts_with', 'ends_with'], fc.tuple(read, fc.constantFrom('a', '5'))),
        of(['sem_ver'], fc.tuple(read, fc.constantFrom('=', '<', '^'), fc.constantFrom('1.2.3', '2.0.0'))),
        of(['and', 'or'], fc.array(fc.oneof(read, tie('condition')), { minLength: 1, maxLength: 3 })),
        of(['!', '!!'], fc.tuple(fc.oneof(read, tie('condition')))),
      ),
    };
  })
  .condition.chain((condition) =>
    fc
      .array(
        fc.constantFrom<JsonValue>(
          'a',
          { fractional: [['a', 1], ['b', 2]] },
          { fractional: [{ var: 's' }, ['a', 1], ['b']] },
          { if: [{ '===': [{ var: 's' }, 'a'] }, 'a', 'b'] },
          { var: 's' },
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((results): JsonValue => ({ if: [condition, ...results] })),
  ); // prettier-ignore

/** Also attributes that are there and null, and of other kinds than is usual. */
export const attributes: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.constantFrom('u1', 'u2', 'u3', ''),
    s: fc.constantFrom<JsonValue>('a', 'b', '', 'abc', '5', '1.5', null),
    n: fc.constantFrom<JsonValue>(0, 1, 2, 5, -1, 0.5, 'a', null),
    b: fc.boolean(),
    list: fc.array(fc.constantFrom<JsonValue>(0, 1, 2, 'a', null, true, [], {}), { maxLength: 3 }),
    texts: fc.array(fc.constantFrom('a', 'b', '1.2.3'), { maxLength: 2 }),
    o: fc.constantFrom<JsonValue>({}, { x: 'a' }, { x: 1 }, { x: null }),
    zero: fc.constantFrom<JsonValue>(0, null, false),
    version: fc.constantFrom<JsonValue>('1.2.3', '1.2.4', '2.0.0-a', '2.0', 'v1.2.3', 'x', '2.0.0.0', 2, null, ['1.2.3']),
  },
  { requiredKeys: [] },
);
