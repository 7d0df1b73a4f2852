import { compileEnvironment } from '../compile/compile-environment.js';
import { environmentBySlug } from '../state/chain.js';
import type { Snapshot } from '../compile/snapshot.js';
import { buildState, type State } from '../state/state.js';
import type { Condition, Environment, EnvironmentFlag, Flag, Segment } from '../types.js';

const STAMPS = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', version: 1 };

/** A root unless told otherwise; its id is its slug. */
export function environment(slug: string, parent: string | null = null, fields: Partial<Environment> = {}): Environment {
  return {
    id: slug,
    slug,
    aliases: [],
    name: slug,
    description: null,
    url: null,
    parentId: parent,
    settings: {},
    isActive: true,
    expiresAt: null,
    ...STAMPS,
    ...fields,
  };
}

/** A boolean flag that is on for everyone; its id is its key. */
export function flag(key: string, fields: Partial<Flag> = {}): Flag {
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
    ...STAMPS,
    ...fields,
  };
}

/** Inherits everything that it is not told. */
export function override(environmentId: string, flagId: string, fields: Partial<EnvironmentFlag> = {}): EnvironmentFlag {
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
    ...STAMPS,
    ...fields,
  };
}

export function segment(key: string, conditions: Condition[]): Segment {
  return { id: key, key, name: key, description: null, conditions, ...STAMPS };
}

/** production ← staging ← development, and qa beside staging. */
export const TREE: readonly Environment[] = [
  environment('production'),
  environment('staging', 'production'),
  environment('development', 'staging'),
  environment('qa', 'production'),
];

/** production ← staging ← development, unless told otherwise. */
export function state(rows: {
  flags?: Flag[];
  overrides?: EnvironmentFlag[];
  segments?: Segment[];
  environments?: readonly Environment[];
  revision?: number;
}): State {
  return buildState({
    revision: 1,
    environments: TREE.slice(0, 3),
    flags: [],
    overrides: [],
    segments: [],
    ...rows,
  });
}

/** A snapshot of production that holds these flags. */
export function snapshotOf(flags: Flag[], segments: Segment[] = []): Snapshot {
  return compile(state({ flags, segments }), 'production');
}

export function compile(at: State, slug: string): Snapshot {
  const found = environmentBySlug(at, slug);
  if (!found) throw new Error(`there is no environment ${slug}`);
  return compileEnvironment(at, found);
}

/** The same state, where environments inherit from no parent. */
export function withoutInheritance(at: State): State {
  return { ...at, inheritance: false };
}
