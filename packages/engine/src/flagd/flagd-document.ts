import type { JsonValue } from '../types.js';

/** A flagd flag definition. */
export interface FlagdFlag {
  state: 'ENABLED' | 'DISABLED';
  variants: Record<string, JsonValue>;
  defaultVariant?: string | null;
  targeting?: JsonValue;
  metadata?: Record<string, string | number | boolean>;
}

/** Something that the other side cannot say; `flag` null: of the whole document. */
export interface NotExpressed {
  flag: string | null;
  detail: string;
}

/** A set of flagd flag definitions. The last two members are not flagd's: it passes over them. */
export interface FlagdDocument {
  $schema: string;
  metadata: { flagSetId: string; version: string };
  $evaluators: Record<string, JsonValue>;
  flags: Record<string, FlagdFlag>;
  /** Flags that are left out: flagd would evaluate them to something else. */
  omitted: NotExpressed[];
  /** Flags that are there, and contexts for which flagd evaluates them to something else. */
  inexact: NotExpressed[];
}

export const FLAGD_SCHEMA = 'https://flagd.dev/schema/v0/flags.json';

/** @throws {Inexpressible} for what flagd's language has no words for. */
export class Inexpressible extends Error {}
