import { perObject } from '../per-object.js';
import { baseOf, inheritanceChain, resolveContent } from '../resolve/resolve.js';
import { environmentsInTreeOrder } from '../state/chain.js';
import type { State } from '../state/state.js';
import type { Environment, Flag } from '../types.js';
import { baseBytes, flagBytes, type KnownParts } from './flag-bytes.js';

/** The environments that override a flag; those on or under a cycle have no place. */
export function overridingEnvironments(state: State, { id }: Flag): Environment[] {
  return [...(state.overrides.get(id)?.keys() ?? [])].flatMap((environment) => placeOf(state, environment) ?? []);
}

export function placeOf(state: State, id: string): Environment | undefined {
  return rootedIn(state).get(id);
}

const rootedIn = perObject(
  (state: State): ReadonlyMap<string, Environment> =>
    new Map(environmentsInTreeOrder(state).map((environment) => [environment.id, environment])),
);

export function bytesIn(state: State, environment: Environment, flag: Flag, known: KnownParts): number {
  return bytesAlong(state, inheritanceChain(state, environment), flag, known);
}

/** As its parent has it, and without one the flag itself. */
export function bytesAbove(state: State, environment: Environment, flag: Flag, known: KnownParts): number {
  return bytesAlong(state, inheritanceChain(state, environment).slice(1), flag, known);
}

function bytesAlong(state: State, chain: readonly Environment[], flag: Flag, known: KnownParts): number {
  const rows = state.overrides.get(flag.id);
  if (!rows || !chain.some(({ id }) => rows.has(id))) return baseBytes(flag);
  return flagBytes(resolveContent(chain, rows, baseOf(flag)), known);
}
