import { emptyState, type Interruptible, runToEnd, slicedApply, type State } from '@flagtree/engine';
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

export interface Advance {
  position: LogPosition;
  fresh: readonly LoggedEntry[];
}

/** The position after those of `entries` that come next in the log, without a gap. What was seen before, or comes too early, changes nothing. */
export function advanced(position: LogPosition, entries: readonly LoggedEntry[]): Advance {
  return runToEnd(slicedAdvance(position, entries));
}

/** The same, in parts. `folded` is what somebody has come to with these entries already. */
export function* slicedAdvance(
  position: LogPosition,
  entries: readonly LoggedEntry[],
  folded?: { from: State; to: State },
): Interruptible<Advance> {
  const fresh: LoggedEntry[] = [];
  for (const entry of inOrder(entries)) if (entry.id === position.lastEntry + fresh.length + 1) fresh.push(entry);
  const last = fresh.at(-1);
  if (!last) return { position, fresh };
  const isFolded = folded?.from === position.state && fresh.length === entries.length;
  const state = isFolded ? folded.to : yield* slicedApply(position.state, fresh);
  return { position: { state, lastEntry: last.id, hash: last.hash }, fresh };
}

function inOrder(entries: readonly LoggedEntry[]): readonly LoggedEntry[] {
  const isSorted = entries.every(({ id }, index) => index === 0 || id > (entries[index - 1] as LoggedEntry).id);
  return isSorted ? entries : [...entries].sort((a, b) => a.id - b.id);
}

/**
 * Whether the log that was read, from the entry at `position` on, is the log that this process has followed. It is not after the
 * database was restored to an older moment or replaced: then the entry is missing, or is another one under the same id.
 */
export function isSameLog(position: LogPosition, anchor: LoggedEntry | undefined): boolean {
  if (position.hash === null) return true;
  return anchor?.id === position.lastEntry && anchor.hash === position.hash;
}
