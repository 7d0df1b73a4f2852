import { environmentBySlug, flagByKey } from './chain.js';
import type { EffectEntry } from './effect.js';
import { dependentsOf } from './references.js';
import { introducedDefects, resolvedDefects, type ResolvedDefect } from './resolved-defects.js';
import { resolveFlag, type ResolveOptions } from './resolve.js';
import type { State } from './state.js';

/** What `after` newly breaks, by an effect on overrides alone: only a flag that changed in an environment, or requires one that did, can be broken there. */
export function introducedIn(
  before: State,
  after: State,
  effect: readonly EffectEntry[],
  options: ResolveOptions,
): ResolvedDefect[] {
  const places = new Map<string, Set<string>>();
  for (const { environment, flag } of effect) {
    const flags = places.get(environment) ?? new Set();
    places.set(environment, flags.add(flag));
  }
  return [...places].flatMap(([slug, flags]) => {
    const touched = [...flags].flatMap((key) => [key, ...dependentsOf(after, key).map((dependent) => dependent.key)]);
    return [...new Set(touched)].flatMap((key) =>
      introducedDefects(defectsAt(before, slug, key, options), defectsAt(after, slug, key, options)),
    );
  });
}

function defectsAt(state: State, slug: string, key: string, options: ResolveOptions): ResolvedDefect[] {
  const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
  return environment && flag ? resolvedDefects(state, resolveFlag(state, environment, flag, options), options) : [];
}
