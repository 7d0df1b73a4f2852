import type { EnvironmentFlag, Flag } from '@flagtree/engine';

/** What of a flag can be put back; `key` and `type` never change, and ids, versions and times are the database's own. */
export type FlagColumns = Omit<Flag, 'id' | 'key' | 'type' | 'createdAt' | 'updatedAt' | 'version'>;

export function flagColumns(flag: Flag): FlagColumns {
  const { id: _id, key: _key, type: _type, createdAt: _created, updatedAt: _updated, version: _version, ...columns } = flag;
  return columns;
}

export type OverrideColumns = Omit<EnvironmentFlag, 'id' | 'environmentId' | 'flagId' | 'createdAt' | 'updatedAt' | 'version'>;

export function overrideColumns(row: EnvironmentFlag): OverrideColumns {
  const {
    id: _id,
    environmentId: _env,
    flagId: _flag,
    createdAt: _created,
    updatedAt: _updated,
    version: _version,
    ...columns
  } = row;
  return columns;
}
