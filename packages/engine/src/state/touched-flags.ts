import type { State } from './state.js';
import type { Flag } from '../types.js';

// One pair is enough: every environment of a change asks for the same one. More would keep each state alive by the one after it.
let last: { before: State; after: State; touched: readonly Flag[] } | undefined;

/** The flags whose own row or any override is not the same object in both states, as `after` has them (or `before`, when gone since). */
export function touchedFlags(before: State, after: State): readonly Flag[] {
  if (last?.before === before && last.after === after) return last.touched;
  const touched = findTouched(before, after);
  last = { before, after, touched };
  return touched;
}

function findTouched(before: State, after: State): Flag[] {
  const ids = new Set([...differingKeys(before.flags, after.flags), ...differingKeys(before.overrides, after.overrides)]);
  const touched: Flag[] = [];
  for (const id of ids) {
    const flag = after.flags.get(id) ?? before.flags.get(id);
    if (flag) touched.push(flag);
  }
  return touched;
}

/** The keys under which the maps do not hold the same object. One is mostly a copy of the other, in the same order: then no key is looked up. */
function differingKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): string[] {
  if (before === after) return [];
  const differing: string[] = [];
  const others = before.entries();
  for (const [key, value] of after) {
    const other = others.next().value;
    if (other?.[1] === value) continue;
    if (other?.[0] !== key) return differingKeysInAnyOrder(before, after);
    differing.push(key);
  }
  for (const [key] of others) differing.push(key);
  return differing;
}

function differingKeysInAnyOrder<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): string[] {
  const differing: string[] = [];
  for (const [key, value] of after) if (before.get(key) !== value) differing.push(key);
  for (const key of before.keys()) if (!after.has(key)) differing.push(key);
  return differing;
}
