import { applyEntries, emptyState, type State } from '@flagtree/engine';
import type { LoggedEntry } from './ledger.queries.js';

/** How far a process has followed the audit log, and the state that this makes. */
export interface LogPosition {
  readonly state: State;
  /** The id of the last entry in `state`; 0 before the first. */
  readonly lastEntry: number;
  /** The hash of that entry, which stands for all of history up to it; null where there is none. */
  readonly hash: string | null;
}

export const START: LogPosition = { state: emptyState(), lastEntry: 0, hash: null };

/** The position after those of `entries` that come next in the log, without a gap. What was seen before, or comes too early, changes nothing. */
export function advanced(
  position: LogPosition,
  entries: readonly LoggedEntry[],
): { position: LogPosition; fresh: readonly LoggedEntry[] } {
  const fresh: LoggedEntry[] = [];
  for (const entry of [...entries].sort((a, b) => a.id - b.id)) {
    if (entry.id === position.lastEntry + fresh.length + 1) fresh.push(entry);
  }
  const last = fresh.at(-1);
  if (!last) return { position, fresh };
  return { position: { state: applyEntries(position.state, fresh), lastEntry: last.id, hash: last.hash }, fresh };
}

/**
 * Whether the log that was read, from the entry at `position` on, is the log that this process has followed. It is not after the
 * database was restored to an older moment or replaced: then the entry is missing, or is another one under the same id.
 */
export function isSameLog(position: LogPosition, anchor: LoggedEntry | undefined): boolean {
  if (position.hash === null) return true;
  return anchor?.id === position.lastEntry && anchor.hash === position.hash;
}
