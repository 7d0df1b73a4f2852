import type { FlagType } from '../types/flags.js';

/** What a call asks for; `any`: whatever the flag is. */
export type Kind = FlagType | 'any';

/** What a call answers where neither it nor a definition says anything. */
export const ZERO = { boolean: false, string: '', number: 0, json: null, any: null } as const;

/** What a fallback lets one expect. */
export function kindOf(fallback: unknown): Kind {
  if (typeof fallback === 'boolean' || typeof fallback === 'string' || typeof fallback === 'number')
    return typeof fallback as Kind;
  return fallback === null || fallback === undefined ? 'any' : 'json';
}

export function fits(value: unknown, kind: Kind): boolean {
  return kind === 'any' || kind === 'json' || typeof value === kind;
}
