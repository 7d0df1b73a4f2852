import type { CompiledTree, Snapshot } from '@flagtree/engine';
import type { Readiness } from '../../platform/health/readiness-registry.js';

/** A flag that serves its last good version, or PARSE_ERROR, in an environment. */
export interface BrokenFlag {
  environment: string;
  flag: string;
  defect: string;
}

/** How many flags do so, and in how many environments. */
export interface BrokenFlags {
  flags: number;
  environments: number;
}

/** Costs what is broken: where every flag compiles, no environment is looked at. */
export function* brokenIn(tree: CompiledTree): Generator<BrokenFlag, undefined> {
  if (tree.broken.size === 0) return undefined;
  for (const { slug } of tree.state.environments.values()) {
    const snapshot = tree.snapshot(slug);
    if (snapshot instanceof Error) continue;
    for (const flag of tree.broken.keys()) {
      const defect = defectOf(snapshot, flag);
      if (defect !== null) yield { environment: slug, flag, defect };
    }
  }
  return undefined;
}

/** Those that are broken in another way than before, or were not. */
export function* newlyBroken(before: CompiledTree, after: CompiledTree): Generator<BrokenFlag, undefined> {
  for (const broken of brokenIn(after)) {
    const known = before.snapshot(broken.environment);
    if (known instanceof Error || defectOf(known, broken.flag) !== broken.defect) yield broken;
  }
  return undefined;
}

export function countOf(broken: Iterable<BrokenFlag>): BrokenFlags {
  const flags = new Set<string>();
  const environments = new Set<string>();
  for (const { flag, environment } of broken) {
    flags.add(flag);
    environments.add(environment);
  }
  return { flags: flags.size, environments: environments.size };
}

function defectOf(snapshot: Snapshot | undefined, flag: string): string | null {
  return snapshot?.flags.get(flag)?.defect ?? null;
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
