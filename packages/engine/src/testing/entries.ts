import fc from 'fast-check';
import type { AuditedTable, Entry, State } from '../state/state.js';
import { rowOf } from '../state/rows.js';
import { buildState } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag, Segment } from '../types.js';
import { forestRows, type ForestSize } from './arbitraries/arbitraries.js';

/** The audit entry of a change: rows as the database writes them. */
export function entry(revision: number, table: AuditedTable, before: object | null, after: object | null): Entry {
  return { revision, table, before: before && rowOf(before), after: after && rowOf(after) };
}

/** Two states, and the entries, over a few revisions, that lead from the first to the second. */
export function journey(
  size: ForestSize = { environments: 5, flags: 3, segments: 2 },
): fc.Arbitrary<{ from: State; to: State; entries: Entry[] }> {
  return fc.tuple(forestRows(size), forestRows(size), fc.infiniteStream(fc.boolean())).map(([before, after, sameRevision]) => {
    const from = buildState({ ...before, revision: 10 });
    let revision = 11;
    const changes = [
      ...difference('environments', byId(before.environments), byId(after.environments)),
      ...difference('flags', byId(before.flags), byId(after.flags)),
      ...difference('environment_flags', byId(before.overrides), byId(after.overrides)),
      ...difference('segments', byId(before.segments), byId(after.segments)),
      { table: 'tokens' as const, before: null, after: { id: 't' } },
    ];
    const entries = changes.map((change) => ({ ...change, revision: sameRevision.next().value ? revision : ++revision }));
    return { from, to: buildState({ ...after, revision }), entries };
  });
}

function byId<T extends { id: string }>(rows: Iterable<T>): Map<string, T> {
  return new Map(Array.from(rows, (row) => [row.id, row]));
}

function difference<T extends Environment | Flag | EnvironmentFlag | Segment>(
  table: AuditedTable,
  before: Map<string, T>,
  after: Map<string, T>,
): Omit<Entry, 'revision'>[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((id) => {
    const [old, now] = [before.get(id), after.get(id)];
    return { table, before: old ? rowOf(old) : null, after: now ? rowOf(now) : null };
  });
}
