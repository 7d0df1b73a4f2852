import type { Change } from './change.js';
import { newId } from './row-of.js';
import { type PlannedEntry, writeEntries } from './write-entries.js';
import {
  type Environment,
  environmentBySlug,
  type EnvironmentFlag,
  type Flag,
  flagByKey,
  type JsonObject,
  type OverrideContent,
  type RowEdit,
  type State,
} from '@flagtree/engine';

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
  const identity = { id: row?.id ?? newId(), environment_id: environment.id, flag_id: flag.id };
  return {
    table: 'environment_flags',
    before: row ? { ...identity, ...columnsOf(row) } : null,
    after: after ? { ...identity, ...columnsOf(after) } : null,
  };
}

function columnsOf(content: OverrideContent | EnvironmentFlag): JsonObject {
  return {
    enabled: content.enabled ?? null,
    percentage: content.percentage ?? null,
    rules: content.rules ?? null,
    rules_mode: content.rulesMode ?? 'replace',
    variants: content.variants ?? null,
    default_variant: content.defaultVariant ?? null,
    off_variant: content.offVariant ?? null,
    reason: content.reason ?? null,
  } as unknown as JsonObject;
}
