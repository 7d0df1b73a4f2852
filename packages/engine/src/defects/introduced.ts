import { environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import { defectsAcross } from './defects-across.js';
import type { EffectEntry } from '../compare/effect.js';
import { dependentsOf } from '../state/references.js';
import { introducedDefects, type ResolvedDefect } from './resolved-defects.js';
import type { Interruptible } from '../interruptible.js';
import type { State } from '../state/state.js';
import type { Flag } from '../types.js';

/** What `after` newly breaks, by an effect on overrides alone: only a flag that changed in an environment, or requires one that did, can be broken there. */
export function* slicedIntroduced(before: State, after: State, effect: readonly EffectEntry[]): Interruptible<ResolvedDefect[]> {
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
  const environments = environmentsInTreeOrder(after);
  const introduced: ResolvedDefect[] = [];
  for (const [key, slugs] of places) {
    const changed = environments.filter(({ slug }) => slugs.has(slug));
    const defectsIn = (state: State) => defectsAcross(state, flagByKey(state, key) as Flag, changed, sound);
    const found = defectsIn(after);
    if (found.length > 0) introduced.push(...introducedDefects(defectsIn(before), found));
    yield;
  }
  return introduced;
}
