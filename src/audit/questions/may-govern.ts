import { type Environment, environmentNamed, type Guard, GUARDS, resolveGuard, type State } from '@flagtree/engine';
import { Forbidden } from '../../platform/http/problems/problem.js';
import type { MadeChange } from './made-change.js';
import { type Guards, NO_PAST, type FormerEnvironments } from './past-environments.queries.js';

/**
 * Only an admin makes roots, changes what a guard of an environment resolves to, deletes or deactivates a guarded environment, and gives its
 * names to another one: whoever may do these may let anybody write anything.
 * @throws {Forbidden}
 */
export function assertMayGovern({ caller, before, state, past = NO_PAST }: MadeChange): void {
  if (before.environments === state.environments || caller.has('admin')) return;
  const refuse = (what: string) => {
    const role = caller.role ?? 'nobody';
    throw new Forbidden('role-too-low', `${what} needs the role admin; the token "${caller.token.name}" is a ${role}.`);
  };
  for (const environment of state.environments.values()) {
    const { id, slug, parentId, isActive } = environment;
    const was = before.environments.get(id);
    if (parentId === null && was?.parentId !== null) refuse(`A new root ("${slug}")`);
    const guard = changedGuard(was ? guardsOf(before, was) : past.guards.get(id), guardsOf(state, environment));
    if (guard) refuse(`Changing what "${guard}" comes to for "${slug}"`);
    if (was?.isActive === true && !isActive && isGuarded(before, was)) refuse(`Deactivating "${slug}", which is guarded,`);
    for (const name of newNames(was, environment)) {
      const bearer = bearerOf(before, past, name, id);
      if (bearer?.guarded) refuse(`Giving "${slug}" the name "${name}", which ${bearer.says},`);
    }
  }
  for (const environment of before.environments.values()) {
    if (!state.environments.has(environment.id) && isGuarded(before, environment))
      refuse(`Deleting "${environment.slug}", which is guarded,`);
  }
}

/** The ids of the environments, there before and after, of which a guard comes to something else. */
export function guardsChanged(before: State, state: State): string[] {
  if (before.environments === state.environments) return [];
  return [...state.environments.values()].flatMap((environment) => {
    const was = before.environments.get(environment.id);
    return was && changedGuard(guardsOf(before, was), guardsOf(state, environment)) ? [environment.id] : [];
  });
}

/** Names that appear with a change, and the environments that do: what the log has to be asked about. */
export function appearing(before: State, state: State): { names: string[]; ids: string[] } {
  if (before.environments === state.environments) return { names: [], ids: [] };
  const all = [...state.environments.values()];
  return {
    names: all.flatMap((environment) =>
      newNames(before.environments.get(environment.id), environment).filter((name) => !environmentNamed(before, name)),
    ),
    ids: all.flatMap(({ id }) => (before.environments.has(id) ? [] : [id])),
  };
}

function newNames(was: Environment | undefined, { slug, aliases }: Environment): string[] {
  return [slug, ...aliases].filter((name) => name !== was?.slug && was?.aliases.includes(name) !== true);
}

/** Who has a name, or had it last, unless that is the environment itself. */
function bearerOf(before: State, past: FormerEnvironments, name: string, id: string): { guarded: boolean; says: string } | null {
  const holder = environmentNamed(before, name);
  if (holder) return holder.id === id ? null : { guarded: isGuarded(before, holder), says: `is one of "${holder.slug}"` };
  const last = past.bearers.get(name);
  if (!last || last.id === id) return null;
  return { guarded: GUARDS.some((guard) => last.guards[guard]), says: `"${last.slug}" had last, which was guarded` };
}

function guardsOf(state: State, environment: Environment): Guards {
  const holds = (guard: Guard) => resolveGuard(state, environment, guard).holds;
  return { protected: holds('protected'), require_approval: holds('require_approval') };
}

function isGuarded(state: State, environment: Environment): boolean {
  return GUARDS.some((guard) => resolveGuard(state, environment, guard).holds);
}

/** Undefined: there was no such environment, and its maker says of it what it likes. */
function changedGuard(was: Guards | undefined, is: Guards): Guard | undefined {
  return was && GUARDS.find((guard) => was[guard] !== is[guard]);
}
