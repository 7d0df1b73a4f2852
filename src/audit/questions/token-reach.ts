import { chainOf, CircularEnvironmentInheritanceError, type Environment, type State } from '@flagtree/engine';
import type { Caller } from '../../access/identity/caller.js';

/** An environment that a token is for, and was not, or the other way round. */
export interface TokenReach {
  /** The public id. */
  token: string;
  name: string;
  environment: string;
  before: boolean;
  after: boolean;
}

/**
 * Which of these tokens lose an environment by a change, or get one: by its deletion, or since another one is above it. A new environment below
 * one of theirs is what `includeDescendants` says, and is not told.
 */
export function reachChanged(callers: readonly Caller[], before: State, state: State): TokenReach[] {
  if (before.environments === state.environments) return [];
  const moved = [...before.environments.values()].filter((environment) => hasMoved(before, state, environment));
  if (moved.length === 0) return [];
  return callers
    .filter(({ unlimited }) => !unlimited)
    .flatMap((caller) =>
      moved.flatMap((was): TokenReach[] => {
        const is = state.environments.get(was.id);
        const sides = { before: caller.maySee(before, was), after: is !== undefined && caller.maySee(state, is) };
        const { publicId, name } = caller.token;
        return sides.before === sides.after ? [] : [{ token: publicId, name, environment: was.slug, ...sides }];
      }),
    );
}

/** Who may see tokens is told which ones lose or get an environment, the first 100; others, how many. */
export function toldReach(caller: Caller, tokens: readonly TokenReach[]): { tokens?: TokenReach[]; tokenCount?: number } {
  const tokenCount = new Set(tokens.map(({ token }) => token)).size;
  return caller.managesTokens ? { tokens: tokens.slice(0, MAX_TOLD), tokenCount } : { tokenCount };
}

const MAX_TOLD = 100;

function hasMoved(before: State, state: State, was: Environment): boolean {
  const is = state.environments.get(was.id);
  return !is || idsAbove(before, was) !== idsAbove(state, is);
}

function idsAbove(state: State, environment: Environment): string {
  try {
    return chainOf(state, environment)
      .map(({ id }) => id)
      .join();
  } catch (error) {
    if (error instanceof CircularEnvironmentInheritanceError) return '';
    throw error;
  }
}
