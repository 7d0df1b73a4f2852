import { deepEqual } from '../json/equal.js';
import type { OverrideContent } from '../resolve/overrides.js';
import type { ResolvedFlag } from '../resolve/resolve.js';
import type { Rule, RulesMode } from '../types.js';

/** A flag in the environment that it is promoted from. */
export interface PromotedFlag {
  own: OverrideContent | null;
  resolved: ResolvedFlag;
}

/** The part of the target's own override that is about rules; null: it inherits them. `takesAll`: all rules of the source, not its own alone. */
export function promotedRules(
  source: PromotedFlag,
  own: OverrideContent,
  above: ResolvedFlag,
  now: ResolvedFlag,
  takesAll: boolean,
): OverrideContent | null {
  const layer = source.own?.rules ? { rules: source.own.rules, rulesMode: source.own.rulesMode ?? 'replace' } : null;
  const [inherited, current] = [above.fields.rules.value, now.fields.rules.value];
  const wanted =
    takesAll || layer === null
      ? source.resolved.fields.rules.value
      : layer.rulesMode === 'replace'
        ? layer.rules
        : combine(current, layer.rules, layer.rulesMode);
  if (deepEqual(wanted, inherited)) return null;
  if (deepEqual(wanted, current)) return own;
  const candidates = layer ? [layer, ...merged(own, layer)] : [];
  const added = candidates.find((own) => deepEqual(layeredRules(inherited, own), wanted));
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

/** What an override with these rules comes to, as the resolution has it: rules of one id can then be there twice. */
export function layeredRules(inherited: readonly Rule[], { rules = [], rulesMode = 'replace' }: OverrideContent): Rule[] {
  if (rulesMode === 'replace') return rules;
  return rulesMode === 'prepend' ? [...rules, ...inherited] : [...inherited, ...rules];
}
