import type { JsonValue } from '../../types.js';
import { isOperation, operandList } from './value-expressions.js';

export const ITERATORS: ReadonlySet<string> = new Set(['map', 'filter', 'some', 'none', 'all', 'reduce']);

/** What flagd-core calculates when it reads a flag, by other rules than later, and for which it may refuse the flag. */
export function isConstant(expression: JsonValue, inside = false): boolean {
  if (Array.isArray(expression)) return expression.every((item) => isConstant(item, inside));
  if (!isOperation(expression)) return true;
  const [[name, operands]] = Object.entries(expression) as [[string, JsonValue]];
  if (name === 'var') return inside;
  if (ASKING.has(name)) return false;
  if (!ITERATORS.has(name)) return isConstant(operands, inside);
  const [list = null, body = null, start = null] = operandList(operands);
  return isConstant(list, inside) && isConstant(body, true) && isConstant(start, inside);
}

const ASKING: ReadonlySet<string> = new Set([
  'missing', 'missing_some', 'fractional', 'sem_ver', 'starts_with', 'ends_with', '$ref',
]); // prettier-ignore
