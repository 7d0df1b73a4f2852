import type { Environment, EnvironmentFlag, Flag, State } from '@flagtree/engine';
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

/** @throws {NotFound} */
export function requireOverride(state: State, environment: Environment, flag: Flag): EnvironmentFlag {
  const override = overrideOf(state, environment, flag);
  if (override) return override;
  throw new NotFound(
    'override-not-found',
    `${environment.slug} does not override ${flag.key}: it inherits all of it. GET /api/admin/feature-flags/${flag.key}?env=${environment.slug} shows what.`,
  );
}
