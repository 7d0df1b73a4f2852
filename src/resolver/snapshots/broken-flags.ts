import { perObject, type Snapshot } from '@flagtree/engine';
import type { Readiness } from '../../platform/health/readiness-registry.js';
import type { Snapshots } from './all-snapshots.js';

/** How many flags serve their last good version, or PARSE_ERROR, and in how many environments. */
export interface BrokenFlags {
  flags: number;
  environments: number;
}

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

/** Most snapshots share their flags with the last ones: each map of flags is looked through once. */
const brokenIn = perObject((flags: Snapshot['flags']): readonly string[] =>
  [...flags.values()].filter(({ defect }) => defect !== null).map(({ key }) => key),
);

/** Anybody may read this: it counts, and names nothing. */
export function readinessOf({ flags, environments }: BrokenFlags): Readiness {
  if (flags === 0) return { status: 'up' };
  const where = `${String(environments)} ${environments === 1 ? 'environment' : 'environments'}`;
  return {
    status: 'degraded',
    detail: `${String(flags)} ${flags === 1 ? 'flag' : 'flags'} in ${where} cannot be compiled: the last good version is served, or PARSE_ERROR where there is none. The log names them.`,
  };
}
