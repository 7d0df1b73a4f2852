import { assertMayWrite } from '../access/may-write.js';
import { environmentBySlug, type EffectEntry } from '../engine/index.js';
import type { JsonObject } from '../engine/types.js';
import type { Change } from './change.js';

/**
 * A caller may make a change exactly if it may write every environment whose values the change alters, wherever it was made:
 * the base, a parent, a segment. A new flag that is off alters nothing.
 */
export function assertMayChange(change: Change, effect: readonly EffectEntry[]): void {
  const { caller, before, state } = change;
  const checked = new Set<string>();
  const check = (slug: string, why: string) => {
    if (checked.has(slug)) return;
    checked.add(slug);
    for (const side of [before, state]) {
      const environment = environmentBySlug(side, slug);
      if (environment) assertMayWrite(caller, side, environment, why);
    }
  };
  for (const { table, before: was, after } of change.entries) {
    if (table === 'environment_flags') check(slugOf(change, (after ?? was)?.['environment_id']), '');
    if (table === 'environments') check(((after ?? was) as JsonObject)['slug'] as string, '');
  }
  for (const entry of effect) {
    if (entry.field === 'exists' && entry.after === true && isOff(change, entry.flag)) continue;
    check(entry.environment, `, where this changes ${entry.field} of ${entry.flag},`);
  }
}

function slugOf({ before, state }: Change, id: unknown): string {
  return (state.environments.get(String(id)) ?? before.environments.get(String(id)))?.slug ?? '';
}

function isOff({ state }: Change, key: string): boolean {
  for (const flag of state.flags.values()) if (flag.key === key) return !flag.enabled;
  return false;
}
