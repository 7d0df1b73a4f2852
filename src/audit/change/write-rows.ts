import {
  type Environment,
  environmentBySlug,
  type Flag,
  flagByKey,
  type RowEdit,
  rowOf,
  type State,
  toRow,
} from '@flagtree/engine';
import type { Change } from './change.js';
import { newId } from './new-id.js';
import { type PlannedEntry, writeEntries } from './write-entries.js';

/** Writes planned overrides, in as few statements as there are kinds of edits. */
export async function writeRows(change: Change, rows: readonly RowEdit[]): Promise<void> {
  const { state } = change;
  await writeEntries(
    change,
    rows.map((edit) => entryOf(state, edit)),
  );
}

function entryOf(state: State, { environment: slug, flag: key, after }: RowEdit): PlannedEntry {
  const environment = environmentBySlug(state, slug) as Environment;
  const flag = flagByKey(state, key) as Flag;
  const row = state.overrides.get(flag.id)?.get(environment.id);
  const wanted = after && { ...toRow(after, row, environment.id, flag.id), id: row?.id ?? newId() };
  return { table: 'environment_flags', before: row ? rowOf(row) : null, after: wanted && rowOf(wanted) };
}
