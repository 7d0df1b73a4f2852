import type { EffectEntry } from '../compare/effect.js';
import type { Interruptible } from '../interruptible.js';
import { resolveFlag } from '../resolve/resolve.js';
import { environmentBySlug, flagByKey } from '../state/chain.js';
import type { State } from '../state/state.js';
import { priceOfRules } from './rules-price.js';

/** What evaluating a flag takes at most, in points: for the largest context. Null: there is no such flag. */
export interface FlagCost {
  environment: string;
  flag: string;
  before: number | null;
  after: number;
}

const SHOWN = 20;

/** Where a change makes flags cost another amount: the dearest afterwards. Both states are sound as far as the effect goes. */
export function* slicedCosts(before: State, after: State, effect: readonly EffectEntry[]): Interruptible<FlagCost[]> {
  let costs: FlagCost[] = [];
  for (const { environment, flag, field } of effect) {
    if (field !== 'rules' && field !== 'exists' && !field.startsWith('segment:')) continue;
    const [was, is] = [costOf(before, environment, flag), costOf(after, environment, flag)];
    if (is === null || is === was || is === 0) continue;
    if (costs.some((known) => known.environment === environment && known.flag === flag)) continue;
    costs.push({ environment, flag, before: was, after: is });
    if (costs.length === 2 * SHOWN) costs = dearest(costs);
    yield;
  }
  return dearest(costs);
}

function dearest(costs: readonly FlagCost[]): FlagCost[] {
  return costs.toSorted((a, b) => b.after - a.after).slice(0, SHOWN);
}

function costOf(state: State, slug: string, key: string): number | null {
  const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
  if (!environment || flag?.archivedAt !== null) return null;
  return Math.ceil(priceOfRules(resolveFlag(state, environment, flag).fields.rules.value, state.segments).worst);
}
