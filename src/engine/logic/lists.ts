import { join, LogicError, textOf } from './coercion.js';
import { compileNode, isLiteral, operandsOf, type Operator } from './operands.js';
import { spend } from './steps.js';
import type { JsonValue } from '../types.js';

export const lists: { readonly [name: string]: Operator } = {
  /** A member of a list, or a part of a text. */
  in: (operands, scope) => {
    const [item = null, container = null] = Array.isArray(operands) ? operands : [operands];
    const value = compileNode(item, scope);
    if (Array.isArray(container) && isLiteral(container) && container.every((member) => typeof member !== 'object')) {
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
      return part(text, Number(from), length === undefined ? undefined : Number(length));
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
function alone(operand: JsonValue, scope: Parameters<Operator>[1]): ReturnType<Operator> {
  const node = compileNode(operand, scope);
  return (data, context, now) => {
    const value = node(data, context, now);
    if (value === null) throw new LogicError('"cat" takes a value');
    return join(Array.isArray(value) ? value.filter((member) => member !== null) : [value]);
  };
}

/** From a negative place: counted from the end. A negative length leaves as many characters off the end. */
function part(text: string, from: number, length: number | undefined): string {
  const place = Math.trunc(from) || 0;
  const start = place < 0 ? Math.max(0, text.length + place) : place;
  if (length === undefined) return text.slice(start);
  const count = Math.trunc(length) || 0;
  return text.slice(start, Math.max(start, count < 0 ? text.length + count : start + count));
}
