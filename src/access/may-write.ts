import { chainOf, effectiveSettings, type Environment, type State } from '@flagtree/engine';
import { Forbidden } from '../platform/http/problems/problem.js';
import type { Caller } from './caller.js';

/**
 * Whether the caller may change what `environment` gives: its scope must hold the environment, and a protected one (settings are
 * inherited down the tree) needs a promoter.
 * @throws {Forbidden} naming the environment and what would be needed; `why` ends the sentence, such as "which inherits this field".
 */
export function assertMayWrite(caller: Caller, state: State, environment: Environment, why = ''): void {
  const { slug } = environment;
  if (!caller.maySee(state, environment)) {
    const scope = (caller.token.environments ?? []).join(', ');
    throw new Forbidden(
      'environment-out-of-scope',
      `The token "${caller.token.name}" is limited to ${scope}; this would change ${slug}${why}.`,
    );
  }
  if (effectiveSettings(state, environment).protected && !caller.has('promoter')) {
    const guardian = chainOf(state, environment).find(({ settings }) => settings.protected)?.slug ?? slug;
    const because = guardian === slug ? 'is protected' : `is protected (by ${guardian})`;
    throw new Forbidden(
      'environment-protected',
      `The environment ${slug}${why} ${because}: this needs the role promoter, and the token "${caller.token.name}" is a ${caller.role ?? 'nobody'}.`,
    );
  }
}
