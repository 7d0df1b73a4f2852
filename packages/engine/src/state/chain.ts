import { UUID } from './names.js';
import { IndexBy } from './patched-map.js';
import type { State } from './state.js';
import type { Environment, Flag } from '../types.js';
import { perObject } from '../per-object.js';

/** The environment tree has a cycle, which no write can make: a restored dump or a disabled constraint can. */
export class CircularEnvironmentInheritanceError extends Error {
  override readonly name = 'CircularEnvironmentInheritanceError';

  constructor(
    readonly environmentSlug: string,
    /** The slugs in the order in which they were visited; the next parent would be one of them. */
    readonly visitedChain: readonly string[],
  ) {
    super(
      `Environment "${environmentSlug}" inherits from itself: ${[...visitedChain].join(' → ')} → …; give one of them another parent`,
    );
  }
}

/** The environment, its parent, …, its root. */
export function chainOf(state: State, environment: Environment): Environment[] {
  const chain = [environment];
  const visited = new Set([environment.id]);
  for (let parent = parentOf(state, environment); parent; parent = parentOf(state, parent)) {
    if (visited.has(parent.id)) {
      throw new CircularEnvironmentInheritanceError(
        environment.slug,
        chain.map((link) => link.slug),
      );
    }
    visited.add(parent.id);
    chain.push(parent);
  }
  return chain;
}

/** Sorted by slug. */
export function childrenOf(state: State, environment: Environment): Environment[] {
  return [...(treeOf(state.environments).children.get(environment.id) ?? [])];
}

/** Every environment below this one, itself excluded, in pre-order: each before its children, siblings by slug. Ends on cycles, too. */
export function descendantsOf(state: State, environment: Environment): Environment[] {
  const { children } = treeOf(state.environments);
  const visited = new Set([environment.id]);
  const found: Environment[] = [];
  const waiting = [...(children.get(environment.id) ?? [])].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (visited.has(next.id)) continue;
    visited.add(next.id);
    found.push(next);
    for (const child of [...(children.get(next.id) ?? [])].reverse()) waiting.push(child);
  }
  return found;
}

/** All environments that have a root, in pre-order; those on or under a cycle have none. */
export function environmentsInTreeOrder(state: State): Environment[] {
  return treeOf(state.environments).roots.flatMap((root) => [root, ...descendantsOf(state, root)]);
}

export function environmentBySlug(state: State, slug: string): Environment | undefined {
  return treeOf(state.environments).bySlug.get(slug);
}

/** The environment of this slug, else of this alias, else of this id: what people and programs call it. */
export function environmentNamed(state: State, name: string): Environment | undefined {
  const { environments, namedSince } = state;
  const named = treeOf(environments).byName.get(name) ?? (UUID.test(name) ? byId(environments, name) : undefined);
  if (named !== undefined || namedSince === undefined) return named;
  return environments.get(treeOf(namedSince).byName.get(name)?.id ?? '');
}

/** The slug of the environment of this name; the name itself where there is none, or none any more. */
export function slugNamed(state: State, name: string): string {
  return environmentNamed(state, name)?.slug ?? name;
}

/** Ids are compared as the database does, whatever the case of their digits. */
function byId(environments: State['environments'], id: string): Environment | undefined {
  return environments.get(id) ?? environments.get(id.toLowerCase());
}

const flagsByKey = new IndexBy<Flag>(
  ({ id }) => id,
  ({ key }) => [key],
);

/** Archived flags are found, too. */
export function flagByKey(state: State, key: string): Flag | undefined {
  return flagsByKey.last(state.flags, key);
}

interface Tree {
  bySlug: ReadonlyMap<string, Environment>;
  /** By slug and by alias; where a damaged database has one name twice, the slug counts. */
  byName: ReadonlyMap<string, Environment>;
  /** By the parent's id, sorted by slug. */
  children: ReadonlyMap<string, readonly Environment[]>;
  roots: readonly Environment[];
}

const treeOf = perObject((environments: State['environments']): Tree => {
  const sorted = [...environments.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const children = new Map<string, Environment[]>();
  const roots: Environment[] = [];
  for (const environment of sorted) {
    const parent = environment.parentId === null ? undefined : environments.get(environment.parentId);
    if (!parent) {
      roots.push(environment);
      continue;
    }
    const siblings = children.get(parent.id);
    if (siblings) siblings.push(environment);
    else children.set(parent.id, [environment]);
  }
  const bySlug = new Map(sorted.map((environment) => [environment.slug, environment]));
  const aliases = sorted.flatMap((environment) => environment.aliases.map((alias) => [alias, environment] as const));
  return { bySlug, byName: new Map([...aliases, ...bySlug]), children, roots };
});

/** A parent that is not there (a row removed past its foreign key) ends the chain, as a root does. */
function parentOf(state: State, environment: Environment): Environment | undefined {
  return environment.parentId === null ? undefined : state.environments.get(environment.parentId);
}
