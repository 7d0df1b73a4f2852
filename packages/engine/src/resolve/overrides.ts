import { environmentBySlug, flagByKey } from '../state/chain.js';
import { deepEqual } from '../json/equal.js';
import type { State } from '../state/state.js';
import {
  FLAG_FIELDS,
  type EnvironmentFlag,
  type Flag,
  type FlagField,
  type FlagFields,
  type JsonValue,
  type RulesMode,
} from '../types.js';

/** What an override says: only the fields that it sets. `rulesMode` is there exactly when `rules` is. */
export type OverrideContent = { [F in FlagField]?: NonNullable<FlagFields[F]> } & { rulesMode?: RulesMode; reason?: string };

/** What an override says, member by member; null: inherit. */
export type OverrideValues = Pick<EnvironmentFlag, FlagField | 'rulesMode' | 'reason'>;

export const INHERIT_ALL: OverrideValues = {
  enabled: null,
  percentage: null,
  rules: null,
  rulesMode: 'replace',
  variants: null,
  defaultVariant: null,
  offVariant: null,
  reason: null,
};

/** An override before and after; null: there is none. Named by slug and key, so that it can be read, stored and taken back. */
export interface RowEdit {
  environment: string;
  flag: string;
  before: OverrideContent | null;
  after: OverrideContent | null;
}

/** One field of an override that an edit sets or clears; null: it inherits. Rules are `{ mode, rules }`. */
export interface FieldChange {
  environment: string;
  flag: string;
  field: FlagField;
  action: 'set' | 'clear';
  before: JsonValue;
  after: JsonValue;
}

/** What a row, or a part of one, says in all its members; what says nothing inherits everything. */
export function valuesOf(from: Partial<OverrideValues> | null | undefined): OverrideValues {
  if (!from) return INHERIT_ALL;
  return {
    enabled: from.enabled ?? null,
    percentage: from.percentage ?? null,
    rules: from.rules ?? null,
    rulesMode: from.rulesMode ?? 'replace',
    variants: from.variants ?? null,
    defaultVariant: from.defaultVariant ?? null,
    offVariant: from.offVariant ?? null,
    reason: from.reason ?? null,
  };
}

export function contentOf(row: OverrideValues | null | undefined): OverrideContent | null {
  if (!row) return null;
  const content: Record<string, unknown> = {};
  for (const field of FLAG_FIELDS) if (row[field] !== null) content[field] = row[field];
  if (content['rules'] !== undefined) content['rulesMode'] = row.rulesMode;
  if (row.reason !== null) content['reason'] = row.reason;
  return content;
}

export function setsNothing(content: OverrideContent): boolean {
  return FLAG_FIELDS.every((field) => content[field] === undefined);
}

/** The field as a change tells it. */
export function ownValue(content: OverrideContent | null, field: FlagField): JsonValue {
  const value = content?.[field];
  if (value === undefined) return null;
  return field === 'rules'
    ? ({ mode: content?.rulesMode ?? 'replace', rules: value } as unknown as JsonValue)
    : (value as JsonValue);
}

/** A copy with one field as another override has it: set the same, or not set either. */
export function withField(content: OverrideContent, field: FlagField, from: OverrideContent | null): OverrideContent {
  const { [field]: _old, ...rest } = content;
  if (field === 'rules') delete rest.rulesMode;
  const value = from?.[field];
  if (value === undefined) return rest;
  return { ...rest, [field]: value, ...(field === 'rules' && { rulesMode: from?.rulesMode ?? 'replace' }) };
}

export function fieldChanges(edits: readonly RowEdit[]): FieldChange[] {
  return edits.flatMap(({ environment, flag, before, after }) =>
    FLAG_FIELDS.flatMap((field) => {
      const [was, is] = [ownValue(before, field), ownValue(after, field)];
      return deepEqual(was, is)
        ? []
        : [{ environment, flag, field, action: is === null ? 'clear' : 'set', before: was, after: is } as const];
    }),
  );
}

/** The flags that edits are about. */
export function flagsOf(state: State, edits: readonly RowEdit[]): Flag[] {
  return [...new Set(edits.map(({ flag }) => flag))].flatMap((key) => flagByKey(state, key) ?? []);
}

/** The state with these overrides, as the database will have it but for their stamps. Edits of what is not there are passed over. */
export function withRowEdits(state: State, edits: readonly RowEdit[]): State {
  if (edits.length === 0) return state;
  const overrides = new Map(state.overrides);
  for (const { environment: slug, flag: key, after } of edits) {
    const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
    if (!environment || !flag) continue;
    const rows = rowsWithEdit(overrides.get(flag.id), after, environment.id, flag.id);
    if (rows.size > 0) overrides.set(flag.id, rows);
    else overrides.delete(flag.id);
  }
  return { ...state, overrides };
}

/** The overrides of one flag, by environment id, with one of them edited. */
export function rowsWithEdit(
  rows: ReadonlyMap<string, EnvironmentFlag> | undefined,
  after: OverrideContent | null,
  environmentId: string,
  flagId: string,
): ReadonlyMap<string, EnvironmentFlag> {
  const edited = new Map(rows);
  if (after) edited.set(environmentId, toRow(after, edited.get(environmentId), environmentId, flagId));
  else edited.delete(environmentId);
  return edited;
}

/** One edit for each override that several edits, one after the other, are about; none for what ends as it began. */
export function mergedEdits(edits: readonly RowEdit[]): RowEdit[] {
  const merged = new Map<string, RowEdit>();
  for (const edit of edits) {
    const place = `${edit.environment} ${edit.flag}`;
    const earlier = merged.get(place);
    merged.set(place, earlier ? { ...earlier, after: edit.after } : edit);
  }
  return [...merged.values()].filter(({ before, after }) => !deepEqual(before, after));
}

/** The row that says this: `row` with other values, or a new one that has no stamps of the database yet. */
export function toRow(
  values: Partial<OverrideValues>,
  row: EnvironmentFlag | null | undefined,
  environmentId: string,
  flagId: string,
): EnvironmentFlag {
  const stamps = { id: `${environmentId}/${flagId}`, createdAt: '', updatedAt: '', version: 0 };
  return { ...(row ?? { ...stamps, environmentId, flagId }), ...valuesOf(values) };
}
