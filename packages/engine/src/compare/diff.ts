import { environmentBySlug } from '../state/chain.js';
import { type Interruptible, runToEnd } from '../interruptible.js';
import { deepEqual } from '../json/equal.js';
import { inheritanceChain, resolveAlong, type Resolved, type ResolvedFlag } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import { FLAG_FIELDS, type Environment, type Flag, type JsonValue } from '../types.js';

/** Of a flag's base, the fields that evaluation shows or depends on and no environment can override. */
export const BASE_FIELDS = ['prerequisites', 'bucketing', 'salt', 'onMissingKey', 'metadata'] as const;

export interface FieldDifference {
  field: string;
  before: JsonValue;
  after: JsonValue;
}

/** The fields in which two resolved flags differ, in the order of the fields: the one place that says what a difference is. */
export function differingFields(was: ResolvedFlag, is: ResolvedFlag): FieldDifference[] {
  const found: FieldDifference[] = [];
  const compare = (field: string, before: unknown, after: unknown) => {
    if (before !== after && !deepEqual(before, after)) {
      found.push({ field, before: before as JsonValue, after: after as JsonValue });
    }
  };
  if (was.fields !== is.fields) {
    for (const field of FLAG_FIELDS) compare(field, was.fields[field].value, is.fields[field].value);
  }
  if (was.flag !== is.flag) {
    for (const field of BASE_FIELDS) compare(field, baseValue(was.flag, field), baseValue(is.flag, field));
  }
  return found;
}

function baseValue(flag: Flag, field: (typeof BASE_FIELDS)[number]): unknown {
  return field === 'salt' ? (flag.salt ?? flag.key) : flag[field];
}

/** An environment at a moment: one side of a comparison. */
export interface DiffSide {
  state: State;
  environment: Environment;
}

/** A value on one side with where it comes from; `source` is null for what no environment can override, and for a flag that is not there. */
export interface SideValue {
  value: JsonValue;
  source: Resolved<unknown>['source'] | null;
  state: Resolved<unknown>['state'] | null;
}

/** `field` is a field of the flag, or `exists`: the flag is on one side only, and its fields follow. */
export interface Difference {
  flag: string;
  field: string;
  from: SideValue;
  to: SideValue;
}

/** What two environments resolve differently: by flag key, then in the order of the fields. Archived flags are not there. */
export function diff(from: DiffSide, to: DiffSide): Difference[] {
  return runToEnd(slicedDiff(from, to));
}

/** The same, in parts. */
export function* slicedDiff(from: DiffSide, to: DiffSide): Interruptible<Difference[]> {
  const [ours, theirs] = [yield* resolvedBy(from), yield* resolvedBy(to)];
  const differences: Difference[] = [];
  for (const key of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    differences.push(...differencesOf(key, ours.get(key), theirs.get(key)));
    yield;
  }
  return differences;
}

/** What is left of `values` after `differences` (from `diff`) were applied: with those of their `from` side, the values of their `to` side. */
export function applyDifferences(values: FlagValues, differences: readonly Difference[]): FlagValues {
  const result = new Map(values);
  for (const { flag, field, to } of differences) {
    if (field !== 'exists') result.set(flag, { ...result.get(flag), [field]: to.value });
    else if (to.value === true) result.set(flag, {});
  }
  for (const { flag, field, to } of differences) if (field === 'exists' && to.value === false) result.delete(flag);
  return result;
}

/** By flag key, then by field. */
export type FlagValues = ReadonlyMap<string, { readonly [field: string]: JsonValue }>;

export function flagValues(side: DiffSide): FlagValues {
  return new Map(Array.from(runToEnd(resolvedBy(side)), ([key, resolved]) => [key, valuesOf(resolved)]));
}

function* resolvedBy({ state, environment }: DiffSide): Interruptible<Map<string, ResolvedFlag>> {
  const chain = inheritanceChain(state, environmentBySlug(state, environment.slug) ?? environment);
  const resolved = new Map<string, ResolvedFlag>();
  for (const flag of state.flags.values()) {
    if (flag.archivedAt === null) resolved.set(flag.key, resolveAlong(chain, state.overrides.get(flag.id), flag));
    yield;
  }
  return resolved;
}

function differencesOf(flag: string, from: ResolvedFlag | undefined, to: ResolvedFlag | undefined): Difference[] {
  if (from && to) {
    return differingFields(from, to).map(({ field }) => ({
      flag,
      field,
      from: sideValue(from, field),
      to: sideValue(to, field),
    }));
  }
  const exists = (value: boolean): SideValue => ({ value, source: null, state: null });
  const nothing: SideValue = { value: null, source: null, state: null };
  const fields = [...FLAG_FIELDS, ...BASE_FIELDS].map((field) => ({
    flag,
    field,
    from: from ? sideValue(from, field) : nothing,
    to: to ? sideValue(to, field) : nothing,
  }));
  return [{ flag, field: 'exists', from: exists(from !== undefined), to: exists(to !== undefined) }, ...fields];
}

function sideValue({ flag, fields }: ResolvedFlag, field: string): SideValue {
  const resolved = (fields as Record<string, Resolved<unknown> | undefined>)[field];
  if (!resolved) return { value: baseValue(flag, field as (typeof BASE_FIELDS)[number]) as JsonValue, source: null, state: null };
  return { value: resolved.value as JsonValue, source: resolved.source, state: resolved.state };
}

function valuesOf({ flag, fields }: ResolvedFlag): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const field of FLAG_FIELDS) values[field] = fields[field].value as JsonValue;
  for (const field of BASE_FIELDS) values[field] = baseValue(flag, field) as JsonValue;
  return values;
}
