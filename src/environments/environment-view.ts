import { effectiveSettings, type Environment, environmentNamed, type State } from '@flagtree/engine';
import { NotFound } from '../platform/http/problems/problem.js';
import type { EnvironmentDto } from './environment.dto.js';

export function environmentView(state: State, environment: Environment): EnvironmentDto {
  const { parentId, id, version, ...shown } = environment;
  return {
    ...shown,
    parent: parentId === null ? null : (state.environments.get(parentId)?.slug ?? null),
    parentId,
    effectiveSettings: effectiveSettings(state, environment),
    version,
    id,
    revision: state.revision,
  };
}

/** The environment of this slug, alias or id. @throws {NotFound} */
export function requireEnvironment(state: State, name: string): Environment {
  const environment = environmentNamed(state, name);
  if (environment) return environment;
  throw new NotFound(
    'environment-not-found',
    `There is no environment "${name}": see GET /api/admin/environments for those there are.`,
  );
}
