import { engineAt } from '../engine-build.mjs';

const { buildState, compileEnvironment, environmentBySlug, evaluate, evaluateAll } = await engineAt();

const AT = '2026-01-01T00:00:00Z';
const STAMPS = { createdAt: AT, updatedAt: AT, version: 1 };
const NOW = Date.parse(AT);

export function flagOf({ key, rules, rollout }, more = {}) {
  return {
    id: key,
    key,
    name: key,
    description: null,
    type: 'boolean',
    enabled: true,
    percentage: rollout ?? 100,
    rules: rules.map((condition, i) => ({ id: `r${String(i)}`, conditions: [condition], serve: { variant: 'on' } })),
    variants: [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ],
    defaultVariant: rules.length > 0 ? 'off' : 'on',
    offVariant: 'off',
    bucketing: 'flagd-v2',
    salt: null,
    prerequisites: [],
    onMissingKey: 'error',
    metadata: {},
    owner: null,
    tags: [],
    permanent: false,
    expiresAt: null,
    archivedAt: null,
    ...STAMPS,
    ...more,
  };
}

export function environmentOf(slug, parentId) {
  return {
    id: slug,
    slug,
    aliases: [],
    name: slug,
    description: null,
    url: null,
    parentId,
    settings: {},
    isActive: true,
    expiresAt: null,
    ...STAMPS,
  };
}

export function overrideOf(environmentId, flagId, fields) {
  const nothing = {
    enabled: null,
    percentage: null,
    rules: null,
    rulesMode: 'replace',
    variants: null,
    defaultVariant: null,
    offVariant: null,
  };
  return { id: `${environmentId}/${flagId}`, environmentId, flagId, ...nothing, reason: null, ...STAMPS, ...fields };
}

export function snapshotOf(rows, slug) {
  const state = buildState({ revision: 1, overrides: [], segments: [], ...rows });
  return compileEnvironment(state, environmentBySlug(state, slug));
}

/** Of a snapshot, whatever environment it is of. */
export function evaluatorOf(snapshot) {
  return {
    contextOf: ({ key, ...attributes }) => ({ targetingKey: key, ...attributes }),
    one: (key, context) => evaluate(snapshot, key, context, NOW).value,
    all: (context) => evaluateAll(snapshot, context, NOW),
  };
}

export default {
  name: 'flagtree',
  supports: () => true,
  load: async (flags) =>
    evaluatorOf(
      snapshotOf({ environments: [environmentOf('production', null)], flags: flags.map((flag) => flagOf(flag)) }, 'production'),
    ),
};
