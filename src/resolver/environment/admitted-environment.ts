import type { Caller } from '../../access/caller.js';
import { CircularEnvironmentInheritanceError, type Environment, environmentBySlug, type State } from '@flagtree/engine';
import { Conflict, Forbidden, NotFound } from '../../platform/http/problems/problem.js';

/**
 * The environment `slug`, when the caller may see it, it exists and it is active. `namedBy` tells people where the name came from.
 * Whether the caller may see it is asked first: a token with a scope learns nothing of the names outside it.
 * @throws {Forbidden | NotFound | Conflict}
 */
export function admittedEnvironment(state: State, slug: string, caller: Caller, namedBy: string): Environment {
  const environment = environmentBySlug(state, slug);
  if (!isInScope(state, slug, environment, caller)) {
    throw new Forbidden(
      'environment-forbidden',
      `The token "${caller.token.name}" may not see the environment "${slug}" (${namedBy}).`,
    );
  }
  if (!environment) {
    throw new NotFound('environment-not-found', `There is no environment "${slug}" (${namedBy}): name one that exists.`);
  }
  if (!environment.isActive) {
    throw new Conflict(
      'environment-inactive',
      `The environment "${slug}" (${namedBy}) is inactive: activate it, or name another one.`,
    );
  }
  return environment;
}

function isInScope(state: State, slug: string, environment: Environment | undefined, caller: Caller): boolean {
  if (!environment) return caller.unlimited || caller.token.environments?.includes(slug) === true;
  try {
    return caller.maySee(state, environment);
  } catch (error) {
    // On a cycle nobody can say whose descendant it is.
    if (error instanceof CircularEnvironmentInheritanceError) return false;
    throw error;
  }
}
