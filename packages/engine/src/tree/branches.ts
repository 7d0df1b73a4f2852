import { CircularEnvironmentInheritanceError } from '../state/chain.js';
import { inheritanceChain } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import type { Environment } from '../types.js';

/** How the environments of a state hang together. */
export interface Branches {
  /** By the id of an environment: itself and those above it. One that inherits from itself has none. */
  readonly chains: ReadonlyMap<string, readonly Environment[]>;
  /** By the slug of an environment that inherits from itself. */
  readonly cycles: ReadonlyMap<string, CircularEnvironmentInheritanceError>;
  /** The ids of those from which others inherit. */
  readonly parents: ReadonlySet<string>;
}

/** Chains that are the same as in `last` are the same objects. */
export function branchesOf(state: State, last: Branches | undefined): Branches {
  const chains = new Map<string, readonly Environment[]>();
  const cycles = new Map<string, CircularEnvironmentInheritanceError>();
  const parents = new Set<string>();
  for (const environment of state.environments.values()) {
    if (state.inheritance && environment.parentId !== null) parents.add(environment.parentId);
    try {
      const chain = inheritanceChain(state, environment);
      const known = last?.chains.get(environment.id);
      chains.set(environment.id, known && sameChain(known, chain) ? known : chain);
    } catch (error) {
      if (!(error instanceof CircularEnvironmentInheritanceError)) throw error;
      cycles.set(environment.slug, error);
    }
  }
  return { chains, cycles, parents };
}

/** The ids of the environments in which a row may come to something else than before, though the row itself is the same. */
export function movedEnvironments(before: Branches, after: Branches): string[] {
  if (before === after) return [];
  const isAsBefore = (id: string) =>
    before.chains.get(id) === after.chains.get(id) && before.parents.has(id) === after.parents.has(id);
  return [...new Set([...before.chains.keys(), ...after.chains.keys()])].filter((id) => !isAsBefore(id));
}

export function sameChain(a: readonly Environment[], b: readonly Environment[]): boolean {
  return a.length === b.length && a.every((link, depth) => link.id === b[depth]?.id && link.slug === b[depth].slug);
}
