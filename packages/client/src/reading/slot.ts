import { type Evaluation, evaluate, isTimed, type Snapshot } from '../engine.js';
import { readOverride } from '../overrides/read-override.js';
import type { FlagDefinition } from '../types/flags.js';
import type { Context, Json } from '../types/json.js';
import { type Answer, answerOf, failure, overridden } from './answer.js';
import { fits, type Kind } from './kinds.js';
import type { ReadingKit } from './reading-kit.js';

const MOST_ANSWERS = 256;

/** What calls need of one key at one revision, found by one look-up. */
export class Slot {
  readonly inheritedFrom: string | null;
  readonly kind: Kind | null;
  private readonly answers = new Map<Evaluation, Answer>();
  /** Whether time alone may change the answer: looking at the clock takes longer than most evaluations. Null: nobody has asked yet. */
  private timed: boolean | null = null;
  private lastEvaluation: Evaluation | null = null;
  private lastAnswer: Answer | null = null;
  private readonly missing: Answer | null;
  private readonly isDefective: boolean;
  private mismatches: Partial<Record<Kind, Answer>> | null = null;
  private invalidContext: Answer | null = null;
  private forced: Map<Kind, Answer | null> | null = null;
  private forcedAt = -1;

  constructor(
    readonly key: string,
    private readonly snapshot: Snapshot | null,
    readonly definition: FlagDefinition<unknown> | undefined,
    private readonly kit: ReadingKit,
  ) {
    const flag = snapshot?.flags.get(key);
    this.kind = flag?.type ?? null;
    this.inheritedFrom = flag?.inheritedFrom ?? null;
    this.missing = flag === undefined ? missingAnswer(key, snapshot, definition, kit) : null;
    const defect = flag?.defect ?? null;
    this.isDefective = defect !== null;
    if (defect !== null) kit.defective(key, defect);
  }

  /** Whether the server has no such flag. */
  get isMissing(): boolean {
    return this.missing !== null;
  }

  answer(kind: Kind, context: Context): Answer {
    if (this.forcedAt !== this.kit.layers.version) this.readLayers();
    if (this.forced !== null) {
      const forced = this.forcedAnswer(kind);
      if (forced !== null) return forced;
    }
    if (this.missing !== null) return this.missing;
    if (kind === this.kind || kind === 'any') return this.served(context);
    return this.isDefective ? this.defectBefore(kind, context) : this.mismatch(kind);
  }

  /** Of a test: stronger than all other overrides. */
  told(kind: Kind, value: Json): Answer {
    return fits(value, kind) ? overridden(this.key, value, this.variantWith(value), this.kit.counters) : this.mismatch(kind);
  }

  /** Of a flag that nobody can evaluate not even the type is known; one that goes on as it last was has it. */
  private defectBefore(kind: Kind, context: Context): Answer {
    const served = this.served(context);
    return served.errorCode === 'PARSE_ERROR' ? served : this.mismatch(kind);
  }

  private served(context: Context): Answer {
    let evaluation: Evaluation;
    try {
      const snapshot = this.snapshot as Snapshot;
      this.timed ??= isTimed(snapshot, this.key);
      const now = this.timed ? this.kit.now() : 0;
      evaluation = evaluate(snapshot, this.key, context as Parameters<typeof evaluate>[2], now);
    } catch (error) {
      return this.contextFailed(error);
    }
    if (evaluation === this.lastEvaluation) return this.lastAnswer as Answer;
    let answer = this.answers.get(evaluation);
    if (answer === undefined) {
      answer = this.expected(answerOf(this.key, evaluation, this.kit.counters));
      if (this.answers.size < MOST_ANSWERS) this.answers.set(evaluation, answer);
    }
    this.lastEvaluation = evaluation;
    this.lastAnswer = answer;
    return answer;
  }

  /** A text that the code cannot deal with is no answer. */
  private expected(answer: Answer): Answer {
    const oneOf = this.definition?.oneOf;
    if (oneOf === undefined || answer.value === undefined || oneOf.includes(answer.value)) return answer;
    return failure(
      'TYPE_MISMATCH',
      `flag "${this.key}" is ${JSON.stringify(answer.value)}, which is none of what the code can deal with: ${oneOf.join(', ')}`,
      this.kit.counters.of(this.key, answer.variant, 'ERROR'),
    );
  }

  /** The engine never throws: a getter of the context, or its proxy, did. */
  private contextFailed(error: unknown): Answer {
    return (this.invalidContext ??= failure(
      'INVALID_CONTEXT',
      `the context cannot be read: ${error instanceof Error ? error.message : 'something that is no error was thrown'}`,
      this.kit.counters.of(this.key, null, 'ERROR'),
    ));
  }

  private mismatch(kind: Kind): Answer {
    const mismatches = (this.mismatches ??= {});
    return (mismatches[kind] ??= failure(
      'TYPE_MISMATCH',
      `flag "${this.key}" is of type ${this.kind ?? 'another'}, and ${kind} was asked for`,
      this.kit.counters.of(this.key, null, 'ERROR'),
    ));
  }

  private readLayers(): void {
    this.forcedAt = this.kit.layers.version;
    this.forced = this.kit.layers.says(this.key) ? new Map<Kind, Answer | null>() : null;
  }

  private forcedAnswer(kind: Kind): Answer | null {
    const forced = this.forced as Map<Kind, Answer | null>;
    let answer = forced.get(kind);
    if (answer === undefined) {
      const found = readOverride(this.kit.layers.said(this.key), {
        key: this.key,
        kind: kind === 'any' ? (this.kind ?? this.definition?.type ?? 'any') : kind,
        variants: this.variants(),
        misfit: this.kit.misfit,
      });
      answer = found === null ? null : overridden(this.key, found.value, found.variant, this.kit.counters);
      forced.set(kind, answer);
    }
    return answer;
  }

  private variants(): readonly { readonly key: string; readonly value: Json }[] {
    const flag = this.snapshot?.flags.get(this.key);
    return flag === undefined ? [] : flag.resolved.fields.variants.value;
  }

  private variantWith(value: Json): string | null {
    return this.variants().find((variant) => variant.value === value)?.key ?? null;
  }
}

function missingAnswer(
  key: string,
  snapshot: Snapshot | null,
  definition: FlagDefinition<unknown> | undefined,
  { counters }: ReadingKit,
): Answer {
  if (snapshot === null)
    return failure(
      'PROVIDER_NOT_READY',
      'there is no data yet, neither from the server nor from a file',
      counters.other('ERROR'),
    );
  counters.unknown(key);
  const counter = definition === undefined ? counters.other('ERROR') : counters.of(key, null, 'ERROR');
  return failure('FLAG_NOT_FOUND', `there is no flag "${key}" in ${snapshot.environment}`, counter);
}
