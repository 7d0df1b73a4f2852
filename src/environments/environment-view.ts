import { effectiveSettings, type Environment, environmentBySlug, type State } from '@flagtree/engine';
import { NotFound } from '../platform/http/problems/problem.js';
import type { EnvironmentDto } from './environment.dto.js';

export function environmentView(state: State, environment: Environment): EnvironmentDto {
  const { parentId, id, version, ...shown } = environment;
  return {
    ...shown,
    parent: parentId === null ? null : (state.environments.get(parentId)?.slug ?? null),
    effectiveSettings: effectiveSettings(state, environment),
    version,
    id,
    revision: state.revision,
  };
}

/** @throws {NotFound} */
export function requireEnvironment(state: State, slug: string): Environment {
  const environment = environmentBySlug(state, slug);
  if (environment) return environment;
  throw new NotFound(
    'environment-not-found',
    `There is no environment "${slug}": see GET /api/admin/environments for those there are.`,
  );
}
