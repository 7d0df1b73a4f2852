import fc from 'fast-check';
import {
  FLAG_TYPES,
  RULES_MODES,
  type Environment,
  type EnvironmentFlag,
  type Flag,
  type FlagType,
  type JsonValue,
  type Prerequisite,
  type Rule,
  type Segment,
  type Serve,
  type Variant,
  type Weight,
} from '../types.js';
import { condition } from './arbitraries/conditions.js';
import { percentage, storableText, valueOfType } from './arbitraries/values.js';
import { weights } from './arbitraries/weights.js';

/** Every generated flag has these variants in every environment, so that whatever names one names an existing one. */
export const VARIANT_KEYS = ['a', 'b', 'off'] as const;

export const STAMPS = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', version: 1 } as const;

/** A uuid that tells the table and the row. */
export function idOf(table: number, row: number): string {
  return `00000000-0000-4000-8000-${String(table).padStart(4, '0')}${String(row).padStart(8, '0')}`;
}

const variantKey = fc.constantFrom<string>(...VARIANT_KEYS);

/** All the keys, in any order; with weights on some or on none. */
export function variants(type: FlagType): fc.Arbitrary<Variant[]> {
  const one = (key: string) =>
    fc.record({ key: fc.constant(key), value: valueOfType(type), description: storableText }, { requiredKeys: ['key', 'value'] });
  const list = fc.tuple(...VARIANT_KEYS.map(one)).chain((all) => fc.shuffledSubarray<Variant>(all, { minLength: all.length }));
  return fc.oneof(
    { weight: 3, arbitrary: list },
    fc
      .tuple(list, weights(2))
      .map(([all, given]) =>
        all.map((variant, index) => (index === 2 ? variant : { ...variant, weight: given[index] as Weight })),
      ),
  );
}

const serve: fc.Arbitrary<Serve> = fc.oneof(
  fc.record({ variant: variantKey }),
  fc.record(
    {
      split: fc
        .array(variantKey, { minLength: 1, maxLength: 3 })
        .chain((keys) =>
          weights(keys.length).map((given) => keys.map((variant, i) => ({ variant, weight: given[i] as Weight }))),
        ),
      bucketBy: fc.constantFrom('plan', 'user.plan'),
    },
    { requiredKeys: ['split'] },
  ),
);

export function rules(segmentKeys: readonly string[]): fc.Arbitrary<Rule[]> {
  const rule = fc.record(
    {
      id: fc.constantFrom('beta', 'staff', 'r1', 'r2', 'Rule_3.x'),
      name: storableText,
      enabled: fc.boolean(),
      conditions: fc.array(condition(segmentKeys), { maxLength: 2 }),
      percentage,
      serve,
    },
    { requiredKeys: ['id', 'conditions', 'serve'] },
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant<Rule[]>([]) },
    { weight: 4, arbitrary: fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 3 }) },
  );
}

/** Some fields set, the others null: inherit. */
export function environmentFlag(
  row: number,
  environmentId: string,
  flag: Flag,
  segmentKeys: readonly string[],
): fc.Arbitrary<EnvironmentFlag> {
  const orInherit = <T>(set: fc.Arbitrary<T>) => fc.option(set, { freq: 2, nil: null });
  return fc.record({
    id: fc.constant(idOf(3, row)),
    environmentId: fc.constant(environmentId),
    flagId: fc.constant(flag.id),
    enabled: orInherit(fc.boolean()),
    percentage: orInherit(percentage),
    rules: orInherit(rules(segmentKeys)),
    rulesMode: fc.constantFrom(...RULES_MODES),
    variants: orInherit(variants(flag.type)),
    defaultVariant: orInherit(variantKey),
    offVariant: orInherit(variantKey),
    reason: fc.option(storableText, { nil: null }),
    createdAt: fc.constant(STAMPS.createdAt),
    updatedAt: fc.constant(STAMPS.updatedAt),
    version: fc.constant(1),
  });
}

/** Requires only flags before it, by their keys: no cycle. */
export function flag(
  row: number,
  key: string,
  earlierKeys: readonly string[],
  segmentKeys: readonly string[],
): fc.Arbitrary<Flag> {
  const prerequisites =
    earlierKeys.length === 0
      ? fc.constant<Prerequisite[]>([])
      : fc.uniqueArray(
          fc.record({ flag: fc.constantFrom(...earlierKeys), variants: fc.uniqueArray(variantKey, { minLength: 1 }) }),
          { selector: (prerequisite) => prerequisite.flag, maxLength: 2 },
        );
  return fc.constantFrom(...FLAG_TYPES).chain((type) =>
    fc.record({
      id: fc.constant(idOf(2, row)),
      key: fc.constant(key),
      name: storableText,
      description: fc.option(storableText, { nil: null }),
      type: fc.constant(type),
      enabled: fc.boolean(),
      percentage,
      rules: rules(segmentKeys),
      variants: variants(type),
      defaultVariant: fc.option(variantKey, { freq: 8, nil: null }),
      offVariant: fc.option(variantKey, { freq: 4, nil: null }),
      bucketing: fc.constant('flagd-v2' as const),
      salt: fc.option(
        storableText.filter((text) => text !== ''),
        { freq: 2, nil: null },
      ),
      onMissingKey: fc.constantFrom('error', 'off'),
      prerequisites: fc.oneof({ weight: 3, arbitrary: fc.constant<Prerequisite[]>([]) }, { weight: 1, arbitrary: prerequisites }),
      owner: fc.option(storableText, { nil: null }),
      tags: fc.uniqueArray(fc.constantFrom('ui', 'billing', 'ops'), { maxLength: 2 }),
      metadata: fc.dictionary(storableText, fc.oneof(storableText, fc.boolean(), fc.integer()), { maxKeys: 2 }),
      permanent: fc.boolean(),
      expiresAt: fc.constant(null),
      archivedAt: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(STAMPS.createdAt) }),
      createdAt: fc.constant(STAMPS.createdAt),
      updatedAt: fc.constant(STAMPS.updatedAt),
      version: fc.constant(1),
    }),
  );
}

/** Names only the segments before it. */
export function segment(row: number, key: string, earlierKeys: readonly string[]): fc.Arbitrary<Segment> {
  return fc.record({
    id: fc.constant(idOf(4, row)),
    key: fc.constant(key),
    name: storableText,
    description: fc.option(storableText, { nil: null }),
    conditions: fc.array(condition(earlierKeys), { maxLength: 2 }),
    createdAt: fc.constant(STAMPS.createdAt),
    updatedAt: fc.constant(STAMPS.updatedAt),
    version: fc.constant(1),
  });
}

export function environment(row: number, slug: string, parentId: string | null): fc.Arbitrary<Environment> {
  return fc.record({
    id: fc.constant(idOf(1, row)),
    slug: fc.constant(slug),
    aliases: fc.uniqueArray(fc.constantFrom(`${slug}-a`, `${slug}-b`), { maxLength: 2 }).map((aliases) => aliases.sort()),
    name: storableText,
    description: fc.option(storableText, { nil: null }),
    url: fc.constantFrom(null, 'https://shop.example/'),
    parentId: fc.constant(parentId),
    settings: fc.record(
      {
        protected: fc.boolean(),
        require_approval: fc.boolean(),
        default_enabled: fc.boolean(),
        team: fc.constantFrom<JsonValue>('core', { name: 'core' }, 1),
      },
      { requiredKeys: [] },
    ),
    isActive: fc.boolean(),
    expiresAt: fc.constant(null),
    createdAt: fc.constant(STAMPS.createdAt),
    updatedAt: fc.constant(STAMPS.updatedAt),
    version: fc.constant(1),
  });
}
