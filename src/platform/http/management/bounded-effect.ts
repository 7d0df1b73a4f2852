import type { EffectEntry } from '@flagtree/engine';
import { beginningOf } from './beginning.js';

/** How to see what an answer leaves out, for people; in no answer that shows all. */
export interface More {
  more?: string;
}

/** An effect as an answer shows it. */
export interface BoundedEffect extends More {
  effect: EffectEntry[];
  effectCount: number;
  /** Of an effect that is not shown whole: how many of all its values are in each environment, and of each field. */
  effectBy?: { environments: Record<string, number>; fields: Record<string, number> };
}

/**
 * The first values of an effect, and how many there are. `made`: the revision that has this effect; null: it is only foreseen. `count` where
 * the effect itself is only the beginning of one.
 */
export function boundedEffect(effect: readonly EffectEntry[], made: number | null, count = effect.length): BoundedEffect {
  const shown = beginningOf(effect);
  const bounded = { effect: shown, effectCount: count, ...moreOf(count > shown.length, made) };
  if (effect.length === shown.length) return bounded;
  const [environments, fields] = [new Map<string, number>(), new Map<string, number>()];
  for (const { environment, field } of effect) {
    environments.set(environment, (environments.get(environment) ?? 0) + 1);
    fields.set(field, (fields.get(field) ?? 0) + 1);
  }
  return { ...bounded, effectBy: { environments: Object.fromEntries(environments), fields: Object.fromEntries(fields) } };
}

/** For lists that belong to an effect, too. */
export function moreOf(isBounded: boolean, made: number | null): More {
  if (made !== null)
    return moreIf(
      isBounded,
      `GET /api/admin/compare?from=<environment>&at=${String(made - 1)}&toAt=${String(made)} shows what changed in one environment, with &key=<pattern> for some of the flags.`,
    );
  return moreIf(isBounded, 'Ask again about fewer flags, or fewer environments: dry runs change nothing.');
}

/** The sentence, where something is left out. */
export function moreIf(isBounded: boolean, how: string): More {
  return isBounded ? { more: how } : {};
}
