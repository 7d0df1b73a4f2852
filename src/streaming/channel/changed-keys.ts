import { keysThatMayDiffer, type Snapshot } from '@flagtree/engine';

/** The flags that are not in both snapshots, or differ in what can be seen of them, sorted. */
export function changedKeys(before: Snapshot, after: Snapshot): string[] {
  if (before.flags === after.flags) return [];
  const candidates = keysThatMayDiffer(before, after) ?? new Set([...before.flags.keys(), ...after.flags.keys()]);
  return [...candidates].filter((key) => before.flags.get(key)?.digest !== after.flags.get(key)?.digest).sort();
}
