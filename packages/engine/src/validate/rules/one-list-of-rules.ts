import type { Rule } from '../../types.js';
import { MAX_RULES } from './validate-rules.js';

/** Why rules of several environments, put together, cannot be written as the rules of one; null: they can. */
export function whyNotOneList(rules: readonly Rule[]): string | null {
  if (rules.length > MAX_RULES) return `there would be ${rules.length} of them, and an override has at most ${MAX_RULES}`;
  const seen = new Set<string>();
  for (const { id } of rules) {
    if (seen.has(id))
      return `there would be two rules of the same id, "${id}", and an override holds each id once: give one of them another id`;
    seen.add(id);
  }
  return null;
}
