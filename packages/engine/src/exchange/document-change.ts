import type { Snapshot } from '../compile/snapshot.js';
import { deepEqual } from '../json/equal.js';
import { perObject } from '../per-object.js';
import type { Segment } from '../types.js';
import { addReached, type DefectiveFlag, type SnapshotFlag, snapshotFlag, type SnapshotSegment } from './snapshot-document.js';

/** What makes the document of one snapshot that of another; null: it is gone. The revision and the etag go with it. */
export interface DocumentChange {
  /** The etag of the document that this is about. */
  from: string;
  flags: Record<string, SnapshotFlag | DefectiveFlag | null>;
  segments: Record<string, SnapshotSegment | null>;
}

/** `keys`: the flags that differ. Null: it has another name or chain as well, which only the whole document tells. */
export function documentChange(before: Snapshot, after: Snapshot, keys: readonly string[]): DocumentChange | null {
  const isSamePlace = deepEqual(before.chain, after.chain) && deepEqual(before.aliases, after.aliases);
  if (!isSamePlace || before.environment !== after.environment) return null;
  const [had, has] = [reachedSegments(before.flags), reachedSegments(after.flags)];
  const segments: [string, SnapshotSegment | null][] = [];
  for (const [key, { conditions }] of has) {
    const known = had.get(key)?.conditions;
    if (known !== conditions && !deepEqual(known, conditions)) segments.push([key, { conditions }]);
  }
  for (const key of had.keys()) if (!has.has(key)) segments.push([key, null]);
  const flags = keys.map((key): [string, SnapshotFlag | DefectiveFlag | null] => {
    const flag = after.flags.get(key);
    return [key, flag === undefined ? null : snapshotFlag(flag)];
  });
  return { from: before.etag, flags: Object.fromEntries(flags), segments: Object.fromEntries(segments) };
}

const reachedSegments = perObject((flags: Snapshot['flags']): ReadonlyMap<string, Segment> => {
  const reached = new Map<string, Segment>();
  for (const flag of flags.values()) addReached(flag, reached);
  return reached;
});
