import type { Environment, EnvironmentFlag, Flag, PlacedOverride, State } from '@flagtree/engine';
import { overrideRow } from '../flags/flag-in-environment.js';
import { NotFound } from '../platform/http/problems/problem.js';
import type { EnvironmentFlagDto } from './environment-flag.dto.js';

export function environmentFlagView(
  state: State,
  environment: Environment,
  flag: Flag,
  override: EnvironmentFlag,
): EnvironmentFlagDto {
  return { environment: environment.slug, flag: flag.key, ...overrideRow(override), revision: state.revision };
}

export function overrideOf(state: State, environment: Environment, flag: Flag): EnvironmentFlag | null {
  return state.overrides.get(flag.id)?.get(environment.id) ?? null;
}

/** Says who decides instead: the nearest override above, or the base alone. */
export function noOverride({ slug }: Environment, { key }: Flag, nearest: PlacedOverride | null): NotFound {
  const instead = nearest ? `the override of ${nearest.environment.slug} is the nearest` : 'nobody above it overrides it either';
  return new NotFound(
    'override-not-found',
    `${slug} does not override ${key}: it inherits all of it, and ${instead}. GET /api/admin/feature-flags/${key}?env=${slug} shows what.`,
  );
}
