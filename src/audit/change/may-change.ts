import type { Caller } from '../../access/caller.js';
import { assertMayWrite } from '../../access/may-write.js';
import { type EffectEntry, type Entry, environmentBySlug, flagByKey, type JsonObject, type State } from '@flagtree/engine';

/** What a change has done, or would do. */
export interface MadeChange {
  caller: Caller;
  before: State;
  state: State;
  entries: readonly Entry[];
}

/**
 * A caller may make a change exactly if it may write every environment whose values the change alters, wherever it was made:
 * the base, a parent, a segment. A new flag that is off alters nothing.
 */
export function assertMayChange(change: MadeChange, effect: readonly EffectEntry[]): void {
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
    check(entry.environment, `, where this ${deedOf(entry)},`);
  }
}

function deedOf({ field, flag, after }: EffectEntry): string {
  if (field === 'exists') return after === true ? `brings ${flag}` : `takes ${flag} away`;
  return `changes ${field} of ${flag}`;
}

function slugOf({ before, state }: MadeChange, id: unknown): string {
  return (state.environments.get(String(id)) ?? before.environments.get(String(id)))?.slug ?? '';
}

/** Whether no environment can give anything but the off variant: neither the base nor an override (of a restored flag) turns it on. */
function isOff({ state }: MadeChange, key: string): boolean {
  const flag = flagByKey(state, key);
  if (!flag) return false;
  return !flag.enabled && [...(state.overrides.get(flag.id)?.values() ?? [])].every(({ enabled }) => enabled !== true);
}
