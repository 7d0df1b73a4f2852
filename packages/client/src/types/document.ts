import type { Json } from './json.js';

/** What `GET /api/feature-flags/snapshot` answers: all that is needed to evaluate the flags of one environment. */
export interface SnapshotDocument {
  readonly format: 1;
  readonly environment: string;
  readonly aliases?: readonly string[];
  readonly revision: number;
  readonly etag: string;
  readonly flags: { readonly [key: string]: { readonly [member: string]: Json } };
  readonly segments: { readonly [key: string]: { readonly [member: string]: Json } };
}
