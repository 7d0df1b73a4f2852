import fc from 'fast-check';
import type { State } from '../../state/state.js';
import { flag, override, segment, state } from '../../testing/builders.js';
import { weights as weightsOf } from '../../testing/arbitraries/weights.js';
import { attributes as ofExpressions, expression } from './expressions.js';
import type {
  Condition,
  EvaluationContext,
  Flag,
  FlagType,
  JsonValue,
  Prerequisite,
  Rule,
  Variant,
  Weight,
} from '../../types.js';

/*
 * Trees, flags and contexts of all that flagd can express, and of some things that it cannot. Keys are ASCII: flagd-core's hash is wrong for
 * others. Versions are whole, or no versions at all: flagd completes those that are not.
 */

const KEYS = ['a', 'b', 'c'] as const;
const key = fc.constantFrom<string>(...KEYS);
const VALUES: Record<FlagType, readonly JsonValue[]> = {
  boolean: [true, false, true],
  string: ['x', '', 'Z'],
  number: [2 ** 53 - 1, 0.1, 0],
  json: [{}, { deep: { list: [1, null] } }, { a: '' }],
};

const weights = weightsOf(KEYS.length, 100);
const variants = (type: FlagType): fc.Arbitrary<Variant[]> =>
  fc.option(weights, { nil: undefined, freq: 2 }).map((given) =>
    KEYS.map((name, i): Variant => ({
      key: name,
      value: VALUES[type][i] as JsonValue,
      ...(given && { weight: given[i] as Weight }),
    })),
  );

const scalar = fc.constantFrom<JsonValue>('x', 'xy', '', 'yx', '5', 5, 0, -1.5, true, false);
const attributes = fc.constantFrom('plan', 'user.plan', 'tags', 'age', 'odd');
const asStored = (written: JsonValue) => JSON.parse(JSON.stringify(written)) as JsonValue;
const logic = expression.map((one): Condition => ({ jsonLogic: asStored(one) }));

/** In rules only: segments are in all flags. */
const inexpressible = fc.constantFrom<Condition>(
  { attribute: 'plan', operator: 'matches', values: ['^x'] },
  { attribute: 'plan', operator: 'equals', values: ['X'], ignoreCase: true },
  { attribute: 'odd', operator: 'in_cidr', values: ['10.0.0.0/8'] },
);

const condition = (segments: readonly string[]): fc.Arbitrary<Condition> =>
  fc.letrec<{ node: Condition }>((tie) => {
    const of = (operators: string[], values: fc.Arbitrary<JsonValue[]>) =>
      fc.record(
        { attribute: attributes, operator: fc.constantFrom(...operators), values, negate: fc.boolean() },
        { requiredKeys: ['attribute', 'operator', 'values'] },
      ) as fc.Arbitrary<Condition>;
    const some = <T extends JsonValue>(one: fc.Arbitrary<T>) =>
      fc.array(one, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<JsonValue[]>;
    const version = some(fc.constantFrom('1.2.3', '2.0.0', '2.0.0-beta.1'));
    return {
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        of(['equals', 'not_equals', 'in', 'not_in'], some(scalar)),
        of(['contains', 'not_contains', 'starts_with', 'ends_with'], some(fc.constantFrom('x', 'y', '', 'xyz'))),
        of(['greater_than', 'greater_than_or_equal', 'less_than', 'less_than_or_equal'], some(fc.constantFrom(0, 5, -1.5, 100))),
        of(['exists', 'not_exists'], fc.constant<JsonValue[]>([])),
        version.chain((values) =>
          fc
            .constantFrom('semver_equals', 'semver_greater_than', 'semver_less_than')
            .map((operator) => ({ attribute: 'version', operator, values })),
        ),
        fc
          .constantFrom('2001-01-01T00:00:00Z', '2999-01-01T00:00:00+02:00')
          .chain((moment) =>
            fc.constantFrom('before', 'after').map((operator) => ({ attribute: '$now', operator, values: [moment] })),
          ),
        fc.constantFrom<Condition>(
          { jsonLogic: { in: [{ var: 'plan' }, ['x', 5]] } },
          { jsonLogic: { '>': [{ '+': [{ var: 'age' }, 1] }, 3] } },
          { jsonLogic: { starts_with: [{ var: 'plan' }, 'x'] } },
          { jsonLogic: { '!': [{ $ref: 'logic' }] } },
          { jsonLogic: {} },
        ),
        ...(segments.length > 0 ? [fc.record({ segment: fc.constantFrom(...segments) })] : []),
        ...(segments.length > 1 ? [fc.oneof({ weight: 4, arbitrary: logic }, { weight: 1, arbitrary: inexpressible })] : []),
        fc.record({ all: fc.array(tie('node'), { maxLength: 2 }) }),
        fc.record({ any: fc.array(tie('node'), { maxLength: 2 }) }),
        fc.record({ not: tie('node') }),
      ),
    };
  }).node;

const percentage = fc.oneof(
  fc.constantFrom(0, 100, 100, 50, 0.001),
  fc.integer({ min: 0, max: 100_000 }).map((one) => one / 1000),
);
const bucketBy = fc.constantFrom('plan', 'user.plan', 'odd', 'targetingKey');
const split = weights.map((given) => KEYS.map((variant, i) => ({ variant, weight: given[i] as Weight })));

const usual = fc.constantFrom<JsonValue>(
  { if: [{ '==': [{ var: 'plan' }, 'x'] }, 'a', null] },
  { fractional: [['a', 1], ['b', 3]] },
  { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'plan' }] }, ['a', 50], ['c', 50]] },
  { if: [{ $ref: 'logic' }, 'b', { sem_ver: [{ var: 'version' }, '>=', '2.0.0'] }, 'c', null] },
  { if: [{ '<': [{ var: 'age' }, 3] }, 'a', 'b'] },
  { var: 'plan' },
  {},
); // prettier-ignore
const targeting = fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: expression.map(asStored) });

function rules(segments: readonly string[]): fc.Arbitrary<Rule[]> {
  const id = fc.constantFrom('r1', 'r2', 'r3', 'r4');
  const conditions = fc.record(
    {
      id,
      enabled: fc.oneof(fc.constant(true), fc.constant(true), fc.boolean()),
      conditions: fc.array(condition(segments), { maxLength: 2 }),
      percentage,
      serve: fc.oneof(fc.record({ variant: key }), fc.record({ split, bucketBy }, { requiredKeys: ['split'] })),
    },
    { requiredKeys: ['id', 'conditions', 'serve'] },
  );
  const one = fc.oneof({ weight: 4, arbitrary: conditions }, { weight: 1, arbitrary: fc.record({ id, targeting }) });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Rule[]>([]) },
    { weight: 4, arbitrary: fc.uniqueArray(one, { selector: (rule) => rule.id, maxLength: 3 }) },
  );
}

const SEGMENTS = ['first', 'second', 'logic'];
const variantOrNone = fc.option(key, { nil: null, freq: 4 });

const flagOf = (name: string): fc.Arbitrary<Flag> =>
  fc.constantFrom<FlagType>('boolean', 'string', 'number', 'json').chain((type) =>
    fc
      .record({
        enabled: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
        percentage,
        rules: rules(SEGMENTS),
        variants: variants(type),
        defaultVariant: variantOrNone,
        offVariant: variantOrNone,
        salt: fc.constantFrom(null, 'salt-1', 'shared'),
        prerequisites: fc.oneof(
          { weight: 12, arbitrary: fc.constant<Prerequisite[]>([]) },
          { weight: name === 'one' ? 0 : 1, arbitrary: fc.constant<Prerequisite[]>([{ flag: 'one', variants: ['a'] }]) },
        ),
      })
      .map((fields) => flag(name, { type, ...fields })),
  );

export const forest: fc.Arbitrary<State> = fc
  .record({
    flags: fc.tuple(flagOf('one'), flagOf('two.dotted'), flagOf('three')),
    first: fc.array(condition([]), { maxLength: 2 }),
    second: fc.array(condition(['first']), { maxLength: 2 }),
    overrides: fc.array(
      fc.record({
        environmentId: fc.constantFrom('staging', 'production'),
        flagId: fc.constantFrom('one', 'two.dotted', 'three'),
        enabled: fc.option(fc.boolean(), { nil: null }),
        percentage: fc.option(percentage, { nil: null }),
        rules: fc.option(rules(SEGMENTS), { nil: null }),
        rulesMode: fc.constantFrom('replace' as const, 'prepend' as const, 'append' as const),
        defaultVariant: fc.option(key, { nil: null }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ flags, first, second, overrides }) =>
    state({
      flags,
      segments: [
        segment('first', first),
        segment('second', second),
        segment('logic', [{ jsonLogic: { '===': [{ var: 'plan' }, 'xy'] } }]),
      ],
      overrides: overrides.map(({ environmentId, flagId, ...fields }) => override(environmentId, flagId, fields)),
    }),
  );

const anything = fc.oneof(
  { weight: 4, arbitrary: scalar },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(scalar, fc.constantFrom<JsonValue>(null, {}, ['x'])), {
      maxLength: 3,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>(null, {}, { plan: 'x' }, { length: 1 }) },
);

const usualContext: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constant('') },
    ),
    plan: anything,
    user: fc.oneof(fc.record({ plan: anything }), fc.constantFrom<JsonValue>('x', null, {}, ['x'])),
    'user.plan': anything,
    tags: fc.array(scalar, { maxLength: 3 }),
    age: fc.oneof(fc.integer({ min: -2, max: 10 }), anything),
    odd: anything,
    version: fc.constantFrom<JsonValue>(
      '1.2.3',
      '2.0.0',
      '2.0.0-beta.1',
      '2.0.0-beta.2',
      '10.0.0+build',
      'none',
      '2.0.0.0',
      '',
      null,
      true,
    ),
  },
  { requiredKeys: [] },
);

/** Of whom the rules ask, and what the expressions read. */
export const context: fc.Arbitrary<EvaluationContext> = fc
  .tuple(ofExpressions, usualContext)
  .map(([{ targetingKey: _key, version: _version, ...read }, asked]) => ({ ...read, ...asked }));
