import fc from 'fast-check';
import { OPERATOR_SHAPES, takesIgnoreCase } from '../../operators/operators.js';
import { OPERATORS, type AttributeCondition, type Condition, type JsonValue, type Operator } from '../../types.js';
import { safeNumber, storableText } from './values.js';

/** Few names and values, so that contexts and conditions often meet. */
export const ATTRIBUTES = [
  'plan',
  'user.plan',
  'user',
  'age',
  'version',
  'ip',
  'at',
  'tags',
  'targetingKey',
  '$now',
  'constructor.name',
] as const;

const texts = fc.oneof(fc.constantFrom('pro', 'Pro', 'free', 'p', 'ro', ''), storableText);
const OPERANDS = {
  equality: fc.oneof(texts, safeNumber, fc.boolean()),
  text: texts,
  pattern: fc.constantFrom('^p', 'o$', '[a-z]+', '(?i)PRO', 'a{1,3}', '\\d', '.'),
  number: safeNumber,
  time: fc.constantFrom('2026-01-01T00:00:00Z', '2026-06-01T12:00:00.5+02:00', '1970-01-01T00:00:00Z'),
  version: fc.constantFrom('1.2.3', '1.0.0', '2.0.0-beta.1', '0.0.1'),
  range: fc.constantFrom('^1.2', '~1.2', '>=1 <2', '1.x || 2.x', '>=2.0.0-beta'),
  address: fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '192.168.1.7/32'),
} as const;

export const operator = fc.constantFrom(...OPERATORS);

export const attributeCondition: fc.Arbitrary<AttributeCondition> = operator.chain((name) =>
  fc.record(
    {
      attribute: fc.constantFrom<string>(...ATTRIBUTES),
      operator: fc.constant(name),
      values: operandsOf(name),
      negate: fc.boolean(),
      ...(takesIgnoreCase(name) && { ignoreCase: fc.boolean() }),
    },
    { requiredKeys: ['attribute', 'operator', 'values'] },
  ),
);

/** Sound conditions, groups included, that name only the given segments. */
export function condition(segmentKeys: readonly string[]): fc.Arbitrary<Condition> {
  return fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: attributeCondition },
      ...(segmentKeys.length > 0 ? [fc.record({ segment: fc.constantFrom(...segmentKeys) })] : []),
      fc.record({ all: fc.array(tie('node'), { maxLength: 2 }) }),
      fc.record({ any: fc.array(tie('node'), { maxLength: 2 }) }),
      fc.record({ not: tie('node') }),
    ),
  })).node;
}

function operandsOf(name: Operator): fc.Arbitrary<JsonValue[]> {
  const { family } = OPERATOR_SHAPES[name];
  if (family === 'presence') return fc.constant([]);
  const operand: fc.Arbitrary<JsonValue> = name === 'semver_in_range' ? OPERANDS.range : OPERANDS[family];
  const minLength = name === 'in' || name === 'not_in' ? 0 : 1;
  return fc.array(operand, { minLength, maxLength: 3 });
}
