import { whyNotOneList } from '../validate/one-list-of-rules.js';
import { deepEqual } from '../json/equal.js';
import { contentOf, type OverrideContent, ownValue, setsNothing, withField } from '../resolve/overrides.js';
import { resolveAlong, type ResolvedFlag } from '../resolve/resolve.js';
import type { Environment, EnvironmentFlag, Flag, FlagField, Rule, RulesMode } from '../types.js';

export const PROMOTION_MODES = ['override', 'resolved'] as const;

/** `override`: the fields that the source itself overrides. `resolved`: all that it gives, wherever that comes from. */
export type PromotionMode = (typeof PROMOTION_MODES)[number];

/** A flag in the environment that it is promoted from. */
export interface PromotedFlag {
  own: OverrideContent | null;
  resolved: ResolvedFlag;
}

/** Where a flag is promoted to; `rows` are its overrides by environment id. */
export interface Place {
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

/**
 * What the target's override must be so that the target has the source's fields, by the smallest change: what it would inherit is cleared,
 * what it has already is left, and rules that were added to inherited ones stay added.
 */
export function promotedRow(source: PromotedFlag, target: Place, fields: readonly FlagField[], mode: PromotionMode): PromotedRow {
  const before = ownRow(target);
  const above = resolveAbove(target);
  const now = resolveAlong(target.chain, target.rows, target.flag);
  let after: OverrideContent = before ?? {};
  const impossible: Impossible[] = [];
  for (const field of fields) {
    if (mode === 'override' && source.own?.[field] === undefined) continue;
    if (field === 'rules') {
      const own = promotedRules(source, after, above, now, mode);
      const why = own?.rules && own.rules !== before?.rules ? whyNotOneList(own.rules) : null;
      if (why === null) after = withField(after, field, own);
      else impossible.push({ field, why });
      continue;
    }
    const value = mode === 'override' ? source.own?.[field] : source.resolved.fields[field].value;
    if (deepEqual(value, above.fields[field].value)) after = withField(after, field, null);
    else if (value === null || value === undefined) impossible.push({ field, why: null });
    else after = withField(after, field, { [field]: value });
  }
  return { after: deepEqual(after, before ?? {}) ? before : setsNothing(after) ? null : after, impossible };
}

/** The fields of an override that give nothing that would not be inherited without them, when `wanted` is what they are to give. */
export function redundantFields(wanted: ResolvedFlag, place: Place, fields: readonly FlagField[]): FlagField[] {
  const own = ownRow(place);
  const above = resolveAbove(place);
  return fields.filter(
    (field) => ownValue(own, field) !== null && deepEqual(above.fields[field].value, wanted.fields[field].value),
  );
}

export function ownRow({ chain, rows }: Place): OverrideContent | null {
  return contentOf(rows?.get((chain[0] as Environment).id));
}

/** What the environment would have without an override of its own. */
export function resolveAbove({ chain, rows, flag }: Place): ResolvedFlag {
  return chain.length > 1 ? resolveAlong(chain.slice(1), rows, flag) : resolveAlong(chain, undefined, flag);
}

/** The part of the target's own override that is about rules; null: it inherits them. */
function promotedRules(
  source: PromotedFlag,
  own: OverrideContent,
  above: ResolvedFlag,
  now: ResolvedFlag,
  mode: PromotionMode,
): OverrideContent | null {
  const layer = source.own?.rules ? { rules: source.own.rules, rulesMode: source.own.rulesMode ?? 'replace' } : null;
  const [inherited, current] = [above.fields.rules.value, now.fields.rules.value];
  const wanted =
    mode === 'resolved' || layer === null
      ? source.resolved.fields.rules.value
      : layer.rulesMode === 'replace'
        ? layer.rules
        : combine(current, layer.rules, layer.rulesMode);
  if (deepEqual(wanted, inherited)) return null;
  if (deepEqual(wanted, current)) return own;
  const candidates = layer ? [layer, ...merged(own, layer)] : [];
  const added = candidates.find(({ rules, rulesMode }) => deepEqual(combine(inherited, rules, rulesMode), wanted));
  return added ?? { rules: wanted, rulesMode: 'replace' };
}

/** The layer put into the rules that the target has itself. */
function merged(own: OverrideContent, layer: { rules: Rule[]; rulesMode: RulesMode }): { rules: Rule[]; rulesMode: RulesMode }[] {
  if (own.rules === undefined) return [];
  return [{ rules: combine(own.rules, layer.rules, layer.rulesMode), rulesMode: own.rulesMode ?? 'replace' }];
}

/** Rules that are there already (by id) are replaced where they stand. */
function combine(there: readonly Rule[], added: readonly Rule[], mode: RulesMode): Rule[] {
  if (mode === 'replace') return [...added];
  const byId = new Map(added.map((rule) => [rule.id, rule]));
  const known = new Set(there.map(({ id }) => id));
  const kept = there.map((rule) => byId.get(rule.id) ?? rule);
  const fresh = added.filter(({ id }) => !known.has(id));
  return mode === 'prepend' ? [...fresh, ...kept] : [...kept, ...fresh];
}
