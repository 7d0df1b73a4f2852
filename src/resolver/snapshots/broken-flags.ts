import type { Snapshot } from '@flagtree/engine';
import type { Readiness } from '../../platform/health/readiness-registry.js';
import type { Snapshots } from './all-snapshots.js';

/** How many flags serve their last good version, or PARSE_ERROR, and in how many environments. */
export interface BrokenFlags {
  flags: number;
  environments: number;
}

/** Most snapshots share their flags with the last ones: each map of flags is looked through once. */
const known = new WeakMap<Snapshot['flags'], readonly string[]>();

export function brokenFlags(snapshots: Snapshots): BrokenFlags {
  const keys = new Set<string>();
  let environments = 0;
  for (const snapshot of snapshots.values()) {
    const broken = snapshot instanceof Error ? [] : brokenIn(snapshot.flags);
    if (broken.length > 0) environments++;
    for (const key of broken) keys.add(key);
  }
  return { flags: keys.size, environments };
}

function brokenIn(flags: Snapshot['flags']): readonly string[] {
  let broken = known.get(flags);
  if (!broken) {
    broken = [...flags.values()].filter(({ defect }) => defect !== null).map(({ key }) => key);
    known.set(flags, broken);
  }
  return broken;
}

/** Anybody may read this: it counts, and names nothing. */
export function readinessOf({ flags, environments }: BrokenFlags): Readiness {
  if (flags === 0) return { status: 'up' };
  const where = `${String(environments)} ${environments === 1 ? 'environment' : 'environments'}`;
  return {
    status: 'degraded',
    detail: `${String(flags)} ${flags === 1 ? 'flag' : 'flags'} in ${where} cannot be compiled: the last good version is served, or PARSE_ERROR where there is none. The log names them.`,
  };
}
