// Builders of its own on purpose: the recorded vectors must not move when the builders of @flagtree/engine/testing do.
import type { Condition, EnvironmentFlag, Flag, FlagType, Operator, Rule, Variant } from '@flagtree/engine';

const AT = '2026-01-01T00:00:00Z';
const STAMPS = { createdAt: AT, updatedAt: AT, version: 1 };
export const NOW = Date.parse('2026-06-01T12:00:00Z');
export const CHAIN = ['production', 'staging', 'development'] as const;

export const environments = CHAIN.map((slug, depth) => ({
  ...STAMPS,
  id: slug,
  slug,
  name: slug,
  description: null,
  parentId: CHAIN[depth - 1] ?? null,
  settings: {},
  isActive: true,
  expiresAt: null,
}));

const is = (attribute: string, operator: Operator, values: unknown[] = [], more: object = {}) =>
  ({ attribute, operator, ...(values.length > 0 && { values }), ...more }) as Condition;

export const segments = [
  ['europeans', [is('country', 'in', ['DE', 'FR', 'ES'])]],
  ['paying-europeans', [{ segment: 'europeans' }, is('user.plan', 'not_equals', ['free'])]],
].map(([key, conditions]) => ({
  ...STAMPS,
  id: key as string,
  key: key as string,
  name: '',
  description: null,
  conditions: conditions as Condition[],
}));

const rule = (id: string, conditions: Condition[], serve: object = { variant: 'on' }, more: object = {}) =>
  ({ id, conditions, serve, ...more }) as Rule;
const when = (...conditions: Condition[]) => ({ rules: [rule('r', conditions)], defaultVariant: 'off' });
const targeting = (expression: object) => ({
  rules: [{ id: 'r', targeting: expression } as unknown as Rule],
  defaultVariant: 'off',
});

const weighted = (...weights: number[]): Variant[] =>
  weights.map((weight, i) => ({ key: `v${String(i)}`, value: `text ${String(i)}`, weight }));
const text = (variants: Variant[], more: object = {}) => ({
  type: 'string' as FlagType,
  variants,
  defaultVariant: 'v0',
  offVariant: null,
  ...more,
});
const jsonValues: Variant[] = [null, false, 0, '', {}, [], 0.1, 9007199254740991].map((value, i) => ({
  key: `v${String(i)}`,
  value,
}));

/** Each shows one thing that decides what a user gets. The keys are part of the vectors: they salt the buckets. */
const SHAPES: Record<string, Partial<Flag>> = {
  plain: {},
  'switched-off': { enabled: false },
  'off-without-variant': { enabled: false, offVariant: null },
  'rollout-0.001': { percentage: 0.001 },
  'rollout-25': { percentage: 25 },
  'rollout-50': { percentage: 50 },
  'rollout-99.999': { percentage: 99.999 },
  'rollout-salted': { percentage: 50, salt: 'rollout-25' },
  'rollout.ünïcödé-salt': { percentage: 33.333, salt: 'größe 🚀' },
  'split-even': text(weighted(1, 1)),
  'split-uneven': text(weighted(1, 2, 7, 0, 90)),
  'split-large': text(weighted(2 ** 30, 2 ** 30 - 1)),
  'split-behind-a-gate': text(weighted(50, 50), { percentage: 40, offVariant: 'v1' }),
  'split-of-a-rule': {
    ...text(weighted(0, 0, 1).map(({ key, value }) => ({ key, value }))),
    rules: [rule('r', [], { split: [{ variant: 'v0', weight: 3 }, { variant: 'v2', weight: 1 }], bucketBy: 'user.id' })], // prettier-ignore
  },
  'gated-rules': {
    rules: [
      rule('a', [is('country', 'equals', ['DE'])], { variant: 'on' }, { percentage: 20 }),
      rule('b', [], { variant: 'off' }, { percentage: 60 }),
    ],
  },
  'rule-switched-off': {
    rules: [rule('a', [], { variant: 'off' }, { enabled: false }), rule('b', [is('age', 'exists')])],
    defaultVariant: 'off',
  },
  'json-values': { type: 'json', variants: jsonValues, defaultVariant: 'v7', offVariant: 'v0', rules: jsonValues.slice(0, 7).map(({ key }, i) => rule(key, [is('age', 'less_than', [i * 10])], { variant: key })) }, // prettier-ignore
  numbers: { type: 'number', variants: [{ key: 'a', value: 10.5 }, { key: 'b', value: -0.1 }], defaultVariant: 'a', offVariant: 'b', percentage: 75 }, // prettier-ignore
  'needs-rollout-50': { prerequisites: [{ flag: 'rollout-50', variants: ['on'] }] },
  'needs-what-is-off': {
    prerequisites: [
      { flag: 'switched-off', variants: ['on'] },
      { flag: 'plain', variants: ['on'] },
    ],
  },
  equals: when(is('user.plan', 'equals', ['pro', 1, true])),
  'not-equals': when(is('user.plan', 'not_equals', ['pro'])),
  'not-in': when(is('country', 'not_in', ['US', 'de'], { ignoreCase: true })),
  contains: when(is('email', 'contains', ['example', '@'])),
  'not-contains': when(is('tags', 'not_contains', ['beta'])),
  'starts-with': when(is('email', 'starts_with', ['USER-1'], { ignoreCase: true })),
  'ends-with-negated': when(is('email', 'ends_with', ['.com'], { negate: true })),
  matches: when(is('email', 'matches', ['^user-[0-9]*[02468]@'])),
  'between-numbers': when(is('age', 'greater_than_or_equal', [20]), is('age', 'less_than', [40])),
  'at-most': when({ any: [is('age', 'less_than_or_equal', [10]), is('age', 'greater_than', [60])] }),
  'after-a-moment': when(is('signedUpAt', 'after', ['2026-03-01T00:00:00Z']), {
    not: is('signedUpAt', 'before', ['2026-03-01T00:00:00+02:00']),
  }),
  'from-now-on': when(is('$now', 'after', ['2026-06-01T11:59:59.999Z'])),
  'version-in-range': when(is('version', 'semver_in_range', ['^1.2', '>=3 <4'], { lenient: true })),
  'version-compared': when(
    is('version', 'semver_greater_than', ['1.2.3'], { lenient: true }),
    is('version', 'semver_less_than', ['3.0.0'], { negate: true, lenient: true }),
  ),
  'version-equal': when(is('version', 'semver_equals', ['1.2.3', '2.0.0-beta.1'], { lenient: true })),
  'in-networks': when(is('ip', 'in_cidr', ['10.0.0.0/9', '2001:db8::/32'])),
  'not-there': when(is('user.plan', 'not_exists')),
  segment: when({ segment: 'paying-europeans' }),
  'targeting-fractional': targeting({ fractional: [{ var: 'user.id' }, ['on', 30], ['off', 70]] }),
  'targeting-logic': targeting({
    if: [{ ends_with: [{ var: 'email' }, '.com'] }, 'on', { '===': [{ var: 'country' }, 'US'] }, 'off', null],
  }),
};

export const flags: Flag[] = Object.entries(SHAPES).map(([key, shape]) => ({
  ...STAMPS,
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
  ...shape,
}));

const override = (environmentId: string, flagId: string, fields: Partial<EnvironmentFlag>): EnvironmentFlag => ({
  ...STAMPS,
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
  ...fields,
});

export const overrides: EnvironmentFlag[] = [
  override('staging', 'switched-off', { enabled: true }),
  override('development', 'rollout-25', { percentage: 60 }),
  override('production', 'equals', { rules: [rule('first', [is('country', 'equals', ['FR'])])], rulesMode: 'prepend' }),
  override('staging', 'equals', { rules: [], rulesMode: 'replace' }),
  override('development', 'equals', { rules: [rule('last', [is('age', 'greater_than', [50])])], rulesMode: 'append' }),
  override('staging', 'split-even', { variants: weighted(1, 3), defaultVariant: 'v1' }),
];
