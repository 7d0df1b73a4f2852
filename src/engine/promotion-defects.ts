import { environmentBySlug, flagByKey } from './chain.js';
import type { EffectEntry } from './effect.js';
import { dependentsOf } from './references.js';
import { introducedDefects, resolvedDefects, type ResolvedDefect } from './resolved-defects.js';
import { inheritanceChain, resolveAlong, type ResolveOptions } from './resolve.js';
import type { State } from './state.js';
import type { Environment } from './types.js';

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
  const sound = new Set<object>();
  return [...places].flatMap(([slug, flags]) => {
    const [was, is] = [new Place(before, slug, options, sound), new Place(after, slug, options, sound)];
    const touched = new Set(flags);
    for (const key of flags) for (const dependent of dependentsOf(after, key)) touched.add(dependent.key);
    return [...touched].flatMap((key) => {
      const defects = is.defectsOf(key);
      return defects.length === 0 ? [] : introducedDefects(was.defectsOf(key), defects);
    });
  });
}

/** An environment of one state, whose chain is looked up once for all flags. */
class Place {
  private readonly chain: readonly Environment[];

  constructor(
    private readonly state: State,
    slug: string,
    private readonly options: ResolveOptions,
    private readonly sound: Set<object>,
  ) {
    const environment = environmentBySlug(state, slug);
    this.chain = environment ? inheritanceChain(state, environment, options) : [];
  }

  defectsOf(key: string): ResolvedDefect[] {
    const flag = flagByKey(this.state, key);
    if (!flag || this.chain.length === 0) return [];
    return resolvedDefects(
      this.state,
      resolveAlong(this.chain, this.state.overrides.get(flag.id), flag),
      this.options,
      this.sound,
    );
  }
}
