import { type Entry, type Interruptible, type JsonObject, slicedApply, type State } from '@flagtree/engine';
import type { Change } from './change.js';
import { deleteRows, insertRows, updateRows, type WritableTable } from './rows.queries.js';

/** One row that is to be inserted (`before` null), deleted (`after` null) or made what `after` says; rows as jsonb has them. */
export interface PlannedEntry {
  table: WritableTable;
  before: JsonObject | null;
  after: JsonObject | null;
}

/** The state that planned entries lead to, decided without the database. */
export function* slicedForesight(state: State, planned: readonly PlannedEntry[]): Interruptible<State> {
  return yield* slicedApply(state, asEntries(state, planned));
}

export function asEntries({ revision }: State, planned: readonly PlannedEntry[]): Entry[] {
  return planned.map((entry) => ({ ...entry, revision: revision + 1 }));
}

/** Rows of one statement: so few that it ends long before the time limit of statements. */
const BATCH = 500;

/** What is referred to comes before what refers to it, and goes after it. */
const INSERTED: readonly WritableTable[] = ['environments', 'segments', 'flags', 'environment_flags'];

/**
 * Writes many rows in few statements. `tell` hears after each how many rows are written; what it throws ends the change.
 * Of two entries of one row, the first inserts and the second updates.
 */
export async function writeEntries(
  change: Change,
  planned: readonly PlannedEntry[],
  tell: (written: number) => void = () => undefined,
): Promise<void> {
  let written = 0;
  const each = async (table: WritableTable, rows: readonly JsonObject[], write: typeof insertRows) => {
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH);
      await write(change.manager, table, batch);
      tell((written += batch.length));
    }
  };
  const of = (table: WritableTable) => planned.filter((entry) => entry.table === table);
  await each('environment_flags', rowsBefore(of('environment_flags').filter(({ after }) => after === null)), deleteRows);
  for (const table of INSERTED) {
    await each(table, rowsAfter(of(table).filter(({ before }) => before === null)), insertRows);
    await each(table, rowsAfter(of(table).filter(({ before }) => before !== null)), updateRows);
  }
  for (const table of INSERTED.toReversed().slice(1)) {
    await each(table, rowsBefore(of(table).filter(({ after }) => after === null)), deleteRows);
  }
  await change.sync();
}

const rowsAfter = (entries: readonly PlannedEntry[]) => entries.flatMap(({ after }): JsonObject[] => (after ? [after] : []));
const rowsBefore = (entries: readonly PlannedEntry[]) => entries.flatMap(({ before }): JsonObject[] => (before ? [before] : []));
