import { newId } from '../../audit/change/new-id.js';
import {
  childrenOf,
  deepEqual,
  type Environment,
  environmentBySlug,
  environmentNamed,
  sameInstant,
  type State,
} from '@flagtree/engine';
import type { EnvironmentItem, StatesDocument } from '@flagtree/engine/states';
import type { Plan } from './plan.js';
import type { ImportOptions } from './import-options.js';

const DEEPEST = 10;

/** The environments as the document has them. The tree that comes of it must hold together: no cycle, no lost parent, not too deep. */
export function planEnvironments(
  plan: Plan,
  state: State,
  { environments: items = [], selection }: StatesDocument,
  options: ImportOptions,
): void {
  const count = plan.count('environments');
  const removed = options.mode === 'replace' && selection?.environments === undefined ? environmentsBeside(state, items) : [];
  const ids = new Map(
    [...state.environments.values()].filter((environment) => !removed.includes(environment)).map(({ slug, id }) => [slug, id]),
  );
  for (const { slug } of items) if (!ids.has(slug)) ids.set(slug, newId());
  const idNamed = (name: string) => ids.get(name) ?? idByOtherName(state, items, ids, name);
  const wanted = new Map<string, Environment>();
  for (const [index, item] of items.entries()) {
    const at = `/environments/${String(index)}`;
    const existing = environmentBySlug(state, item.slug);
    const parentId = item.parent === null ? null : idNamed(item.parent);
    if (parentId === undefined) {
      plan.refuse(
        `${at}/parent`,
        'environment-not-found',
        `There is no environment "${String(item.parent)}", neither here nor in the document.`,
      );
      continue;
    }
    if (existing && existing.parentId !== parentId && !options.force && isInUse(state, existing)) {
      plan.refuse(
        `${at}/parent`,
        'environment-in-use',
        `"${item.slug}" hangs elsewhere here and has children or overrides: look at a dry run, then import with ?force=true.`,
      );
    }
    const environment = environmentOf(item, existing, ids.get(item.slug) as string, parentId);
    wanted.set(environment.id, environment);
    plan.put(count, 'environments', existing, environment);
  }
  refuseBadTree(plan, state, items, wanted);
  refuseSharedNames(plan, state, items, wanted, removed);
  if (removed.length > 0 && !options.force) {
    const slugs = removed.map(({ slug }) => slug).sort().join(', '); // prettier-ignore
    plan.refuse(
      '/environments',
      'environment-missing',
      `The document does not have ${slugs}, which would be deleted with their overrides: look at a dry run, then import with ?force=true.`,
    );
  }
  for (const environment of removed) plan.remove(count, 'environments', environment);
  for (const { id } of removed) for (const rows of state.overrides.values()) removeOverride(plan, rows.get(id));
}

function removeOverride(plan: Plan, row: Parameters<Plan['remove']>[2] | undefined): void {
  if (row) plan.remove(plan.count('overrides'), 'environment_flags', row);
}

function environmentsBeside(state: State, items: readonly EnvironmentItem[]): Environment[] {
  const named = new Set(items.map(({ slug }) => slug));
  return [...state.environments.values()].filter(({ slug }) => !named.has(slug));
}

function environmentOf(
  { parent: _parent, ...item }: EnvironmentItem,
  existing: Environment | undefined,
  id: string,
  parentId: string | null,
): Environment {
  if (!existing) return { id, createdAt: '', updatedAt: '', version: 1, aliases: [], url: null, ...item, parentId };
  const { aliases = existing.aliases } = item;
  return {
    ...existing,
    ...item,
    parentId,
    // In another order they are the same names.
    aliases: deepEqual([...aliases].sort(), [...existing.aliases].sort()) ? existing.aliases : aliases,
    expiresAt: sameInstant(existing.expiresAt, item.expiresAt) ? existing.expiresAt : item.expiresAt,
  };
}

function isInUse(state: State, environment: Environment): boolean {
  return childrenOf(state, environment).length > 0 || [...state.overrides.values()].some((rows) => rows.has(environment.id));
}

/** By an alias that the document gives, else by one that is stored or an id, of an environment that stays. */
function idByOtherName(
  state: State,
  items: readonly EnvironmentItem[],
  ids: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const slug = items.find(({ aliases }) => aliases?.includes(name))?.slug ?? environmentNamed(state, name)?.slug;
  return slug === undefined ? undefined : ids.get(slug);
}

/** Each name is of one environment, judged by what comes of the document: an alias can move within it. */
function refuseSharedNames(
  plan: Plan,
  state: State,
  items: readonly EnvironmentItem[],
  wanted: ReadonlyMap<string, Environment>,
  removed: readonly Environment[],
): void {
  const gone = new Set(removed.map(({ id }) => id));
  const result = [...new Map([...state.environments, ...wanted]).values()].filter(({ id }) => !gone.has(id));
  const holders = new Map<string, string[]>();
  for (const { slug, aliases } of result)
    for (const name of [slug, ...aliases]) holders.set(name, [...(holders.get(name) ?? []), slug]);
  for (const [index, { slug, aliases = [] }] of items.entries()) {
    for (const [place, name] of [slug, ...aliases].entries()) {
      const [first, second] = holders.get(name) ?? [];
      if (second === undefined) continue;
      const pointer = `/environments/${String(index)}/${place === 0 ? 'slug' : `aliases/${String(place - 1)}`}`;
      const other = first === slug ? second : first;
      const whose = other === slug ? 'is its own slug too' : `is a name of "${String(other)}" too`;
      plan.refuse(pointer, 'name-taken', `"${name}" ${whose}: each name is of one environment.`);
    }
  }
}

function refuseBadTree(
  plan: Plan,
  state: State,
  items: readonly EnvironmentItem[],
  wanted: ReadonlyMap<string, Environment>,
): void {
  const at = (id: string) => wanted.get(id) ?? state.environments.get(id);
  for (const [index, { slug }] of items.entries()) {
    const start = [...wanted.values()].find((environment) => environment.slug === slug);
    const chain: string[] = [];
    for (let link = start; link; link = link.parentId === null ? undefined : at(link.parentId)) {
      const isClosed = chain.includes(link.slug);
      chain.push(link.slug);
      if (isClosed || chain.length > DEEPEST) break;
    }
    const pointer = `/environments/${String(index)}/parent`;
    if (new Set(chain).size < chain.length)
      plan.refuse(pointer, 'environment-cycle', `"${slug}" would inherit from itself: ${chain.join(' → ')}.`);
    else if (chain.length > DEEPEST)
      plan.refuse(pointer, 'environment-too-deep', `"${slug}" would be more than ${String(DEEPEST)} deep.`);
  }
}
