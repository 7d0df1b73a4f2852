import { flagByKey } from './chain.js';
import { prerequisiteKeys } from './references.js';
import type { State } from './state.js';

export const MAX_PREREQUISITE_DEPTH = 64;

/**
 * Of flags and the keys that each requires: the keys of those whose prerequisites run into a cycle, or on for more than
 * `MAX_PREREQUISITE_DEPTH` hops. No write can make them; where hand-written rows did, these prerequisites count as not satisfied.
 */
export function endlessPrerequisites(required: ReadonlyMap<string, readonly string[]>): Set<string> {
  const endless = new Set<string>();
  const depths = depthsFromTheLeaves(required);
  for (const key of required.keys()) if ((depths.get(key) ?? Infinity) > MAX_PREREQUISITE_DEPTH) endless.add(key);
  return endless;
}

/** Of the same: how a flag's prerequisites lead into a cycle, as keys of which the last is one of those before it; undefined: they do not. */
export function wayIntoCycle(required: ReadonlyMap<string, readonly string[]>, key: string): string[] | undefined {
  const depths = depthsFromTheLeaves(required);
  if (depths.has(key)) return undefined;
  const way = [key];
  for (let at: string | undefined = key; at !== undefined;) {
    at = required.get(at)?.find((other) => required.has(other) && !depths.has(other));
    if (at === undefined) return undefined;
    const again = way.includes(at);
    way.push(at);
    if (again) return way;
  }
  return undefined;
}

/** A flag gets its depth once all that it requires have theirs: those on, or leading into, a cycle never do. */
function depthsFromTheLeaves(required: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const depths = new Map<string, number>();
  const open = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  const ready: string[] = [];
  for (const [key, keys] of required) {
    const inner = keys.filter((other) => required.has(other));
    open.set(key, inner.length);
    if (inner.length === 0) ready.push(key);
    for (const other of inner) {
      const known = dependents.get(other);
      if (known) known.push(key);
      else dependents.set(other, [key]);
    }
  }
  for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
    let depth = 0;
    for (const other of required.get(key) ?? []) depth = Math.max(depth, 1 + (depths.get(other) ?? 0));
    depths.set(key, depth);
    for (const dependent of dependents.get(key) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return depths;
}

/** The keys of all flags that these require, directly or not, themselves and archived ones left out. */
export function prerequisitesOf(state: State, keys: readonly string[]): string[] {
  const found = new Set(keys);
  const waiting = [...keys];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const flag = flagByKey(state, key);
    for (const required of flag ? prerequisiteKeys(flag) : []) {
      if (found.has(required) || flagByKey(state, required)?.archivedAt !== null) continue;
      found.add(required);
      waiting.push(required);
    }
  }
  for (const key of keys) found.delete(key);
  return [...found];
}
