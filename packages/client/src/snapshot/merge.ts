import { deepEqual } from '../engine.js';
import type { HeldDocument, Row } from './held-document.js';

/** What an event says of the flags and segments that changed; null: it is gone. */
export interface Change {
  readonly revision: number;
  readonly etag: string;
  readonly flags: Readonly<Record<string, Row | null>>;
  readonly segments: Readonly<Record<string, Row | null>>;
}

/** The document with the rows of an earlier one wherever they say the same: what did not change is not made anew. */
export function keepRows(document: HeldDocument, previous: HeldDocument | null): HeldDocument {
  if (previous === null) return document;
  return { ...document, flags: kept(document.flags, previous.flags), segments: kept(document.segments, previous.segments) };
}

export function applyChange(document: HeldDocument, { revision, etag, flags, segments }: Change): HeldDocument {
  return { ...document, revision, etag, flags: patched(document.flags, flags), segments: patched(document.segments, segments) };
}

/** Keys whose rows are not the same objects, in any order. */
export function changedKeys(before: HeldDocument | null, after: HeldDocument): string[] {
  if (before === null) return Object.keys(after.flags);
  const changed = Object.keys(after.flags).filter((key) => after.flags[key] !== ownRow(before.flags, key));
  for (const key in before.flags) if (!Object.hasOwn(after.flags, key)) changed.push(key);
  return changed;
}

type Rows = Readonly<Record<string, Row>>;

function kept(rows: Rows, previous: Rows): Rows {
  const known: Record<string, Row> = {};
  for (const key in rows) {
    const row = rows[key] as Row;
    const old = ownRow(previous, key);
    known[key] = old !== undefined && deepEqual(old, row) ? old : row;
  }
  return known;
}

function patched(rows: Rows, changes: Readonly<Record<string, Row | null>>): Rows {
  const next: Record<string, Row> = { ...rows };
  for (const [key, row] of Object.entries(changes)) {
    if (row === null)
      delete next[key]; // eslint-disable-line @typescript-eslint/no-dynamic-delete
    else next[key] = row;
  }
  return next;
}

function ownRow(rows: Rows, key: string): Row | undefined {
  return Object.hasOwn(rows, key) ? rows[key] : undefined;
}
