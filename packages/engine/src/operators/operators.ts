import type { Operator } from '../types.js';

export type OperatorFamily = 'equality' | 'text' | 'pattern' | 'number' | 'time' | 'version' | 'address' | 'presence';

interface OperatorShape {
  /** What its operands are, and what kind of attribute fits. */
  family: OperatorFamily;
  /** The operator of which it is the negation, or itself. */
  positive: Operator;
}

export const OPERATOR_SHAPES: { readonly [O in Operator]: OperatorShape } = {
  equals: { family: 'equality', positive: 'equals' },
  not_equals: { family: 'equality', positive: 'equals' },
  in: { family: 'equality', positive: 'in' },
  not_in: { family: 'equality', positive: 'in' },
  contains: { family: 'text', positive: 'contains' },
  not_contains: { family: 'text', positive: 'contains' },
  starts_with: { family: 'text', positive: 'starts_with' },
  ends_with: { family: 'text', positive: 'ends_with' },
  matches: { family: 'pattern', positive: 'matches' },
  greater_than: { family: 'number', positive: 'greater_than' },
  greater_than_or_equal: { family: 'number', positive: 'greater_than_or_equal' },
  less_than: { family: 'number', positive: 'less_than' },
  less_than_or_equal: { family: 'number', positive: 'less_than_or_equal' },
  before: { family: 'time', positive: 'before' },
  after: { family: 'time', positive: 'after' },
  semver_equals: { family: 'version', positive: 'semver_equals' },
  semver_greater_than: { family: 'version', positive: 'semver_greater_than' },
  semver_less_than: { family: 'version', positive: 'semver_less_than' },
  semver_in_range: { family: 'version', positive: 'semver_in_range' },
  in_cidr: { family: 'address', positive: 'in_cidr' },
  exists: { family: 'presence', positive: 'exists' },
  not_exists: { family: 'presence', positive: 'exists' },
};

export function isOperator(value: unknown): value is Operator {
  return typeof value === 'string' && Object.hasOwn(OPERATOR_SHAPES, value);
}

export function takesIgnoreCase(operator: Operator): boolean {
  const { family } = OPERATOR_SHAPES[operator];
  return family === 'equality' || family === 'text' || family === 'pattern';
}
