import { whyNotOneList } from '../validate/rules/one-list-of-rules.js';
import { deepEqual } from '../json/equal.js';
import { layeredRules, type PromotedFlag, promotedRules } from './promoted-rules.js';
import { contentOf, type OverrideContent, ownValue, setsNothing, withField } from '../resolve/overrides.js';
import { resolveAlong, type ResolvedFlag } from '../resolve/resolve.js';
import {
  type Environment,
  type EnvironmentFlag,
  FLAG_FIELDS,
  type Flag,
  type FlagField,
  type FlagFields,
  type Rule,
  type RulesMode,
} from '../types.js';

export const PROMOTION_MODES = ['resolved', 'override', 'exact'] as const;

/**
 * `resolved`: all that the source gives, wherever that comes from. `override`: the fields that the source itself overrides.
 * `exact`: the source's override as it is, with what it leaves to inheritance.
 */
export type PromotionMode = (typeof PROMOTION_MODES)[number];

/** Values that a target gets instead of the source's; null: it inherits. */
export type TargetValues = { [F in FlagField]?: FlagFields[F] | null } & { rulesMode?: RulesMode };

/** What is promoted of a flag. */
export interface PromotedFields {
  fields: readonly FlagField[];
  mode: PromotionMode;
  with: TargetValues;
}

/** A flag in an environment; `rows` are its overrides by environment id. */
export interface FlagInEnvironment {
  flag: Flag;
  chain: readonly Environment[];
  rows: ReadonlyMap<string, EnvironmentFlag> | undefined;
}

export interface PromotedRow {
  after: OverrideContent | null;
  /** Fields whose value no override of the target can give. */
  impossible: Impossible[];
}

/** `why` null: an ancestor has a variant where the source has none. */
export interface Impossible {
  field: FlagField;
  why: string | null;
}

/** Whether there is nothing to take from the source, in the modes that take its own override. */
export function overridesNothing(own: OverrideContent | null, { fields, mode }: PromotedFields): boolean {
  if (mode === 'resolved') return false;
  return own === null || (mode === 'exact' ? setsNothing(own) : fields.every((field) => own[field] === undefined));
}

/**
 * What the target's override must be so that the target has the source's fields, or the values given instead. By the smallest change, but
 * with `exact`: what it would inherit is cleared, what it has already is left, and rules that were added to inherited ones stay added.
 */
export function promotedRow(source: PromotedFlag, target: FlagInEnvironment, promoted: PromotedFields): PromotedRow {
  const before = ownRow(target);
  const made =
    promoted.mode === 'exact'
      ? { after: exactRow(source, before, promoted), impossible: [] }
      : smallestRow(source, target, promoted);
  const { after, impossible } = made;
  return { after: sameFields(after, before ?? {}) ? before : setsNothing(after) ? null : after, impossible };
}

function exactRow(
  { own }: PromotedFlag,
  before: OverrideContent | null,
  { fields, with: values }: PromotedFields,
): OverrideContent {
  const taken = promotedOf(fields, values).reduce<OverrideContent>(
    (content, field) => withField(content, field, values[field] === undefined ? own : givenField(values, field)),
    before ?? {},
  );
  return own?.reason === undefined ? taken : { ...taken, reason: own.reason };
}

function smallestRow(
  source: PromotedFlag,
  target: FlagInEnvironment,
  { fields, mode, with: values }: PromotedFields,
): { after: OverrideContent; impossible: Impossible[] } {
  const before = ownRow(target);
  const above = resolveAbove(target);
  const now = resolveAlong(target.chain, target.rows, target.flag);
  let after: OverrideContent = before ?? {};
  const impossible: Impossible[] = [];
  for (const field of promotedOf(fields, values)) {
    const inherited = above.fields[field].value;
    if (values[field] !== undefined) {
      const given = givenField(values, field);
      const comesTo = field === 'rules' && given?.rules ? layeredRules(inherited as Rule[], given) : given?.[field];
      after = withField(after, field, deepEqual(comesTo, inherited) ? null : given);
      continue;
    }
    if (mode === 'override' && source.own?.[field] === undefined) continue;
    if (field === 'rules') {
      const own = promotedRules(source, after, above, now, mode === 'resolved');
      const why = own?.rules && own.rules !== before?.rules ? whyNotOneList(own.rules) : null;
      if (why === null) after = withField(after, field, own);
      else impossible.push({ field, why });
      continue;
    }
    const value = mode === 'override' ? source.own?.[field] : source.resolved.fields[field].value;
    if (deepEqual(value, inherited)) after = withField(after, field, null);
    else if (value === null || value === undefined) impossible.push({ field, why: null });
    else after = withField(after, field, { [field]: value });
  }
  return { after, impossible };
}

/** The fields that a target gets, in their order. */
export function promotedOf(fields: readonly FlagField[], values: TargetValues): FlagField[] {
  return FLAG_FIELDS.filter((field) => values[field] !== undefined || fields.includes(field));
}

function givenField(values: TargetValues, field: FlagField): OverrideContent | null {
  const value = values[field];
  if (value === null || value === undefined) return null;
  return { [field]: value, ...(field === 'rules' && { rulesMode: values.rulesMode ?? 'replace' }) };
}

/** A reason alone is no difference. */
function sameFields(a: OverrideContent, b: OverrideContent): boolean {
  return deepEqual({ ...a, reason: undefined }, { ...b, reason: undefined });
}

/** The fields of an override that give nothing that would not be inherited without them, when `wanted` is what they are to give. */
export function redundantFields(wanted: ResolvedFlag, place: FlagInEnvironment, fields: readonly FlagField[]): FlagField[] {
  const own = ownRow(place);
  const above = resolveAbove(place);
  return fields.filter(
    (field) => ownValue(own, field) !== null && deepEqual(above.fields[field].value, wanted.fields[field].value),
  );
}

export function ownRow({ chain, rows }: FlagInEnvironment): OverrideContent | null {
  return contentOf(rows?.get((chain[0] as Environment).id));
}

/** What the environment would have without an override of its own. */
export function resolveAbove({ chain, rows, flag }: FlagInEnvironment): ResolvedFlag {
  return chain.length > 1 ? resolveAlong(chain.slice(1), rows, flag) : resolveAlong(chain, undefined, flag);
}
