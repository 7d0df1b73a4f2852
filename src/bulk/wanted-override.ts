import {
  deepEqual,
  type Environment,
  type EnvironmentFlag,
  type Flag,
  FLAG_FIELDS,
  type FlagField,
  type FlagFields,
  INHERIT_ALL,
  type OverrideValues,
  resolveFlag,
  type State,
  valuesOf,
} from '@flagtree/engine';
import { Unprocessable } from '../platform/http/problems/problem.js';
import type { BulkDto } from './bulk.dto.js';
import type { Target } from './bulk-targets.js';

/** `state` is what holds while the request is worked off; `sources` what held before it, which copies are taken from. */
export interface BulkView {
  state: State;
  sources: State;
}

/** What the override is to say when the operation is done; null: there is none. */
export function wantedOverride(view: BulkView, dto: BulkDto, target: Target, flag: Flag): OverrideValues | null {
  const current = overrideIn(view.state, target.environment, flag);
  const reason = dto.reason ?? current?.reason ?? null;
  switch (dto.operation) {
    case 'enable':
    case 'disable':
      return { ...valuesOf(current), reason, enabled: dto.operation === 'enable' };
    case 'set':
      return { ...valuesOf(current), reason, ...given(dto.set ?? {}) };
    case 'clear':
      return dto.fields === undefined ? null : unlessEmpty({ ...valuesOf(current), reason, ...inheritingFields(dto.fields) });
    case 'copy':
      return copied(view, dto, target, flag);
  }
}

function copied(
  view: BulkView,
  { fields, mode = 'override', reason }: BulkDto,
  { environment, from }: Target,
  flag: Flag,
): OverrideValues | null {
  if (from === null) return valuesOf(overrideIn(view.state, environment, flag));
  const source = overrideIn(view.sources, from, flag);
  const wanted = mode === 'override' ? valuesOf(source) : smallest(view, environment, from, flag, fields ?? FLAG_FIELDS);
  const why = reason ?? source?.reason ?? null;
  if (fields === undefined) return unlessEmpty({ ...wanted, reason: why });
  const kept = valuesOf(overrideIn(view.state, environment, flag));
  const taken = Object.fromEntries(fields.map((field) => [field, wanted[field]]));
  const rulesMode = fields.includes('rules') ? wanted.rulesMode : kept.rulesMode;
  return unlessEmpty({ ...kept, ...taken, rulesMode, reason: why ?? kept.reason });
}

/**
 * The resolved values of `from`, less those that the environment would inherit anyway.
 * @throws {Unprocessable} for a field that has none in `from` and is inherited: an override cannot say "none".
 */
function smallest(
  { state, sources }: BulkView,
  environment: Environment,
  from: Environment,
  flag: Flag,
  fields: readonly FlagField[],
): OverrideValues {
  const values = resolveFlag(sources, from, flag).fields;
  const parent = state.inheritance && environment.parentId !== null ? state.environments.get(environment.parentId) : undefined;
  const inherited = parent ? resolveFlag(state, parent, flag).fields : null;
  const wouldInherit = <F extends FlagField>(field: F): FlagFields[F] => (inherited ? inherited[field].value : flag[field]);
  const differing = FLAG_FIELDS.filter((field) => !deepEqual(values[field].value, wouldInherit(field)));
  const none = differing.find((field) => fields.includes(field) && values[field].value === null);
  if (none) throw cannotSayNone(none, flag, from, environment);
  return { ...INHERIT_ALL, ...Object.fromEntries(differing.map((field) => [field, values[field].value])) };
}

function cannotSayNone(field: FlagField, { key }: Flag, from: Environment, environment: Environment): Unprocessable {
  return new Unprocessable(
    'cannot-copy',
    `${from.slug} has no ${field} for "${key}", and an override of ${environment.slug} cannot say "none" where it inherits one: leave ${field} out of "fields", or "${key}" out of the flags.`,
  );
}

export function overrideIn(state: State, environment: Environment, flag: Flag): EnvironmentFlag | null {
  return state.overrides.get(flag.id)?.get(environment.id) ?? null;
}

function inheritingFields(fields: readonly FlagField[]): Partial<OverrideValues> {
  const cleared = Object.fromEntries(fields.map((field) => [field, null]));
  return fields.includes('rules') ? { ...cleared, rulesMode: 'replace' } : cleared;
}

function unlessEmpty(values: OverrideValues): OverrideValues | null {
  return FLAG_FIELDS.some((field) => values[field] !== null) ? values : null;
}

function given(set: object): Partial<OverrideValues> {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
}
