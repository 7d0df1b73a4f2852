import { type Environment, resolveGuard, type State } from '@flagtree/engine';
import { Forbidden } from '../platform/http/problems/problem.js';
import type { Caller } from './identity/caller.js';

/**
 * Whether the caller may change what `environment` gives: its scope must hold the environment, and where `protected` resolves to true,
 * the role must be promoter.
 * @throws {Forbidden} naming the environment and what would be needed; `why` ends the sentence, such as "which inherits this field".
 */
export function assertMayWrite(caller: Caller, state: State, environment: Environment, why = ''): void {
  const { slug } = environment;
  if (!caller.maySee(state, environment)) {
    const scope = (caller.scope(state) ?? []).join(', ');
    throw new Forbidden(
      'environment-out-of-scope',
      `The token "${caller.token.name}" is limited to ${scope}; this would change ${slug}${why}.`,
      { environment: slug },
    );
  }
  const { holds, by: guardian } = resolveGuard(state, environment, 'protected');
  if (holds && !caller.has('promoter')) {
    const because =
      guardian === null ? 'inherits from itself' : guardian === slug ? 'is protected' : `is protected (by ${guardian})`;
    throw new Forbidden(
      'environment-protected',
      `The environment ${slug}${why} ${because}: this needs the role promoter, and the token "${caller.token.name}" is a ${caller.role ?? 'nobody'}.`,
      { environment: slug },
    );
  }
}

/** The same as an answer, of a caller who may write at all. */
export function mayWrite(caller: Caller, state: State, environment: Environment): boolean {
  if (!caller.has('developer')) return false;
  try {
    assertMayWrite(caller, state, environment);
    return true;
  } catch (error) {
    if (error instanceof Forbidden) return false;
    throw error;
  }
}

/** @throws {Forbidden} when the environment lies outside of the caller's scope, so that nothing of what it serves may be told. */
export function assertMaySee(caller: Caller, state: State, environment: Environment): void {
  if (caller.maySee(state, environment)) return;
  throw new Forbidden(
    'environment-forbidden',
    `The token "${caller.token.name}" may not see the environment "${environment.slug}".`,
  );
}
