import type { FlagSet, KeyOf, ValueOf } from './flags.js';
import type { Context, Json } from './json.js';

export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'ERROR';

export type ErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'PARSE_ERROR'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'TYPE_MISMATCH'
  | 'PROVIDER_NOT_READY'
  | 'GENERAL';

/** Reads flags. No method throws, waits or logs: what cannot be answered is the fallback, and `details` says why. */
export interface FlagReader<F extends FlagSet> {
  boolean(key: KeyOf<F, boolean>, fallback?: boolean, context?: Context): boolean;
  string(key: KeyOf<F, string>, fallback?: string, context?: Context): string;
  number(key: KeyOf<F, number>, fallback?: number, context?: Context): number;
  json<T = Json>(key: keyof F & string, fallback?: T, context?: Context): T;
  /** The flag with the type and the fallback of its definition. */
  get<K extends keyof F & string>(key: K, context?: Context): ValueOf<F[K]>;
  /** The key of the variant; null: there is none. */
  variant(key: keyof F & string, context?: Context): string | null;
  details<T>(key: keyof F & string, fallback: T, context?: Context): Details<T>;
  /** Every flag that is known to the server or the code, or the named ones. It counts no evaluation and no exposure: showing a value does. */
  all(context?: Context, only?: { readonly keys?: readonly string[] }): Record<string, Details<Json>>;
}

export interface Details<T> {
  readonly key: string;
  readonly value: T;
  readonly variant: string | null;
  readonly reason: Reason;
  readonly errorCode?: ErrorCode;
  readonly errorMessage?: string;
  /** Who decided: what the server says, an override of this process, or the fallback. */
  readonly source: 'server' | 'override' | 'default';
  /** From where the data is; null while there is none. */
  readonly environment: string | null;
  readonly revision: number | null;
  /** The ancestor from which the environment has the flag as it is. */
  readonly inheritedFrom: string | null;
}
