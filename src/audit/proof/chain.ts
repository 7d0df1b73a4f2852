import type { EntityManager } from 'typeorm';
import { type BrokenEntry, LISTED } from './broken-entry.js';
import { entriesAfter, ledgerAndNewest, type LedgerHead, type StoredEntry } from './chain.queries.js';
import { entryHash } from './entry-text.js';

/** A place in the log up to which the chain has been followed. */
export interface Link {
  id: number;
  revision: number;
  /** Hex; null: what it was is not known, so what follows it cannot be checked. */
  hash: string | null;
}

export const BEGINNING: Link = { id: 0, revision: 0, hash: '0'.repeat(64) };

export interface CheckedChain {
  /** How many entries were read. */
  entries: number;
  broken: BrokenEntry[];
  /** Up to where all is well. */
  last: Link;
}

const PART = 1_000;
const PART_BYTES = 4 * 1_024 * 1_024;

/**
 * Follows the chain from a place on to its end: each entry's hash is worked out here, from its columns. Every part is read by `ask` on its own,
 * since the log may be long and goes on growing.
 */
export async function checkChain(
  ask: <T>(question: (manager: EntityManager) => Promise<T>) => Promise<T>,
  from: Link,
): Promise<CheckedChain> {
  const broken: BrokenEntry[] = [];
  let last = from;
  let entries = 0;
  for (;;) {
    const part = await ask((manager) => entriesAfter(manager, last.id, PART, PART_BYTES));
    for (const entry of part) {
      broken.push(...brokenLink(entry, last));
      last = { id: Number(entry.id), revision: Number(entry.revision), hash: entry.hash };
    }
    entries += part.length;
    if (broken.length >= LISTED) break;
    if (part.length > 0) continue;
    const { ledger, newest } = await ask(ledgerAndNewest);
    if (newest > last.id) continue; // it has grown
    broken.push(...brokenEnd(last, ledger));
    break;
  }
  return { entries, broken, last };
}

function brokenLink(entry: StoredEntry, { id: previous, hash }: Link): BrokenEntry[] {
  const id = Number(entry.id);
  if (id > previous + 1) {
    const detail = `Entries ${String(previous + 1)} to ${String(id - 1)} are missing`;
    return [{ id: previous + 1, reason: 'missing', detail }];
  }
  if (hash === null || entry.hash === entryHash(hash, entry)) return [];
  return [{ id, reason: 'edited', detail: `Entry ${String(id)}, or the hash of the one before it, is not what was written` }];
}

function brokenEnd({ id, revision, hash }: Link, ledger: LedgerHead | null): BrokenEntry[] {
  if (ledger === null) return [{ id, reason: 'ledger', detail: 'The row of the ledger is missing' }];
  if (ledger.entries > id) {
    const detail = `The ledger has ${String(ledger.entries)} entries, the log ends at ${String(id)}`;
    return [{ id: id + 1, reason: 'truncated', detail }];
  }
  if (ledger.entries === id && ledger.hash === hash && ledger.revision === revision) return [];
  const head = `entry ${String(ledger.entries)}, revision ${String(ledger.revision)}`;
  const end = `entry ${String(id)}, revision ${String(revision)}`;
  return [{ id, reason: 'ledger', detail: `The ledger's head (${head}) is not the last entry of the log (${end})` }];
}
