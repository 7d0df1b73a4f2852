import { environmentBySlug, environmentsInTreeOrder, flagByKey } from './chain.js';
import { defectsAcross } from './defects-across.js';
import type { EffectEntry } from './effect.js';
import { dependentsOf } from './references.js';
import { introducedDefects, type ResolvedDefect } from './resolved-defects.js';
import type { ResolveOptions } from './resolve.js';
import type { Sliced } from './sliced.js';
import type { State } from './state.js';
import type { Flag } from './types.js';

/** What `after` newly breaks, by an effect on overrides alone: only a flag that changed in an environment, or requires one that did, can be broken there. */
export function* slicedIntroduced(
  before: State,
  after: State,
  effect: readonly EffectEntry[],
  options: ResolveOptions,
): Sliced<ResolvedDefect[]> {
  const places = new Map<string, Set<string>>();
  const add = (key: string, slug: string) => {
    const slugs = places.get(key);
    if (slugs) slugs.add(slug);
    else places.set(key, new Set([slug]));
  };
  for (const { environment, flag } of effect) add(flag, environment);
  for (const [key, slugs] of [...places])
    for (const dependent of dependentsOf(after, key)) for (const slug of slugs) add(dependent.key, slug);
  const sound = new Set<object>();
  const order = new Map(environmentsInTreeOrder(after).map(({ slug }, index) => [slug, index]));
  const introduced: ResolvedDefect[] = [];
  for (const [key, slugs] of places) {
    const inOrder = [...slugs].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const defectsIn = (state: State) => {
      const environments = inOrder.flatMap((slug) => environmentBySlug(state, slug) ?? []);
      return defectsAcross(state, flagByKey(state, key) as Flag, environments, options, sound);
    };
    const found = defectsIn(after);
    if (found.length > 0) introduced.push(...introducedDefects(defectsIn(before), found));
    yield;
  }
  return introduced;
}
