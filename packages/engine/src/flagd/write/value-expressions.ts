import { membersOf } from '../../conditions/attributes.js';
import type { JsonValue } from '../../types.js';
import { Inexpressible } from '../flagd-document.js';

/*
 * flagd's language has no types to ask for, and an operator that is given the wrong one ends the evaluation. These expressions tell the kinds
 * of values apart by what can be asked of any value; the tests hold them to flagd-core.
 */

export type FlagdExpression = JsonValue;

/** The element that an iterating operator looks at. */
export const ELEMENT: FlagdExpression = { var: '' };

/** Whether flagd evaluates it: `{}`, too, is just a value. */
export function isOperation(expression: FlagdExpression): expression is { [operator: string]: FlagdExpression } {
  return (
    typeof expression === 'object' && expression !== null && !Array.isArray(expression) && Object.keys(expression).length > 0
  );
}

export function operandList(operands: JsonValue): readonly JsonValue[] {
  return Array.isArray(operands) ? operands : [operands];
}

export const not = (expression: FlagdExpression): FlagdExpression => ({ '!': [expression] });

export function and(...expressions: readonly FlagdExpression[]): FlagdExpression {
  const [first = true] = expressions;
  return expressions.length <= 1 ? first : { and: [...expressions] };
}

export function or(...expressions: readonly FlagdExpression[]): FlagdExpression {
  const [first = false] = expressions;
  return expressions.length <= 1 ? first : { or: [...expressions] };
}

export const isMissing = (value: FlagdExpression): FlagdExpression => ({ '===': [value, null] });

/** Only a text is the same as its text. */
export const isText = (value: FlagdExpression): FlagdExpression => ({ '===': [value, { cat: [value] }] });

const isObjectElement: FlagdExpression = { '===': [{ cat: [ELEMENT] }, '[object Object]'] };

/** Of the element: a number, true or false. Objects give themselves away by their text, lists by their length. */
const isNumberOrTruthElement: FlagdExpression = and(
  { '!==': [ELEMENT, null] },
  { '===': [{ var: 'length' }, null] },
  not(isObjectElement),
);

export const isNumberElement: FlagdExpression = and(isNumberOrTruthElement, not({ in: [ELEMENT, [true, false]] }));

export const isScalarElement: FlagdExpression = or(isText(ELEMENT), isNumberOrTruthElement);

/** Of the element: a text that is not empty, a number, true or false. */
export const isBucketKeyElement: FlagdExpression = or(and(isText(ELEMENT), { '!==': [ELEMENT, ''] }), isNumberOrTruthElement);

/** An attribute by its dotted path; a context that has the whole path as a name comes first. @throws {Inexpressible} */
export function attribute(path: string): FlagdExpression {
  const [first = '', ...names] = membersOf(path);
  if (first === '$flagd' || first === '' || names.includes('')) throw new Inexpressible(`flagd has no attribute "${path}"`);
  if (first in Object.prototype || names.some(isInherited))
    throw new Inexpressible(`flagd reads more than the context under "${path}"`);
  const escapedName = (name: string) => name.replaceAll('\\', '\\\\').replaceAll('.', '\\.');
  const literal = escapedName(path);
  if (names.length === 0 && first === path) return { var: literal };
  const escaped = [first, ...names].map(escapedName).join('.');
  return { if: [{ missing: [literal] }, { var: escaped }, { var: literal }] };
}

/** flagd also goes into lists and texts, and to what every value of a kind has. */
function isInherited(name: string): boolean {
  return /^\d+$/.test(name) || [Array, String, Number, Boolean, Object].some(({ prototype }) => name in prototype);
}
