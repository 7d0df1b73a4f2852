import type { Rule } from './types.js';
import { MAX_RULES } from './validate-rules.js';

/** Why rules of several environments, put together, cannot be written as the rules of one; null: they can. */
export function whyNotOneList(rules: readonly Rule[]): string | null {
  if (rules.length > MAX_RULES) return `there would be ${rules.length} of them, and an override has at most ${MAX_RULES}`;
  const seen = new Set<string>();
  for (const { id } of rules) {
    if (seen.has(id))
      return `two of them have the id "${id}", which the rules of one override cannot: give one of the two another id`;
    seen.add(id);
  }
  return null;
}
