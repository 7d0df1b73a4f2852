import type { Caller } from '../../access/identity/caller.js';
import { type Environment, environmentNamed, type State } from '@flagtree/engine';
import { Conflict, Forbidden, NotFound } from '../../platform/http/problems/problem.js';

/**
 * The environment that `name` (a slug, an alias or an id) means, when the caller may see it, it exists and it is active. `namedBy` tells
 * people where the name came from.
 * @throws {Forbidden | NotFound | Conflict}
 */
export function admittedEnvironment(state: State, name: string, caller: Caller, namedBy: string): Environment {
  const environment = visibleEnvironment(state, name, caller, namedBy);
  assertActive(environment, name, namedBy);
  return environment;
}

/**
 * The same, inactive ones too. Whether the caller may see it is asked first: a token with a scope learns nothing of the names outside it,
 * and not what they stand for either.
 * @throws {Forbidden | NotFound}
 */
export function visibleEnvironment(state: State, name: string, caller: Caller, namedBy: string): Environment {
  const environment = environmentNamed(state, name);
  if (!isInScope(state, name, environment, caller)) {
    throw new Forbidden(
      'environment-forbidden',
      `The token "${caller.token.name}" may not see the environment "${name}" (${namedBy}).`,
    );
  }
  if (environment) return environment;
  throw new NotFound('environment-not-found', `There is no environment "${name}" (${namedBy}): name one that exists.`);
}

/** @throws {Conflict} */
export function assertActive({ isActive }: Environment, name: string, namedBy: string): void {
  if (isActive) return;
  throw new Conflict(
    'environment-inactive',
    `The environment "${name}" (${namedBy}) is inactive: activate it, or name another one.`,
  );
}

function isInScope(state: State, name: string, environment: Environment | undefined, caller: Caller): boolean {
  if (!environment) return caller.unlimited || caller.token.environmentIds?.includes(name) === true;
  return caller.maySee(state, environment);
}
