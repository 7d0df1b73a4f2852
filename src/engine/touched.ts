import type { State } from './state.js';
import type { Flag } from './types.js';

// One pair is enough: every environment of a change asks for the same one. More would keep each state alive by the one after it.
let last: { before: State; after: State; touched: readonly Flag[] } | undefined;

/** The flags whose own row or any override is not the same object in both states, as `after` has them (or `before`, when gone since). */
export function touchedFlags(before: State, after: State): readonly Flag[] {
  if (last?.before === before && last.after === after) return last.touched;
  const touched = before.flags === after.flags && before.overrides === after.overrides ? [] : findTouched(before, after);
  last = { before, after, touched };
  return touched;
}

function findTouched(before: State, after: State): Flag[] {
  const touched: Flag[] = [];
  for (const [id, flag] of after.flags) {
    if (before.flags.get(id) !== flag || before.overrides.get(id) !== after.overrides.get(id)) touched.push(flag);
  }
  for (const [id, flag] of before.flags) if (!after.flags.has(id)) touched.push(flag);
  return touched;
}
