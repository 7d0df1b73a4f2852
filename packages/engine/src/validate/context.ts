import { isPlainObject, pointerTo } from '../json/values.js';
import type { Defect } from '../types.js';

/** What bounds the work that a context can cause. The context itself is the first level; `values` counts all that it holds. */
export const CONTEXT_LIMITS = { attributes: 100, depth: 8, values: 1_000, stringLength: 4_096 } as const;

/** The first thing that is wrong with a context, or null. A context without a `targetingKey` (null is none), or with nothing at all, is a context. */
export function contextDefect(context: unknown): Defect | null {
  if (context === undefined)
    return { pointer: '', code: 'required', detail: 'The body has no "context": send at least { "context": {} }.' };
  if (!isPlainObject(context)) return { pointer: '', code: 'type', detail: 'The context must be a JSON object.' };
  const { targetingKey } = context;
  if (targetingKey !== undefined && targetingKey !== null && typeof targetingKey !== 'string') {
    return {
      pointer: '/targetingKey',
      code: 'type',
      detail: 'The targetingKey must be a string; leave it out when there is none.',
    };
  }
  if (Object.keys(context).length > CONTEXT_LIMITS.attributes) {
    return {
      pointer: '',
      code: 'too-many-attributes',
      detail: `A context has at most ${String(CONTEXT_LIMITS.attributes)} attributes.`,
    };
  }
  return excess(context, 1, { values: 0 });
}

function excess(value: unknown, depth: number, seen: { values: number }): Defect | null {
  if (typeof value === 'string') return value.length > CONTEXT_LIMITS.stringLength ? TOO_LONG : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > CONTEXT_LIMITS.depth) return TOO_DEEP;
  for (const key in value) {
    const found =
      ++seen.values > CONTEXT_LIMITS.values
        ? TOO_LARGE
        : (excess(key, 0, seen) ?? excess((value as Record<string, unknown>)[key], depth + 1, seen));
    if (found) return within(key.slice(0, 100), found);
  }
  return null;
}

const TOO_LONG: Defect = {
  pointer: '',
  code: 'too-long',
  detail: `A string has at most ${String(CONTEXT_LIMITS.stringLength)} characters.`,
};
const TOO_DEEP: Defect = {
  pointer: '',
  code: 'too-deep',
  detail: `A context has at most ${String(CONTEXT_LIMITS.depth)} levels.`,
};
const TOO_LARGE: Defect = {
  pointer: '',
  code: 'too-large',
  detail: `A context holds at most ${String(CONTEXT_LIMITS.values)} values.`,
};

function within(key: string, defect: Defect): Defect {
  return { ...defect, pointer: pointerTo('', key) + defect.pointer };
}
