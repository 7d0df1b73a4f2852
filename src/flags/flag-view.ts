import { type Flag, flagByKey, type State } from '@flagtree/engine';
import { NotFound } from '../platform/http/problems/problem.js';
import type { FlagDto } from './flag.dto.js';

/** The base of a flag. */
export function flagView(state: State, flag: Flag): FlagDto {
  const { id, version, ...shown } = flag;
  return { ...shown, version, id, revision: state.revision };
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
