import { inheritanceChain } from './resolve.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag } from '../types.js';

/** An override with the environment whose row it is. */
export interface PlacedOverride {
  environment: Environment;
  override: EnvironmentFlag;
}

/**
 * The first row of the flag along the chain of an environment, its own included; null: the base alone holds. A row may leave fields to
 * those above it, so values are resolved field by field and not read from it.
 */
export function nearestOverride(state: State, environment: Environment, flag: Flag): PlacedOverride | null {
  const rows = state.overrides.get(flag.id);
  if (!rows) return null;
  for (const link of inheritanceChain(state, environment)) {
    const override = rows.get(link.id);
    if (override) return { environment: link, override };
  }
  return null;
}
