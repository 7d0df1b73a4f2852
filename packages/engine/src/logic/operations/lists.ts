import { join, LogicError, textOf } from '../program/coercion.js';
import { compileNode, isLiteral, operandsOf, type LogicOperator } from '../program/operands.js';
import { spend } from '../program/steps.js';
import type { JsonValue } from '../../types.js';

export const lists: { readonly [name: string]: LogicOperator } = {
  /** A member of a list, or a part of a text. */
  in: (operands, scope) => {
    const [item = null, container = null] = Array.isArray(operands) ? operands : [operands];
    const value = compileNode(item, scope);
    if (Array.isArray(container) && isLiteral(container)) {
      const members: ReadonlySet<unknown> = new Set(container);
      return (data, context, now) => members.has(value(data, context, now));
    }
    const where = compileNode(container, scope);
    return (data, context, now) => isIn(value(data, context, now), where(data, context, now));
  },

  merge: (operands, scope) => {
    const values = operandsOf(operands, scope);
    return (data, context, now) => {
      const merged = values(data, context, now).flat();
      if (merged.length > 1) spend(merged.length);
      return merged;
    };
  },

  cat: (operands, scope) => {
    if (!Array.isArray(operands)) return alone(operands, scope);
    const values = operandsOf(operands, scope);
    return (data, context, now) => join(values(data, context, now));
  },

  substr: (operands, scope) => {
    const values = operandsOf(operands, scope);
    return (data, context, now) => {
      const [text, from, length] = values(data, context, now);
      if (typeof text !== 'string') throw new LogicError('"substr" takes a text');
      return part(text, Number(from), length);
    };
  },
};

function isIn(item: unknown, container: unknown): boolean {
  if (!container) return false;
  if (Array.isArray(container)) return container.includes(item);
  if (typeof container === 'string') return container.includes(textOf(item));
  throw new LogicError('"in" looks into a list or a text');
}

/** The text of one value; of a list the texts of its members, the missing ones left out. */
function alone(operand: JsonValue, scope: Parameters<LogicOperator>[1]): ReturnType<LogicOperator> {
  const node = compileNode(operand, scope);
  return (data, context, now) => {
    const value = node(data, context, now);
    if (value === null) throw new LogicError('"cat" takes a value');
    return join(Array.isArray(value) ? value.filter((member) => member !== null) : [value]);
  };
}

/** From a negative place: counted from the end. A negative length leaves as many characters off the end; one that is no number, all of them. */
function part(text: string, from: number, length: unknown): string {
  const rest = text.slice(from);
  if (length === undefined) return rest;
  const wanted = Number(length);
  if (wanted >= 0) return rest.slice(0, wanted);
  return typeof length === 'number' ? rest.slice(0, Math.max(0, rest.length + length)) : '';
}
