/** The vocabulary of the domain. Every other part of Flagtree speaks in these types. */

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export const FLAG_TYPES = ['boolean', 'string', 'number', 'json'] as const;
export type FlagType = (typeof FLAG_TYPES)[number];

export const RULES_MODES = ['replace', 'prepend', 'append'] as const;
export type RulesMode = (typeof RULES_MODES)[number];

/** What becomes of a context without the key that a bucket needs. `off`: it is outside of every gate, and gets the off variant of a split. */
export const ON_MISSING_KEY = ['error', 'off'] as const;
export type OnMissingKey = (typeof ON_MISSING_KEY)[number];

export const BUCKETINGS = ['flagd-v2'] as const;
export type Bucketing = (typeof BUCKETINGS)[number];

/** A whole number ≥ 0, or a percentage with at most three decimals as text (`33.3 %`). A split has one kind; percentages are 100 together. */
export type Weight = number | string;

/** `value` has the flag's type; with a `weight` it takes part in the default split. */
export interface Variant {
  key: string;
  value: JsonValue;
  weight?: Weight;
  description?: string;
}

export interface WeightedVariant {
  variant: string;
  weight: Weight;
}

/** What a matching rule gives: one variant, or a split over the bucket of `bucketBy` (default: the targeting key). */
export type Serve = { variant: string } | { split: WeightedVariant[]; bucketBy?: string };

export const OPERATORS = [
  'equals', 'not_equals', 'in', 'not_in', 'contains', 'not_contains', 'starts_with', 'ends_with', 'matches',
  'greater_than', 'greater_than_or_equal', 'less_than', 'less_than_or_equal', 'before', 'after',
  'semver_equals', 'semver_greater_than', 'semver_less_than', 'semver_in_range', 'in_cidr', 'exists', 'not_exists',
] as const; // prettier-ignore
export type Operator = (typeof OPERATORS)[number];

/** `attribute` is a dotted path into the context (`user.plan`); `$now` is the moment of the evaluation. */
export interface AttributeCondition {
  attribute: string;
  operator: Operator;
  values?: JsonValue[];
  negate?: boolean;
  ignoreCase?: boolean;
  /** Of versions: also with a `v` before them and white space around them. Else strictly SemVer 2.0. */
  lenient?: boolean;
}

export type Condition =
  | AttributeCondition
  | { segment: string }
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  /** A flagd targeting expression, of which the truth counts. */
  | { jsonLogic: JsonValue };

export type Rule = ConditionsRule | TargetingRule;

/** `percentage` (0–100, three decimals) gates the rule: a context outside it goes on to the next rule. */
export interface ConditionsRule {
  id: string;
  name?: string;
  enabled?: boolean;
  /** Absent: it holds always. */
  conditions?: Condition[];
  percentage?: number;
  serve: Serve;
}

/** A flagd targeting expression: it gives the key of a variant, or null for the next rule. */
export interface TargetingRule {
  id: string;
  name?: string;
  enabled?: boolean;
  targeting: JsonValue;
}

/** Holds when the flag `flag` serves one of `variants` in the same environment. */
export interface Prerequisite {
  flag: string;
  variants: string[];
}

/** The fields that an environment may override; `null` in an override means inherit. */
export interface FlagFields {
  enabled: boolean;
  percentage: number;
  rules: Rule[];
  variants: Variant[];
  defaultVariant: string | null;
  offVariant: string | null;
}
export const FLAG_FIELDS = ['enabled', 'percentage', 'rules', 'variants', 'defaultVariant', 'offVariant'] as const;
export type FlagField = (typeof FLAG_FIELDS)[number];

/** Any JSON object. These three keys have a meaning and are booleans; all others are the user's, and no evaluation reads any of them. */
export interface EnvironmentSettings {
  /** Writing what this environment gives takes the role promoter. */
  protected?: boolean;
  /** Kept and resolved; guards nothing until there are change requests. */
  require_approval?: boolean;
  /** Whether flags that are created without a word about `enabled` are on here. */
  default_enabled?: boolean;
  [key: string]: JsonValue;
}

export interface Environment {
  id: string;
  slug: string;
  /** Other names: each is taken wherever the slug is. */
  aliases: string[];
  name: string;
  description: string | null;
  /** Where what is deployed there can be seen. */
  url: string | null;
  parentId: string | null;
  settings: EnvironmentSettings;
  isActive: boolean;
  expiresAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** Flat, so that it can be OpenFeature's flag metadata. */
export type FlagMetadata = { [name: string]: string | number | boolean };

export interface Flag extends FlagFields {
  id: string;
  key: string;
  name: string;
  description: string | null;
  type: FlagType;
  bucketing: Bucketing;
  /** Null: the flag's key. */
  salt: string | null;
  onMissingKey: OnMissingKey;
  prerequisites: Prerequisite[];
  owner: string | null;
  tags: string[];
  /** What answers hold besides the value. */
  metadata: FlagMetadata;
  permanent: boolean;
  expiresAt: string | null;
  archivedAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** An environment's override of a flag. */
export interface EnvironmentFlag {
  id: string;
  environmentId: string;
  flagId: string;
  enabled: boolean | null;
  percentage: number | null;
  rules: Rule[] | null;
  rulesMode: RulesMode;
  variants: Variant[] | null;
  defaultVariant: string | null;
  offVariant: string | null;
  reason: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export interface Segment {
  id: string;
  key: string;
  name: string;
  description: string | null;
  conditions: Condition[];
  createdAt: string;
  updatedAt: string;
  version: number;
}

export type EvaluationContext = { targetingKey?: string } & { [attribute: string]: unknown };

export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'ERROR';
export type ErrorCode =
  | 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'GENERAL'; // prettier-ignore

/** `variant` and `value` are absent when the caller's own default applies. */
export type Evaluation =
  | { ok: true; reason: Exclude<Reason, 'ERROR'>; variant?: string; value?: JsonValue }
  | { ok: false; reason: 'ERROR'; errorCode: ErrorCode; errorDetails: string };

/** One thing that is wrong with a value, and where: `pointer` is an RFC 6901 JSON Pointer into that value. */
export interface Defect {
  pointer: string;
  code: string;
  detail: string;
}
