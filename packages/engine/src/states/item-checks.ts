import { FLAG_KEY, MAX_NAME_LENGTH } from '../state/names.js';
import { validateConditions } from '../validate/rules/validate-conditions.js';
import {
  MAX_ALIASES,
  MAX_URL_LENGTH,
  validateAliases,
  validatePercentage,
  validatePrerequisites,
  validateUrl,
} from '../validate/flag/validate-fields.js';
import { validateMetadata } from '../validate/flag/validate-metadata.js';
import { validateSettings } from '../validate/validate-settings.js';
import { validateRules } from '../validate/rules/validate-rules.js';
import { validateVariants } from '../validate/flag/validate-variants.js';
import { BUCKETINGS, type Defect, FLAG_TYPES, type FlagType, type JsonValue, ON_MISSING_KEY, RULES_MODES } from '../types.js';
import { ENVIRONMENT_NAME, SLUG } from '../state/names.js';
import { instantDefects } from '../validate/rules/instants.js';

/** What is wrong with a member of an item; pointers are relative to the value. `item` is the whole item. */
export type MemberCheck = (value: unknown, item: Record<string, unknown>) => Defect[];

/**
 * One member: its check, what it is when absent (undefined: it is required), and its JSON Schema. One that came with a later version of
 * the document (`since`) is unknown to those before: absent there, it stays absent.
 */
export interface Member {
  check: MemberCheck;
  since?: 2;
  fallback?: JsonValue | ((item: Record<string, unknown>) => JsonValue);
  schema: object;
}

const wrong = (code: string, detail: string): Defect[] => [{ pointer: '', code, detail }];

export const text =
  (min: number, max: number): MemberCheck =>
  (value) => {
    if (typeof value !== 'string') return wrong('wrong-type', 'It is text.');
    if (value.length < min) return wrong('too-short', 'It must not be empty.');
    return value.length > max ? wrong('too-long', `It has at most ${String(max)} characters.`) : [];
  };
export const matching =
  (pattern: RegExp, what: string): MemberCheck =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? [] : wrong('matches', `It is ${what}.`);
const truth: MemberCheck = (value) => (typeof value === 'boolean' ? [] : wrong('wrong-type', 'It is true or false.'));
export const oneOf =
  (words: readonly string[]): MemberCheck =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? [] : wrong('is-in', `It is one of ${words.join(', ')}.`);
export const orNull =
  (check: MemberCheck): MemberCheck =>
  (value, item) =>
    value === null ? [] : check(value, item);
const present =
  (check: MemberCheck): MemberCheck =>
  (value, item) =>
    value === null ? wrong('wrong-type', 'It is not null.') : check(value, item);
const tags: MemberCheck = (value) => {
  if (!Array.isArray(value)) return wrong('wrong-type', 'Tags are a list.');
  if (value.length > 50) return wrong('too-many', 'There are at most 50 tags.');
  if (new Set(value).size < value.length) return wrong('array-unique', 'Each tag stands there once.');
  return value.flatMap((tag, index) => text(1, 100)(tag, {}).map((defect) => ({ ...defect, pointer: `/${String(index)}` })));
};
const variants: MemberCheck = (value, { type = 'boolean' }) =>
  validateVariants(value, (FLAG_TYPES as readonly unknown[]).includes(type) ? (type as FlagType) : undefined);

const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const string = (minLength: number, maxLength: number) => ({ type: 'string', minLength, maxLength });
const METADATA = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
const INSTANT = { type: 'string', format: 'date-time' };
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const list = (name: string, maxItems: number) => ({ type: 'array', items: ref(name), maxItems });

const KEY: Member = {
  check: matching(FLAG_KEY, '1–255 of letters, digits, ".", "_", "-", beginning with a letter or digit'),
  schema: { type: 'string', pattern: FLAG_KEY.source },
};
const NAME_MEMBER: Member = {
  check: matching(ENVIRONMENT_NAME, 'the slug, an alias or the id of an environment'),
  schema: { type: 'string', pattern: ENVIRONMENT_NAME.source },
};
const DESCRIPTION: Member = { check: orNull(text(0, 4_000)), fallback: null, schema: nullable(string(0, 4_000)) };
const EXPIRES: Member = { check: orNull(instantDefects), fallback: null, schema: nullable(INSTANT) };
const VARIANT_KEY: Member = { check: orNull(text(1, 255)), fallback: null, schema: nullable(string(1, 255)) };
const named = (by: string): Member => ({
  check: text(1, MAX_NAME_LENGTH),
  fallback: (item) => item[by] as string,
  schema: string(1, MAX_NAME_LENGTH),
});

export const ENVIRONMENT_MEMBERS: Record<string, Member> = {
  slug: { check: matching(SLUG, 'the slug of an environment'), schema: { type: 'string', pattern: SLUG.source } },
  aliases: {
    check: validateAliases,
    since: 2,
    fallback: [],
    schema: { type: 'array', items: { type: 'string', pattern: SLUG.source }, maxItems: MAX_ALIASES, uniqueItems: true },
  },
  name: named('slug'),
  description: DESCRIPTION,
  url: { check: validateUrl, since: 2, fallback: null, schema: nullable(string(1, MAX_URL_LENGTH)) },
  parent: { check: orNull(NAME_MEMBER.check), fallback: null, schema: nullable(NAME_MEMBER.schema) },
  settings: { check: present(validateSettings), fallback: {}, schema: ref('settings') },
  isActive: { check: truth, fallback: true, schema: { type: 'boolean' } },
  expiresAt: EXPIRES,
};

export const SEGMENT_MEMBERS: Record<string, Member> = {
  key: KEY,
  name: named('key'),
  description: DESCRIPTION,
  conditions: { check: present(validateConditions), fallback: [], schema: list('condition', 1_000) },
};

export const FLAG_MEMBERS: Record<string, Member> = {
  key: KEY,
  name: named('key'),
  description: DESCRIPTION,
  type: { check: oneOf(FLAG_TYPES), fallback: 'boolean', schema: { enum: FLAG_TYPES } },
  enabled: { check: truth, fallback: false, schema: { type: 'boolean' } },
  percentage: { check: present(validatePercentage), fallback: 100, schema: ref('percentage') },
  rules: { check: present(validateRules), fallback: [], schema: list('rule', 200) },
  variants: { check: present(variants), schema: list('variant', 100) },
  defaultVariant: VARIANT_KEY,
  offVariant: VARIANT_KEY,
  bucketing: { check: oneOf(BUCKETINGS), fallback: 'flagd-v2', schema: { enum: BUCKETINGS } },
  salt: VARIANT_KEY,
  onMissingKey: { check: oneOf(ON_MISSING_KEY), since: 2, fallback: 'error', schema: { enum: ON_MISSING_KEY } },
  prerequisites: { check: present(validatePrerequisites), fallback: [], schema: list('prerequisite', 1_000) },
  owner: { check: orNull(text(0, 200)), fallback: null, schema: nullable(string(0, 200)) },
  tags: { check: tags, fallback: [], schema: { type: 'array', items: string(1, 100), maxItems: 50, uniqueItems: true } },
  metadata: { check: validateMetadata, since: 2, fallback: {}, schema: METADATA },
  permanent: { check: truth, fallback: false, schema: { type: 'boolean' } },
  expiresAt: EXPIRES,
  archivedAt: EXPIRES,
};

const inherits = (check: MemberCheck, schema: object): Member => ({
  check: orNull(check),
  fallback: null,
  schema: nullable(schema),
});

export const OVERRIDE_MEMBERS: Record<string, Member> = {
  environment: NAME_MEMBER,
  flag: KEY,
  enabled: inherits(truth, { type: 'boolean' }),
  percentage: inherits(validatePercentage, ref('percentage')),
  rules: inherits(validateRules, list('rule', 200)),
  rulesMode: { check: oneOf(RULES_MODES), fallback: 'replace', schema: { enum: RULES_MODES } },
  variants: inherits((value) => validateVariants(value), list('variant', 100)),
  defaultVariant: VARIANT_KEY,
  offVariant: VARIANT_KEY,
  reason: { check: orNull(text(0, 2_000)), fallback: null, schema: nullable(string(0, 2_000)) },
};
