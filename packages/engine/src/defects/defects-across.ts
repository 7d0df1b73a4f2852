import { prerequisiteKeys } from '../state/references.js';
import { resolvedDefects, type ResolvedDefect } from './resolved-defects.js';
import { resolveFlag } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import type { Environment, Flag } from '../types.js';

/**
 * All that is wrong with a flag in these environments, of which parents come first: an environment that overrides nothing of it is as sound
 * as its parent, and is not looked at again. What prerequisites serve, though, depends on the environment. `sound` as `malformedFields` has it.
 */
export function defectsAcross(
  state: State,
  flag: Flag,
  environments: readonly Environment[],
  sound = new Set<object>(),
): ResolvedDefect[] {
  const overrides = state.overrides.get(flag.id);
  const inherits = state.inheritance && prerequisiteKeys(flag).length === 0;
  const clean = new Set<string | null>();
  return environments.flatMap((environment) => {
    const { id, parentId } = environment;
    const isAsParent = inherits && clean.has(parentId) && overrides?.has(id) !== true;
    const found = isAsParent ? [] : resolvedDefects(state, resolveFlag(state, environment, flag), sound);
    if (found.length === 0) clean.add(id);
    return found;
  });
}
