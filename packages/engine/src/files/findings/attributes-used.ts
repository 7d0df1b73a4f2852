import { isPlainObject, pointerTo } from '../../json/values.js';
import type { JsonValue } from '../../types.js';

export interface AttributeUsed {
  name: string;
  pointer: string;
}

/** Operators whose second operand has variables of its own. */
const ITERATING = ['map', 'filter', 'all', 'none', 'some', 'reduce'];

/** The attributes of a context that rules, conditions or expressions read by name, with their places. */
export function attributesUsed(value: JsonValue, at = ''): AttributeUsed[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => attributesUsed(item, pointerTo(at, index)));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const pointer = pointerTo(at, name);
    if (name === 'var') return variable(item, pointer);
    if (name === 'attribute' && typeof item === 'string') return isOwn(item) ? [{ name: item, pointer }] : [];
    if (ITERATING.includes(name) && Array.isArray(item)) return attributesUsed(item[0] ?? null, pointerTo(pointer, 0));
    return attributesUsed(item, pointer);
  });
}

function variable(operand: JsonValue, pointer: string): AttributeUsed[] {
  const path = Array.isArray(operand) ? operand[0] : operand;
  return typeof path === 'string' && path !== '' && isOwn(path) ? [{ name: path, pointer }] : [];
}

/** Of the context, not of the evaluation. */
const isOwn = (name: string): boolean => !name.startsWith('$');
