import { type Flag, rowOf } from '@flagtree/engine';
import type { PlannedEntry } from './write-entries.js';

/**
 * The entries that insert a flag exactly as it is. The database gives `on` and `off` to a boolean flag that is inserted with no variants; one
 * that has none needs a second write.
 */
export function insertedFlag(flag: Flag): PlannedEntry[] {
  const row = rowOf(flag);
  const inserted: PlannedEntry = { table: 'flags', before: null, after: row };
  return getsDefaults(flag) ? [inserted, { table: 'flags', before: row, after: row }] : [inserted];
}

function getsDefaults({ type, variants, defaultVariant, offVariant }: Flag): boolean {
  return type === 'boolean' && variants.length === 0 && defaultVariant === null && offVariant === null;
}
