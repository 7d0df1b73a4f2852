import type { DefinitionsFor, FlagDefinition, FlagSet } from './types/flags.js';

/** Makes definitions of flags: the type of each, and what it is where nobody says anything. */
export const flag: FlagMaker = {
  boolean: (fallback) => ({ type: 'boolean', fallback }),
  number: (fallback) => ({ type: 'number', fallback }),
  json: (fallback) => ({ type: 'json', fallback }),
  string: (fallback: string, options?: { readonly oneOf: readonly string[] }) => ({
    type: 'string' as const,
    fallback: fallback as never,
    ...(options && { oneOf: options.oneOf as never[] }),
  }),
};

export interface FlagMaker {
  boolean(fallback: boolean): FlagDefinition<boolean>;
  number(fallback: number): FlagDefinition<number>;
  json<T>(fallback: T): FlagDefinition<T>;
  /** With `oneOf`, a text that is not in it counts as a mismatch, and the fallback is served. */
  string<const V extends string>(fallback: NoInfer<V>, options: { readonly oneOf: readonly V[] }): FlagDefinition<V>;
  string(fallback: string): FlagDefinition<string>;
}

/**
 * The flags of an application. With the interface that `flagtree types` writes, `defineFlags<Generated>()({ … })` does not compile when a flag is
 * missing, unknown or of another type.
 */
export function defineFlags<G>(): <const D extends DefinitionsFor<G>>(flags: D & NoOthers<D, G>) => D;
export function defineFlags<const F extends FlagSet>(flags: F): F;
export function defineFlags(flags?: FlagSet): unknown {
  return flags ?? ((later: FlagSet) => later);
}

/** Members that the interface does not have must not be there. */
type NoOthers<D, G> = { readonly [K in Exclude<keyof D, keyof G>]: never };
