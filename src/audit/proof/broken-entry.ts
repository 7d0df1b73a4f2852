export const BROKEN_REASONS = ['edited', 'missing', 'truncated', 'ledger', 'rewritten', 'anchor', 'row', 'guard'] as const;
export type BrokenReason = (typeof BROKEN_REASONS)[number];

/** A place at which something is wrong; `id` is the entry that it is about, null where it is about none. */
export interface BrokenEntry {
  id: number | null;
  reason: BrokenReason;
  detail: string;
}

/** No more of them are looked for. */
export const LISTED = 100;
