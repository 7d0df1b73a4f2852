import { isPlainObject, pointerTo } from '../../json/values.js';
import type { JsonValue } from '../../types.js';

/** A variant that an expression gives in one of its ways, and where it stands. */
export interface ServedLeaf {
  pointer: string;
  variant: string;
}

/** The variants that an expression can give, as far as they are written out: at the ends of `if` and in the shares of `fractional`. */
export function leavesOf(expression: JsonValue, at = ''): ServedLeaf[] {
  if (typeof expression === 'string') return [{ pointer: at, variant: expression }];
  if (!isPlainObject(expression)) return [];
  const { if: branches, fractional } = expression;
  if (Array.isArray(branches))
    return branches.flatMap((branch, index) => {
      const isResult = index % 2 === 1 || index === branches.length - 1;
      return isResult ? leavesOf(branch, pointerTo(pointerTo(at, 'if'), index)) : [];
    });
  if (!Array.isArray(fractional)) return [];
  return fractional.flatMap((share, index) => {
    const variant = Array.isArray(share) ? share[0] : undefined;
    const pointer = pointerTo(pointerTo(pointerTo(at, 'fractional'), index), 0);
    return typeof variant === 'string' ? [{ pointer, variant }] : typeof variant === 'object' ? leavesOf(variant, pointer) : [];
  });
}

/** The expression with other words at some of its places. */
export function withLeaves(expression: JsonValue, words: ReadonlyMap<string, string>, at = ''): JsonValue {
  const word = words.get(at);
  if (word !== undefined) return word;
  if (Array.isArray(expression)) return expression.map((item, index) => withLeaves(item, words, pointerTo(at, index)));
  if (!isPlainObject(expression)) return expression;
  return Object.fromEntries(
    Object.entries(expression).map(([name, item]) => [name, withLeaves(item, words, pointerTo(at, name))]),
  );
}
