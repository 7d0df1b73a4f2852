import { differingKeys } from './patched-map.js';
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
