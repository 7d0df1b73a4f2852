import type { Json } from '../types/json.js';

export type Row = { readonly [member: string]: Json };

/** A document that was taken. Its rows are the same objects as before wherever they say the same. */
export interface HeldDocument {
  readonly format: 1;
  readonly environment: string;
  readonly aliases: readonly string[];
  /** The slugs from the environment to its root. */
  readonly chain: readonly string[];
  readonly revision: number;
  readonly etag: string;
  readonly flags: Readonly<Record<string, Row>>;
  readonly segments: Readonly<Record<string, Row>>;
}
