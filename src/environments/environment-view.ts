import { effectiveSettings, type Environment, environmentNamed, resolveSettings, type State } from '@flagtree/engine';
import { NotFound } from '../platform/http/problems/problem.js';
import type { EnvironmentDto, ResolvedSettingDto } from './environment.dto.js';

/** Said wherever somebody could rely on approvals: in answers, and in the log of a start. */
export const APPROVALS_GUARD_NOTHING =
  '"require_approval" is kept and inherited, and guards nothing yet: this version writes without an approval. Use "protected" to leave writes to promoters.';

export function environmentView(state: State, environment: Environment): EnvironmentDto {
  const { parentId, id, version, ...shown } = environment;
  const effective = effectiveSettings(state, environment);
  return {
    ...shown,
    parent: parentId === null ? null : (state.environments.get(parentId)?.slug ?? null),
    parentId,
    effectiveSettings: effective,
    resolvedSettings: resolveSettings(state, environment) as Record<string, ResolvedSettingDto>,
    warnings: effective.require_approval ? [APPROVALS_GUARD_NOTHING] : [],
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
