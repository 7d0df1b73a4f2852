import { environmentBySlug, flagByKey } from '../state/chain.js';
import { deepEqual } from '../json/equal.js';
import { type EffectEntry, slicedEffect } from '../compare/effect.js';
import {
  contentOf,
  type FieldChange,
  fieldChanges,
  flagsOf,
  type OverrideContent,
  ownValue,
  type RowEdit,
  setsNothing,
  withField,
  withRowEdits,
} from '../resolve/overrides.js';
import { slicedIntroduced } from '../defects/introduced.js';
import type { ResolvedDefect } from '../defects/resolved-defects.js';
import type { Interruptible } from '../interruptible.js';
import type { State } from '../state/state.js';
import type { FlagField, JsonValue } from '../types.js';

/** A field that somebody has changed since, so that taking it back would undo their work. */
export interface RevertConflict {
  environment: string;
  flag: string;
  field: FlagField;
  /** What was written, and what stands there now. */
  promoted: JsonValue;
  current: JsonValue;
  detail: string;
}

export interface RevertPlan {
  rows: RowEdit[];
  changes: FieldChange[];
  effect: EffectEntry[];
  conflicts: RevertConflict[];
  defects: ResolvedDefect[];
  after: State;
}

/** Plans to take back exactly what these edits did: each field that they changed, as long as it is still what they made it. */
export function* slicedRevert(state: State, edits: readonly RowEdit[]): Interruptible<RevertPlan> {
  const conflicts: RevertConflict[] = [];
  const rows: RowEdit[] = [];
  for (const edit of edits) {
    rows.push(...takenBack(state, edit, conflicts));
    yield;
  }
  const after = withRowEdits(state, rows);
  const touched = yield* slicedEffect(state, after, flagsOf(state, rows));
  return {
    rows,
    changes: fieldChanges(rows),
    effect: touched,
    conflicts,
    defects: yield* slicedIntroduced(state, after, touched),
    after,
  };
}

function takenBack(state: State, edit: RowEdit, conflicts: RevertConflict[]): RowEdit[] {
  const [environment, flag] = [environmentBySlug(state, edit.environment), flagByKey(state, edit.flag)];
  const changed = fieldChanges([edit]);
  const conflict = ({ environment: slug, flag: key, field, after }: FieldChange, current: JsonValue, why: string) =>
    conflicts.push({
      environment: slug,
      flag: key,
      field,
      promoted: after,
      current,
      detail: `${field} of ${key} in ${slug} ${why}`,
    });
  if (!environment || flag?.archivedAt !== null) {
    const why = environment ? 'is gone: the flag was archived' : 'is gone, with its environment';
    for (const change of changed) conflict(change, null, why);
    return [];
  }
  const current = contentOf(state.overrides.get(flag.id)?.get(environment.id));
  let wanted: OverrideContent = current ?? {};
  for (const change of changed) {
    const now = ownValue(current, change.field);
    if (deepEqual(now, change.before)) continue;
    if (deepEqual(now, change.after)) wanted = withField(wanted, change.field, edit.before);
    else conflict(change, now, 'was changed since');
  }
  wanted = reasonBack(wanted, edit);
  const after = setsNothing(wanted) && edit.before === null ? null : wanted;
  return deepEqual(fieldsOnly(after), fieldsOnly(current))
    ? []
    : [{ environment: edit.environment, flag: edit.flag, before: current, after }];
}

/** The reason that the promotion wrote, or removed, goes back with it; one that somebody wrote later stays. */
function reasonBack(wanted: OverrideContent, { before, after }: RowEdit): OverrideContent {
  if (wanted.reason !== after?.reason) return wanted;
  const { reason: _promoted, ...rest } = wanted;
  return before?.reason === undefined ? rest : { ...rest, reason: before.reason };
}

function fieldsOnly(content: OverrideContent | null): object {
  const { reason: _reason, ...fields } = content ?? {};
  return fields;
}
