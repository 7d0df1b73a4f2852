import { type Environment, type Flag, flagByKey, resolveFlag, type ResolveOptions, type State } from '@flagtree/engine';
import { NotFound } from '../platform/http/problems/problem.js';
import type { FlagDto, ResolvedDto } from './flag.dto.js';

export function flagView(state: State, flag: Flag): FlagDto {
  const { id, version, ...shown } = flag;
  return { ...shown, version, id, revision: state.revision };
}

/** The flag as it is in one environment: every field with its provenance. */
export function flagIn(state: State, flag: Flag, environment: Environment, options: ResolveOptions): FlagDto {
  return { ...flagView(state, flag), environment: environment.slug, resolved: resolvedView(state, flag, environment, options) };
}

/** The flag's row of the matrix. */
export function flagAcross(state: State, flag: Flag, environments: readonly Environment[], options: ResolveOptions): FlagDto {
  const columns = environments.map((environment) => [environment.slug, resolvedView(state, flag, environment, options)] as const);
  return { ...flagView(state, flag), environments: Object.fromEntries(columns) };
}

function resolvedView(state: State, flag: Flag, environment: Environment, options: ResolveOptions): ResolvedDto {
  const { fields, ruleSources } = resolveFlag(state, environment, flag, options);
  const resolved = { ...fields, rules: { ...fields.rules, sources: [...ruleSources] } };
  return resolved as unknown as ResolvedDto;
}

/** @throws {NotFound} An archived flag is found: it can still be read. */
export function requireFlag(state: State, key: string): Flag {
  const flag = flagByKey(state, key);
  if (flag) return flag;
  throw new NotFound('flag-not-found', `There is no flag "${key}": see GET /api/admin/feature-flags for those there are.`);
}

/** @throws {NotFound} when there is none, or it is archived. */
export function requireFlagInUse(state: State, key: string): Flag {
  const flag = requireFlag(state, key);
  if (flag.archivedAt === null) return flag;
  throw new NotFound(
    'flag-archived',
    `The flag "${key}" was archived at ${flag.archivedAt} and cannot be changed: restore it first (POST /api/admin/feature-flags/${key}/restore).`,
  );
}
