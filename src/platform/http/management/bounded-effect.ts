import type { EffectEntry } from '@flagtree/engine';

/** Of a very long list an answer shows this much. */
export const SHOWN = 1_000;

/** An effect as an answer shows it. */
export interface BoundedEffect {
  effect: EffectEntry[];
  effectCount: number;
  /** Of an effect that is not shown whole: how many of all its values are in each environment, and of each field. */
  effectBy?: { environments: Record<string, number>; fields: Record<string, number> };
}

/** The first values of an effect, and how many there are. `count` where the effect itself is only the beginning of one. */
export function boundedEffect(effect: readonly EffectEntry[], count = effect.length): BoundedEffect {
  const bounded = { effect: effect.slice(0, SHOWN), effectCount: count };
  if (effect.length <= SHOWN) return bounded;
  const [environments, fields] = [new Map<string, number>(), new Map<string, number>()];
  for (const { environment, field } of effect) {
    environments.set(environment, (environments.get(environment) ?? 0) + 1);
    fields.set(field, (fields.get(field) ?? 0) + 1);
  }
  return { ...bounded, effectBy: { environments: Object.fromEntries(environments), fields: Object.fromEntries(fields) } };
}
