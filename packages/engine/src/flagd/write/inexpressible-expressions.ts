import { textOf } from '../../logic/program/coercion.js';
import type { JsonValue } from '../../types.js';
import { isConstant, ITERATORS } from './constant-expressions.js';
import { Inexpressible } from '../flagd-document.js';
import { isOperation, operandList } from './value-expressions.js';

/** Refuses what flagd-core evaluates to something else, and no other words would help. @throws {Inexpressible} */
export function refuseInexpressible(expression: JsonValue): void {
  refuse(expression, false);
  if (wholeReads(expression) > 1) throw new Inexpressible('flagd may compare the whole context with itself');
}

/** How often the whole context is read, which is made anew for us each time: no two are the same. */
function wholeReads(expression: JsonValue): number {
  if (Array.isArray(expression)) return expression.reduce((reads: number, item) => reads + wholeReads(item), 0);
  if (!isOperation(expression)) return 0;
  const [[name, operands]] = Object.entries(expression) as [[string, JsonValue]];
  const list = operandList(operands);
  if (name === 'var') return [undefined, null, '', '$flagd'].includes(list[0] as string) ? 1 : 0;
  return wholeReads(list.filter((_, index) => !(ITERATORS.has(name) && index === 1)));
}

function refuse(expression: JsonValue, inside: boolean): void {
  if (Array.isArray(expression)) {
    for (const item of expression) refuse(item, inside);
    return;
  }
  if (!isOperation(expression)) return;
  const [[name, operands]] = Object.entries(expression) as [[string, JsonValue]];
  const list = operandList(operands);
  if (inside && OUTSIDE_ONLY.has(name))
    throw new Inexpressible(`flagd has no "${name}" inside of an operator that goes through a list`);
  if (name === 'var') refusePath(list[0] ?? '', inside);
  if (name === 'missing') for (const path of list) refuseMissing(path, inside);
  if (name === 'missing_some') for (const path of operandList(list[1] ?? [])) refuseMissing(path, inside);
  if ((name === '<' || name === '<=') && list.length > 2 && list.slice(1).some((one) => isOperation(one) && !('var' in one)))
    throw new Inexpressible(`flagd compares with the calculated operands of "${name}" what it has read last`);
  if (name === 'reduce' && isCalculatedEarly(list))
    throw new Inexpressible('flagd calculates a "reduce" over a list that is given before it knows the context');
  const goesThrough = ITERATORS.has(name);
  for (const [index, operand] of list.entries()) refuse(operand, inside || (goesThrough && index === 1));
}

/** There flagd-core looks for the flag in the element; and a segment that has conditions asks the context, not the element. */
const OUTSIDE_ONLY: ReadonlySet<string> = new Set(['fractional', 'sem_ver', 'starts_with', 'ends_with', '$ref']);

/** What flagd-core asks is only whether the list and what is done with it need a context, not whether the value to begin with does. */
function isCalculatedEarly([list = null, body = null, start = null]: readonly JsonValue[]): boolean {
  return isConstant(list) && isConstant(body, true) && !isConstant(start);
}

/** flagd-core also reads what a value inherits. */
function refusePath(path: JsonValue, inside: boolean): void {
  if (typeof path === 'object' && path !== null)
    throw new Inexpressible('flagd reads more than the context under a path that is calculated');
  const text = String(path);
  if (text.includes('../')) throw new Inexpressible(`flagd leaves the element for "${text}"`);
  refuseInherited(text, inside);
}

function refuseMissing(path: JsonValue, inside: boolean): void {
  const text = textOf(path);
  if (text.includes('\\') && !text.includes('.')) throw new Inexpressible(`flagd looks for "${text}" with its backslashes`);
  refuseInherited(text, inside);
}

function refuseInherited(path: string, inside: boolean): void {
  if (path.split('.').some((name, index) => (index === 0 && !inside ? name in Object.prototype : isInherited(name))))
    throw new Inexpressible(`flagd reads more than the context under "${path}"`);
}

/** The length of texts and lists is their own. */
function isInherited(name: string): boolean {
  return name !== 'length' && [Array, String, Number, Boolean, Object].some(({ prototype }) => name in prototype);
}
