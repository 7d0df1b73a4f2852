import { attributeReader, type AttributeReader } from './attributes.js';
import { bucketKeyOf, gateHash, gateThreshold, placeIn, splitHash, weightThresholds, type BucketHash } from './buckets.js';
import { compileConditions, type Test } from './compile-conditions.js';
import { deepFreeze } from './freeze.js';
import type { Recorder } from './recorder.js';
import type { ResolvedFlag } from './resolve.js';
import type { State } from './state.js';
import type {
  Condition,
  Evaluation,
  EvaluationContext,
  JsonValue,
  Prerequisite,
  Reason,
  Rule,
  WeightedVariant,
} from './types.js';

/** A resolved flag made ready to run: nothing in it is looked up, parsed or allocated when it is evaluated. */
export interface Program {
  /** The answer, when no context can change it. */
  readonly constant: Evaluation | null;
  readonly prerequisites: readonly {
    readonly flag: string;
    readonly variants: ReadonlySet<string>;
    readonly required: readonly string[];
  }[];
  readonly enabled: boolean;
  readonly off: Evaluation;
  readonly rules: readonly RuleProgram[];
  /** Null: everyone is let through to the default. */
  readonly gate: Gate | null;
  readonly fallback: Serving;
  readonly outside: Evaluation;
}

export interface RuleProgram {
  readonly rule: Rule;
  readonly enabled: boolean;
  readonly test: Test;
  readonly gate: Gate | null;
  readonly serving: Serving;
}

/** What a rule or the default serves: always the same, or by bucket. */
export type Serving = { readonly outcome: Evaluation; readonly split: null } | { readonly outcome: null; readonly split: Split };

/** The resolved flag has no defects but those of its prerequisites. */
export function compileProgram({ flag, fields }: ResolvedFlag, segments: State['segments']): Program {
  const maker = new ProgramMaker(fields.variants.value, flag);
  const rules = fields.rules.value.map((rule) => maker.rule(rule, segments));
  const settled = rules.length > 0 ? 'DEFAULT' : 'STATIC';
  const weighted = fields.variants.value.filter((variant) => variant.weight !== undefined);
  const fallback = weighted.length > 0 ? maker.split(weighted.map(({ key, weight = 0 }) => ({ variant: key, weight }))) : null;
  const gate = maker.gate(fields.percentage.value, undefined);
  const inside = maker.outcome(fields.defaultVariant.value, gate?.needsBucket ? 'SPLIT' : settled);
  const outside = maker.outcome(fields.offVariant.value, gate?.needsBucket ? 'SPLIT' : settled);
  const off = maker.outcome(fields.offVariant.value, 'DISABLED');
  const enabled = fields.enabled.value;
  return {
    constant: enabled ? constantOf(flag.prerequisites, rules, gate, fallback, inside, outside) : off,
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
    prerequisites: [],
    enabled: false,
    off: failure,
    rules: [],
    gate: null,
    fallback: { outcome: failure, split: null },
    outside: failure,
  };
}

function constantOf(
  prerequisites: readonly Prerequisite[],
  rules: readonly RuleProgram[],
  gate: Gate | null,
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

  constructor(
    variants: readonly { key: string; value: JsonValue }[],
    private readonly flag: ResolvedFlag['flag'],
  ) {
    this.salt = flag.salt ?? flag.key;
    this.values = new Map(variants.map(({ key, value }) => [key, deepFreeze(value)]));
  }

  rule(rule: Rule, segments: State['segments']): RuleProgram {
    const { serve } = rule;
    const split = 'split' in serve ? serve : undefined;
    return {
      rule,
      enabled: rule.enabled !== false,
      test: conditionsTest(rule.conditions, segments),
      gate: this.gate(rule.percentage ?? 100, split?.bucketBy),
      serving:
        'split' in serve
          ? { outcome: null, split: this.split(serve.split, serve.bucketBy) }
          : { outcome: this.outcome(serve.variant, 'TARGETING_MATCH'), split: null },
    };
  }

  gate(percentage: number, bucketBy: string | undefined): Gate | null {
    return percentage >= 100 ? null : new Gate(percentage, bucketBy ?? TARGETING_KEY, gateHash(this.flag.bucketing, this.salt));
  }

  split(entries: readonly WeightedVariant[], bucketBy?: string): Split {
    const outcomes = entries.map(({ variant }) => this.outcome(variant, 'SPLIT'));
    return new Split(entries, outcomes, bucketBy ?? TARGETING_KEY, splitHash(this.flag.bucketing, this.salt));
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

const conditionTests = new WeakMap<State['segments'], WeakMap<readonly Condition[], Test>>();

/** Conditions depend on nothing of the flag: environments that share a rule share what it was compiled to. */
function conditionsTest(conditions: readonly Condition[], segments: State['segments']): Test {
  let known = conditionTests.get(segments);
  if (!known) conditionTests.set(segments, (known = new WeakMap()));
  let test = known.get(conditions);
  if (!test) known.set(conditions, (test = compileConditions(conditions, segments)));
  return test;
}

const TARGETING_KEY = 'targetingKey';

abstract class Bucketed {
  /** The answer when the context has no key for the bucket. */
  readonly keyMissing: Evaluation;
  protected readonly read: AttributeReader;

  constructor(
    protected readonly bucketBy: string,
    protected readonly hash: BucketHash,
  ) {
    this.read = attributeReader(bucketBy);
    const what = bucketBy === TARGETING_KEY ? 'a targeting key' : `the attribute "${bucketBy}"`;
    this.keyMissing = Object.freeze({
      ok: false,
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: `the flag serves by bucket: the context needs ${what}`,
    });
  }

  protected keyOf(context: EvaluationContext): string | undefined {
    return bucketKeyOf(this.read(context, NaN));
  }
}

/** Lets a share of the contexts in, always the same ones; a greater share lets in those and more. */
export class Gate extends Bucketed {
  /** Nobody is let in at 0: no key is needed to say so. */
  readonly needsBucket: boolean;
  private readonly threshold: number;

  constructor(
    private readonly percentage: number,
    bucketBy: string,
    hash: BucketHash,
  ) {
    super(bucketBy, hash);
    this.needsBucket = percentage > 0;
    this.threshold = gateThreshold(percentage);
  }

  /** Undefined: there is no key. */
  admits(context: EvaluationContext, recorder: Recorder | undefined): boolean | undefined {
    const { percentage, bucketBy, threshold } = this;
    if (!this.needsBucket) {
      recorder?.bucket({ kind: 'gate', percentage, bucketBy, key: null, admitted: false });
      return false;
    }
    const key = this.keyOf(context);
    if (key === undefined) {
      recorder?.bucket({ kind: 'gate', percentage, bucketBy, key: null, admitted: false });
      return undefined;
    }
    const place = this.hash(key);
    recorder?.bucket({ kind: 'gate', percentage, bucketBy, key, place, threshold, admitted: place < threshold });
    return place < threshold;
  }
}

export class Split extends Bucketed {
  private readonly thresholds: readonly number[];

  constructor(
    private readonly entries: readonly WeightedVariant[],
    private readonly outcomes: readonly Evaluation[],
    bucketBy: string,
    hash: BucketHash,
  ) {
    super(bucketBy, hash);
    this.thresholds = weightThresholds(entries.map((entry) => entry.weight));
  }

  choose(context: EvaluationContext, recorder: Recorder | undefined): Evaluation {
    const key = this.keyOf(context);
    if (key === undefined) {
      recorder?.bucket({ kind: 'split', entries: [...this.entries], bucketBy: this.bucketBy, key: null });
      return this.keyMissing;
    }
    const place = this.hash(key);
    const chosen = placeIn(this.thresholds, place);
    if (recorder !== undefined) this.record(recorder, key, place, chosen);
    return this.outcomes[chosen] as Evaluation;
  }

  private record(recorder: Recorder, key: string, place: number, chosen: number): void {
    const total = this.entries.reduce((sum, entry) => sum + entry.weight, 0);
    const bucket = Number((BigInt(place) * BigInt(total)) >> 32n);
    recorder.bucket({ kind: 'split', entries: [...this.entries], bucketBy: this.bucketBy, key, place, bucket, chosen });
  }
}
