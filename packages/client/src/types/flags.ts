export type FlagType = 'boolean' | 'string' | 'number' | 'json';

/** A flag as the code knows it: its type, and what it is where nobody says anything. Made by `flag`. */
export interface FlagDefinition<T> {
  readonly type: FlagType;
  readonly fallback: T;
  /** All texts that the code can deal with: another one counts as a mismatch. */
  readonly oneOf?: readonly T[];
}

/** The flags of an application, by key. Made by `defineFlags`. */
export type FlagSet = { readonly [key: string]: FlagDefinition<unknown> };

/** Of a client that was given no definitions: any key, of any type. */
export type AnyFlags = { readonly [key: string]: FlagDefinition<any> }; // eslint-disable-line @typescript-eslint/no-explicit-any

export type ValueOf<D> = D extends FlagDefinition<infer T> ? T : never;

/** The keys of the flags whose values are a `T`. */
export type KeyOf<F extends FlagSet, T> = {
  [K in keyof F & string]: [ValueOf<F[K]>] extends [T] ? K : never;
}[keyof F & string];

/** The definitions that a generated interface of keys and types asks for: none missing, none too many. */
export type DefinitionsFor<G> = { readonly [K in keyof G]: FlagDefinition<G[K]> };
