import { PercentageGate, Split, TARGETING_KEY } from './gate-and-split.js';
import { gateHash, splitHash } from '../buckets/buckets.js';
import { compileConditions, type Conditions, segmentHolds } from '../conditions/compile-conditions.js';
import { compileExpression } from '../conditions/compile-expression.js';
import type { Test } from '../conditions/condition-test.js';
import { deepFreeze } from '../json/freeze.js';
import { BUCKET_POINTS } from '../costs/bucket-points.js';
import { Price } from '../costs/price.js';
import { priceOfRules } from '../costs/rules-price.js';
import type { ResolvedContent } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import { Targeting } from './targeting.js';
import type {
  Condition,
  ConditionsRule,
  Evaluation,
  JsonValue,
  Prerequisite,
  Reason,
  Rule,
  TargetingRule,
  WeightedVariant,
} from '../types.js';

/** A resolved flag made ready to run: nothing in it is looked up, parsed or allocated when it is evaluated. */
export interface Program {
  /** The answer, when no context can change it. */
  readonly constant: Evaluation | null;
  /** What an evaluation costs at most, without that of the prerequisites. */
  readonly price: Price;
  readonly prerequisites: readonly {
    readonly flag: string;
    readonly variants: ReadonlySet<string>;
    readonly required: readonly string[];
  }[];
  readonly enabled: boolean;
  readonly off: Evaluation;
  readonly rules: readonly RuleProgram[];
  /** Null: everyone is let through to the default. */
  readonly gate: PercentageGate | null;
  readonly fallback: Serving;
  readonly outside: Evaluation;
}

export interface RuleProgram {
  readonly rule: Rule;
  readonly enabled: boolean;
  readonly test: Test;
  /** The answer when the test holds, if nothing but the test has a say in it. */
  readonly certain: Evaluation | null;
  /** Whether the test may leave a failure. */
  readonly fallible: boolean;
  readonly gate: PercentageGate | null;
  readonly serving: Serving;
  /** When there is one, it alone decides. */
  readonly targeting: Targeting | null;
}

const ALWAYS: readonly Condition[] = [];
const NEVER: Test = { holds: () => false };

/** What a rule or the default serves: always the same, or by bucket. */
export type Serving = { readonly outcome: Evaluation; readonly split: null } | { readonly outcome: null; readonly split: Split };

/** The resolved flag has no defects but those of its prerequisites. `tests` keeps what its conditions were compiled to. */
export function compileProgram(
  { flag, fields }: ResolvedContent,
  segments: State['segments'],
  tests: Map<readonly Condition[], Conditions>,
): Program {
  const maker = new ProgramMaker(fields.variants.value, flag, fields.offVariant.value);
  const prepared = (conditions: readonly Condition[]) => {
    let known = tests.get(conditions);
    if (!known) tests.set(conditions, (known = compileConditions(conditions, segments, flag.key)));
    return known;
  };
  const rules = fields.rules.value.map((rule) =>
    'targeting' in rule ? maker.targetingRule(rule, segments) : maker.rule(rule, prepared(rule.conditions ?? ALWAYS)),
  );
  const settled = rules.length > 0 ? 'DEFAULT' : 'STATIC';
  const weighted = fields.variants.value.filter((variant) => variant.weight !== undefined);
  const fallback = weighted.length > 0 ? maker.split(weighted.map(({ key, weight = 0 }) => ({ variant: key, weight }))) : null;
  const gate = maker.gate(fields.percentage.value);
  const inside = maker.outcome(fields.defaultVariant.value, gate?.needsBucket ? 'SPLIT' : settled);
  const outside = maker.outcome(fields.offVariant.value, gate?.needsBucket ? 'SPLIT' : settled);
  const off = maker.outcome(fields.offVariant.value, 'DISABLED');
  const enabled = fields.enabled.value;
  const constant = enabled ? constantOf(flag.prerequisites, rules, gate, fallback, inside, outside) : off;
  return {
    constant,
    price: constant === null ? priceOf(fields.rules.value, gate !== null || fallback !== null, segments) : Price.NOTHING,
    prerequisites: flag.prerequisites.map(({ flag: key, variants }) => ({
      flag: key,
      variants: new Set(variants),
      required: variants,
    })),
    enabled,
    off,
    rules,
    gate,
    fallback: fallback ? { outcome: null, split: fallback } : { outcome: inside, split: null },
    outside,
  };
}

/** A program that only says why there is none. */
export function failedProgram(details: string): Program {
  const failure: Evaluation = Object.freeze({ ok: false, reason: 'ERROR', errorCode: 'PARSE_ERROR', errorDetails: details });
  return {
    constant: failure,
    price: Price.NOTHING,
    prerequisites: [],
    enabled: false,
    off: failure,
    rules: [],
    gate: null,
    fallback: { outcome: failure, split: null },
    outside: failure,
  };
}

function priceOf(rules: readonly Rule[], isByBucket: boolean, segments: State['segments']): Price {
  const defaultPrice = isByBucket ? BUCKETED : Price.NOTHING;
  return rules.length === 0 ? defaultPrice : defaultPrice.plus(priceOfRules(rules, segments));
}

/** A default behind a gate, or split. */
const BUCKETED = Price.fixed(2 * BUCKET_POINTS);

function constantOf(
  prerequisites: readonly Prerequisite[],
  rules: readonly RuleProgram[],
  gate: PercentageGate | null,
  split: Split | null,
  inside: Evaluation,
  outside: Evaluation,
): Evaluation | null {
  if (prerequisites.length > 0 || rules.some((rule) => rule.enabled) || gate?.needsBucket) return null;
  if (gate) return outside;
  return split ? null : inside;
}

class ProgramMaker {
  private readonly salt: string;
  private readonly values: ReadonlyMap<string, JsonValue>;
  private readonly outcomes = new Map<string, Evaluation>();
  /** Of a context without the key of a bucket; null: an error. */
  private readonly withoutKey: Evaluation | null;

  constructor(
    variants: readonly { key: string; value: JsonValue }[],
    private readonly flag: ResolvedContent['flag'],
    offVariant: string | null,
  ) {
    this.salt = flag.salt ?? flag.key;
    this.values = new Map(variants.map(({ key, value }) => [key, deepFreeze(value)]));
    this.withoutKey = flag.onMissingKey === 'off' ? this.outcome(offVariant, 'DEFAULT') : null;
  }

  targetingRule(rule: TargetingRule, segments: State['segments']): RuleProgram {
    const outcomes = new Map<string, Evaluation>();
    for (const key of this.values.keys()) outcomes.set(key, this.outcome(key, 'TARGETING_MATCH'));
    const expression = compileExpression(rule.targeting, this.flag.key, segments, segmentHolds(segments, this.flag.key));
    return {
      rule,
      // an empty expression is, in flagd, none
      enabled: rule.enabled !== false && Object.keys(rule.targeting as object).length > 0,
      test: NEVER,
      certain: null,
      fallible: false,
      gate: null,
      serving: { outcome: this.outcome(null, 'TARGETING_MATCH'), split: null },
      targeting: new Targeting(rule.id, expression, outcomes),
    };
  }

  rule(rule: ConditionsRule, { test, fallible }: Conditions): RuleProgram {
    const { serve } = rule;
    const enabled = rule.enabled !== false;
    const gate = this.gate(rule.percentage ?? 100, 'split' in serve ? serve.bucketBy : undefined);
    const serving: Serving =
      'split' in serve
        ? { outcome: null, split: this.split(serve.split, serve.bucketBy) }
        : { outcome: this.outcome(serve.variant, 'TARGETING_MATCH'), split: null };
    const certain = enabled && !fallible && gate === null ? serving.outcome : null;
    return { rule, enabled, test, certain, fallible, gate, serving, targeting: null };
  }

  gate(percentage: number, bucketBy = TARGETING_KEY): PercentageGate | null {
    return percentage >= 100
      ? null
      : new PercentageGate(percentage, bucketBy, gateHash(this.flag.bucketing, this.salt), this.withoutKey);
  }

  split(entries: readonly WeightedVariant[], bucketBy = TARGETING_KEY): Split {
    const outcomes = entries.map(({ variant }) => this.outcome(variant, 'SPLIT'));
    return new Split(entries, outcomes, bucketBy, splitHash(this.flag.bucketing, this.salt), this.withoutKey);
  }

  /** One frozen object for each way in which the flag can answer. No variant: the caller's own default. */
  outcome(variant: string | null, reason: Exclude<Reason, 'ERROR'>): Evaluation {
    const id = `${reason} ${variant ?? ''}`;
    let outcome = this.outcomes.get(id);
    if (!outcome) {
      const value = variant === null ? undefined : this.values.get(variant);
      outcome = Object.freeze(
        variant === null || value === undefined ? { ok: true, reason } : { ok: true, reason, variant, value },
      );
      this.outcomes.set(id, outcome);
    }
    return outcome;
  }
}
