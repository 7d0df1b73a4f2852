import type { JsonValue } from '../../types.js';
import { isOperation, operandList } from './value-expressions.js';

/** Whether flagd-core gives the same for it where it interprets an expression and where it compiles it. */
export function isReadAlike(expression: JsonValue): boolean {
  if (!isOperation(expression)) return !Array.isArray(expression) || expression.every((item) => !isOperation(item));
  const [[name, operands]] = Object.entries(expression) as [[string, JsonValue]];
  const list = operandList(operands);
  if (name === 'var') return list.length === 1 && typeof list[0] === 'string';
  if (name === '!') return list.length === 1 && isTruth(list[0] as JsonValue);
  if (name === 'if') return list.length > 2 && list.every(isReadAlike);
  if (name === 'fractional') return list.every(isShareOrKey);
  return ALIKE.has(name) && list.every(isReadAlike);
}

const TRUTHS: readonly string[] = ['===', '!==', 'in', 'starts_with', 'ends_with', 'sem_ver', '!'];
const ALIKE: ReadonlySet<string> = new Set([...TRUTHS, 'and', 'or']);

/** True or false, or no value at all: of other values flagd-core has two opinions on what is true. */
function isTruth(expression: JsonValue): boolean {
  return isOperation(expression) && TRUTHS.some((name) => name in expression) && isReadAlike(expression);
}

function isShareOrKey(operand: JsonValue): boolean {
  return Array.isArray(operand) ? operand.every(isReadAlike) : isReadAlike(operand);
}
