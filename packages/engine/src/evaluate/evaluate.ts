import { isContext, LAST_MOMENT, ownContext } from '../conditions/attributes.js';
import { bulkOf, type VaryingFlag } from './evaluate-all.js';
import { clip } from '../json/values.js';
import { takeFailure } from '../conditions/pending-failure.js';
import type { Program, RuleProgram, Serving } from '../compile/program.js';
import { recordDefault, recordPrerequisite, recordRule } from './record-steps.js';
import type { Recorder } from '../trace/recorder.js';
import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import { expressionFailed } from '../compile/targeting.js';
import type { Evaluation, EvaluationContext } from '../types.js';

/**
 * What a flag is for a context at a moment. Pure, synchronous and total: an answer or an error code, never an exception. A recorder is told
 * of every step and changes nothing.
 */
export function evaluate(
  snapshot: Snapshot,
  flagKey: string,
  context: EvaluationContext,
  now: Date | number,
  recorder?: Recorder,
): Evaluation {
  const flag = snapshot.flags.get(flagKey);
  if (flag === undefined) return flagNotFound(flagKey);
  if (!isContext(context)) return INVALID_CONTEXT;
  const { constant } = flag.program;
  if (constant !== null && recorder === undefined) return constant;
  return run(snapshot, flag, ownContext(context), momentOf(now), undefined, recorder);
}

/** What `evaluate` says of every flag of the snapshot, in the order of the keys. */
export function evaluateAll(snapshot: Snapshot, context: EvaluationContext, now: Date | number): Evaluation[] {
  const { answers, varying } = bulkOf(snapshot.flags);
  const evaluations = answers.slice();
  if (!isContext(context)) return evaluations.fill(INVALID_CONTEXT);
  const attributes = ownContext(context);
  const moment = momentOf(now);
  const served: Served = new Map();
  for (let i = 0; i < varying.length; i++) {
    const { index, flag } = varying[i] as VaryingFlag;
    evaluations[index] = decide(snapshot, flag, attributes, moment, served, undefined);
  }
  return evaluations;
}

/** Milliseconds since 1970 as a `Date` has them, so that both ways to say a moment mean the same; NaN for a moment that cannot be. */
function momentOf(now: Date | number): number {
  if (typeof now !== 'number') return now.getTime();
  return Math.abs(now) <= LAST_MOMENT ? now : NaN;
}

/** What each prerequisite serves in one evaluation: where several flags require the same one, it is asked once. */
type Served = Map<string, Evaluation>;

function run(
  snapshot: Snapshot,
  flag: CompiledFlag,
  context: EvaluationContext,
  now: number,
  served: Served | undefined,
  recorder: Recorder | undefined,
): Evaluation {
  const { program } = flag;
  const { constant } = program;
  if (constant !== null && (recorder === undefined || !constant.ok)) {
    if (!constant.ok) recorder?.steps.push({ step: 'error', why: constant.errorDetails });
    return constant;
  }
  return decide(snapshot, flag, context, now, served, recorder);
}

function decide(
  snapshot: Snapshot,
  flag: CompiledFlag,
  context: EvaluationContext,
  now: number,
  served: Served | undefined,
  recorder: Recorder | undefined,
): Evaluation {
  const { program } = flag;
  if (program.prerequisites.length > 0) {
    if (!prerequisitesHold(snapshot, flag, context, now, served ?? new Map<string, Evaluation>(), recorder)) return program.off;
  }
  recorder?.steps.push({ step: 'enabled', enabled: program.enabled });
  if (!program.enabled) return program.off;
  const { rules } = program;
  for (let i = 0; i < rules.length; i++) {
    const outcome = tryRule(rules[i] as RuleProgram, context, now, recorder);
    if (recorder !== undefined) recordRule(recorder, flag, i, outcome);
    if (outcome !== undefined) return outcome;
  }
  const outcome = serveDefault(program, context, recorder);
  if (recorder !== undefined) recordDefault(recorder, program, outcome);
  return outcome;
}

/** Undefined: it does not match, the next rule is tried. */
function tryRule(
  rule: RuleProgram,
  context: EvaluationContext,
  now: number,
  recorder: Recorder | undefined,
): Evaluation | undefined {
  const { certain } = rule;
  if (certain !== null) return rule.test.holds(context, now, recorder) ? certain : undefined;
  return tryElaborateRule(rule, context, now, recorder);
}

function tryElaborateRule(
  rule: RuleProgram,
  context: EvaluationContext,
  now: number,
  recorder: Recorder | undefined,
): Evaluation | undefined {
  if (!rule.enabled) return undefined;
  if (rule.targeting !== null) return rule.targeting.choose(context, now, recorder);
  const holds = rule.test.holds(context, now, recorder);
  if (rule.fallible) {
    const failure = takeFailure();
    if (failure !== undefined) return expressionFailed(rule.rule.id, failure);
  }
  if (!holds) return undefined;
  if (rule.gate !== null) {
    const admitted = rule.gate.admits(context, recorder);
    if (admitted === undefined) return rule.gate.keyMissing;
    if (!admitted) return undefined;
  }
  return serve(rule.serving, context, recorder);
}

function serveDefault(
  { gate, fallback, outside }: Program,
  context: EvaluationContext,
  recorder: Recorder | undefined,
): Evaluation {
  if (gate !== null) {
    const admitted = gate.admits(context, recorder);
    if (admitted === undefined) return gate.keyMissing;
    if (!admitted) return outside;
  }
  return serve(fallback, context, recorder);
}

function serve(serving: Serving, context: EvaluationContext, recorder: Recorder | undefined): Evaluation {
  return serving.split === null ? serving.outcome : serving.split.choose(context, recorder);
}

function prerequisitesHold(
  snapshot: Snapshot,
  flag: CompiledFlag,
  context: EvaluationContext,
  now: number,
  served: Served,
  recorder: Recorder | undefined,
): boolean {
  const endless = snapshot.endless.has(flag.key);
  let hold = true;
  for (const { flag: key, variants, required } of flag.program.prerequisites) {
    const steps = recorder?.nested();
    const evaluation = endless ? undefined : serveOf(snapshot, key, context, now, served, steps);
    const satisfied = evaluation?.ok === true && evaluation.variant !== undefined && variants.has(evaluation.variant);
    if (recorder !== undefined && steps !== undefined) {
      recordPrerequisite(
        recorder,
        { flag: key, required: [...required], evaluation: evaluation ?? null, satisfied, steps: steps.steps },
        endless,
      );
    }
    if (satisfied) continue;
    if (recorder === undefined) return false;
    hold = false;
  }
  return hold;
}

function serveOf(
  snapshot: Snapshot,
  key: string,
  context: EvaluationContext,
  now: number,
  served: Served,
  recorder: Recorder | undefined,
): Evaluation | undefined {
  const known = served.get(key);
  if (known !== undefined) return known;
  const flag = (snapshot.whole ?? snapshot.flags).get(key);
  if (flag === undefined) return undefined;
  const evaluation = run(snapshot, flag, context, now, served, recorder);
  served.set(key, evaluation);
  return evaluation;
}

const INVALID_CONTEXT: Evaluation = Object.freeze({
  ok: false,
  reason: 'ERROR',
  errorCode: 'INVALID_CONTEXT',
  errorDetails: 'the context is not an object of attributes',
});

function flagNotFound(flagKey: string): Evaluation {
  return { ok: false, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorDetails: `there is no flag "${clip(String(flagKey))}"` };
}
