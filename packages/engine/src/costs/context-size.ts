import type { ContextSize } from './price.js';
import type { EvaluationContext } from '../types.js';

/** Deeper than any server takes: then it is as large as can be. */
const DEEPEST = 64;

export function sizeOf(context: EvaluationContext): ContextSize {
  const size = { values: 0, characters: 0 };
  measure(context, size, 1);
  return size;
}

function measure(object: object, size: { values: number; characters: number }, depth: number): void {
  if (depth > DEEPEST) {
    size.values = size.characters = Infinity;
    return;
  }
  for (const key in object) {
    size.values++;
    const value = (object as Record<string, unknown>)[key];
    if (typeof value === 'string') size.characters += value.length;
    else if (typeof value === 'object' && value !== null) measure(value, size, depth + 1);
  }
}
