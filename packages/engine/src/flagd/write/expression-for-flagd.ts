import { deepEqual } from '../../json/equal.js';
import { compileLogic, LogicFailure, logicValue } from '../../conditions/logic-expression.js';
import type { JsonValue } from '../../types.js';
import { isReadAlike } from './interpreted-expressions.js';
import { isConstant, ITERATORS } from './constant-expressions.js';
import { refuseInexpressible } from './inexpressible-expressions.js';
import { type FlagdExpression, isOperation } from './value-expressions.js';

/**
 * An expression as somebody wrote it, for flagd-core to evaluate to what Flagtree evaluates it to. Where flagd-core does not keep to its own
 * rules, the same is said in other words; everything else stays as it is, and so do these words themselves. @throws {Inexpressible}
 */
export function expressionForFlagd(expression: JsonValue): FlagdExpression {
  refuseInexpressible(expression);
  return reworded(expression);
}

function reworded(expression: JsonValue): FlagdExpression {
  if (Array.isArray(expression)) return expression.map(reworded);
  if (!isOperation(expression)) return expression;
  if (isConstant(expression)) return calculated(expression);
  const compared = comparedBefore(expression);
  if (compared) return joined(compared.operands.map(reworded), compared.both);
  const [[name, operands]] = Object.entries(expression) as [[string, JsonValue]];
  if (name === '$ref' || name === 'missing' || name === 'missing_some') return expression;
  const inner = reworded(operands);
  if (name === 'var') return { var: Array.isArray(inner) ? inner.slice(0, 2) : inner };
  if (!Array.isArray(inner)) return { [name]: inner };
  if (name === 'if') return completeChoice(inner);
  if (name === 'cat') return { cat: inner.map(parenthesized) };
  if (name === 'starts_with' || name === 'ends_with') return { [name]: inner.map(asText) };
  if (name === 'in') return { in: inner.map((operand, index) => (index === 1 ? parenthesized(operand) : operand)) };
  if (ITERATORS.has(name)) return { [name]: inner.map((operand, index) => (index === 0 ? parenthesized(operand) : operand)) };
  if (COMPARISONS.has(name)) return comparison(name, inner, operands as JsonValue[]);
  if (ARITHMETIC.has(name) && inner.some((operand, index) => failsEarly(name, operand, index, inner.length))) return FAILS;
  return { [name]: inner };
}

const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);

function calculated(expression: JsonValue): FlagdExpression {
  const value = logicValue(
    compileLogic(expression, '', new Map(), () => () => false),
    {},
    0,
  );
  if (value instanceof LogicFailure) return FAILS;
  if (typeof value !== 'number') return value as JsonValue;
  // minus zero is written as zero, and what is infinite cannot be written
  return Number.isFinite(value) ? value + 0 : expression;
}

/** Has no value for any context, which flagd-core finds out only when it gets there. */
const FAILS: FlagdExpression = { '+': [{ merge: [{ var: 'targetingKey' }] }] };

/** With fewer than three operands flagd-core interprets, by slightly other rules, what it compiles elsewhere. */
function completeChoice(operands: readonly FlagdExpression[]): FlagdExpression {
  const [only = null] = operands;
  if (operands.length < 2) return only;
  return { if: operands.length === 2 && !operands.every(isReadAlike) ? [...operands, null] : [...operands] };
}

/** flagd-core compiles these to a choice without parentheses around it. */
function parenthesized(operand: FlagdExpression): FlagdExpression {
  return isOperation(operand) && ['and', 'or', 'all', 'missing', 'missing_some'].some((name) => name in operand)
    ? { if: [true, operand, null] }
    : operand;
}

/** flagd's schema wants a text here, or an operation: what is neither is made the latter. */
function asText(operand: FlagdExpression): FlagdExpression {
  return typeof operand === 'string' || isOperation(operand) ? operand : { if: [true, operand, null] };
}

/**
 * What flagd-core compares with an expression on the right is the last thing that this one has read. Here both sides are calculated first, and
 * the right one then reads the left one last.
 */
function comparison(name: string, operands: readonly FlagdExpression[], written: readonly JsonValue[]): FlagdExpression {
  if (written.slice(1).every((operand) => !isOperation(operand) || 'var' in operand)) return { [name]: [...operands] };
  return joined(operands, comparisonOfBoth(name));
}

function comparisonOfBoth(name: string): FlagdExpression {
  const right = joined([{ var: 'current' }, { or: [{ var: 'accumulator' }] }], { var: 'accumulator' });
  return { [name]: [{ var: 'accumulator' }, right] };
}

/** Of a comparison that has been put into these words already. */
function comparedBefore(expression: JsonValue): { operands: JsonValue[]; both: FlagdExpression } | undefined {
  const list = isOperation(expression) && Array.isArray(expression['reduce']) ? expression['reduce'] : [];
  const [operands, body] = list;
  if (!Array.isArray(operands) || body === undefined || !JSON.stringify(body).includes(NOTHING_YET)) return undefined;
  for (const name of COMPARISONS) {
    const both = comparisonOfBoth(name);
    if (deepEqual(expression, joined(operands, both))) return { operands, both };
  }
  return undefined;
}

/** A `reduce` that begins with the first operand: flagd's schema wants a value to begin with, which gives way to it. */
function joined(operands: readonly FlagdExpression[], both: FlagdExpression): FlagdExpression {
  const isFirst = { '===': [{ var: 'accumulator' }, NOTHING_YET] };
  return { reduce: [[...operands], { if: [isFirst, { var: 'current' }, both] }, NOTHING_YET] };
}

const NOTHING_YET = 'nothing yet';

/** flagd-core refuses the whole flag for a word, a list or an object among numbers, and for dividing by nothing. */
function failsEarly(name: string, operand: FlagdExpression, index: number, count: number): boolean {
  if (isOperation(operand)) return false;
  if (typeof operand === 'object' && operand !== null) return true;
  const number = Number(operand);
  return Number.isNaN(number) || (name === '/' && number === 0 && (index > 0 || count === 1));
}
