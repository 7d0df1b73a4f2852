export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** What an attribute of a context can be. What is undefined counts as absent. */
export type ContextValue =
  null | undefined | boolean | number | string | readonly ContextValue[] | { readonly [member: string]: ContextValue };

/** Who or what a flag is evaluated for. `targetingKey` decides about buckets; all else is for rules. */
export interface Context {
  readonly targetingKey?: string | undefined;
  readonly [attribute: string]: ContextValue;
}

/** Milliseconds, or a number with a unit: `'250ms'`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | string;
