import { environmentBySlug } from '../state/chain.js';
import type { PromotionOrder } from '../promote/promotion-plan.js';
import { resolveFlag } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import { type Environment, FLAG_FIELDS, type Flag } from '../types.js';

/** Promotes all that the source overrides of flag `f`, and nothing beside it, unless told otherwise. */
export function promotionOrder(fields: Partial<PromotionOrder> & Pick<PromotionOrder, 'from' | 'to'>): PromotionOrder {
  return {
    flags: ['f'],
    fields: FLAG_FIELDS,
    mode: 'override',
    with: {},
    prune: false,
    keep: [],
    dependencies: 'block',
    reason: null,
    ...fields,
  };
}

/** What an environment resolves a flag to, told by its id. */
export function valuesIn(at: State, slug: string, id = 'f') {
  const { fields } = resolveFlag(at, environmentBySlug(at, slug) as Environment, at.flags.get(id) as Flag);
  return Object.fromEntries(FLAG_FIELDS.map((field) => [field, fields[field].value]));
}
