import {
  buildState,
  type Entry,
  type Environment,
  type EnvironmentFlag,
  type Flag,
  type JsonObject,
  type Segment,
  type State,
  type StateRows,
} from '@flagtree/engine';

const AT = '2026-11-20T12:00:00.000Z';
const stamps = { createdAt: AT, updatedAt: AT, version: 1 };

/** Names are ids: an environment's id is its slug, a flag's id its key. */
export function anEnvironment(slug: string, rest: Partial<Environment> = {}): Environment {
  return {
    id: slug,
    slug,
    aliases: [],
    name: slug,
    description: null,
    url: null,
    parentId: null,
    settings: {},
    isActive: true,
    expiresAt: null,
    ...stamps,
    ...rest,
  };
}

/** A boolean flag that is on. */
export function aFlag(key: string, rest: Partial<Flag> = {}): Flag {
  return {
    id: key,
    key,
    name: key,
    description: null,
    type: 'boolean',
    enabled: true,
    percentage: 100,
    rules: [],
    variants: [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ],
    defaultVariant: 'on',
    offVariant: 'off',
    bucketing: 'flagd-v2',
    salt: null,
    onMissingKey: 'error',
    prerequisites: [],
    owner: null,
    tags: [],
    metadata: {},
    permanent: false,
    expiresAt: null,
    archivedAt: null,
    ...stamps,
    ...rest,
  };
}

export function anOverride(environmentId: string, flagId: string, rest: Partial<EnvironmentFlag> = {}): EnvironmentFlag {
  return {
    id: `${environmentId}/${flagId}`,
    environmentId,
    flagId,
    enabled: null,
    percentage: null,
    rules: null,
    rulesMode: 'replace',
    variants: null,
    defaultVariant: null,
    offVariant: null,
    reason: null,
    ...stamps,
    ...rest,
  };
}

export function aSegment(key: string, conditions: Segment['conditions']): Segment {
  return { id: key, key, name: key, description: null, conditions, ...stamps };
}

/** production ← staging ← development, and qa beside staging. */
export const TREE = [
  anEnvironment('production'),
  anEnvironment('staging', { parentId: 'production' }),
  anEnvironment('development', { parentId: 'staging' }),
  anEnvironment('qa', { parentId: 'production' }),
];

export function aState(rows: Partial<StateRows> = {}): State {
  return buildState({ revision: 1, environments: TREE, flags: [], overrides: [], segments: [], ...rows });
}

/** The audit entry of a change: rows as the database writes them. */
export function anEntry(revision: number, table: Entry['table'], before: object | null, after: object | null): Entry {
  return { revision, table, before: before && asRow(before), after: after && asRow(after) };
}

function asRow(value: object): JsonObject {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [snake(name), field as JsonObject]));
}
