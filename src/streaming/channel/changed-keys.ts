import type { Snapshot } from '@flagtree/engine';

/** The flags that are not in both snapshots, or differ in what can be seen of them, sorted. */
export function changedKeys(before: Snapshot, after: Snapshot): string[] {
  if (before.flags === after.flags) return [];
  const keys: string[] = [];
  for (const [key, flag] of after.flags) {
    const old = before.flags.get(key);
    if (old !== flag && old?.digest !== flag.digest) keys.push(key);
  }
  for (const key of before.flags.keys()) if (!after.flags.has(key)) keys.push(key);
  return keys.sort();
}
