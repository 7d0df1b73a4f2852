import { takeFailure } from '../conditions/pending-failure.js';
import type { Program, RuleProgram, Serving } from '../compile/program.js';
import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import { expressionFailed } from '../compile/targeting.js';
import { recorderIn, type Watcher } from '../trace/recorder.js';
import type { Evaluation, EvaluationContext } from '../types.js';
import { recordDefault, recordPrerequisite, recordRule } from './record-steps.js';

/** What each prerequisite serves in one evaluation: where several flags require the same one, it is asked once. */
export type Served = Map<string, Evaluation>;

/** Answers at once where no context can change the answer. @throws {OverBudget} with a watcher alone. */
export function run(
  snapshot: Snapshot,
  flag: CompiledFlag,
  context: EvaluationContext,
  now: number,
  served: Served | undefined,
  watcher: Watcher | undefined,
): Evaluation {
  const { program } = flag;
  const { constant } = program;
  const recorder = recorderIn(watcher);
  if (constant !== null && (recorder === undefined || !constant.ok)) {
    if (!constant.ok) recorder?.steps.push({ step: 'error', why: constant.errorDetails });
    return constant;
  }
  return decide(snapshot, flag, context, now, served, watcher);
}

/** @throws {OverBudget} with a watcher alone. */
export function decide(
  snapshot: Snapshot,
  flag: CompiledFlag,
  context: EvaluationContext,
  now: number,
  served: Served | undefined,
  watcher: Watcher | undefined,
): Evaluation {
  const { program } = flag;
  const recorder = recorderIn(watcher);
  if (program.prerequisites.length > 0) {
    if (!prerequisitesHold(snapshot, flag, context, now, served ?? new Map<string, Evaluation>(), watcher)) return program.off;
  }
  recorder?.steps.push({ step: 'enabled', enabled: program.enabled });
  if (!program.enabled) return program.off;
  const { rules } = program;
  for (let i = 0; i < rules.length; i++) {
    const outcome = tryRule(rules[i] as RuleProgram, context, now, watcher);
    if (recorder !== undefined) recordRule(recorder, flag, i, outcome);
    if (outcome !== undefined) return outcome;
  }
  const outcome = serveDefault(program, context, watcher);
  if (recorder !== undefined) recordDefault(recorder, program, outcome);
  return outcome;
}

/** Undefined: it does not match, the next rule is tried. */
function tryRule(
  rule: RuleProgram,
  context: EvaluationContext,
  now: number,
  watcher: Watcher | undefined,
): Evaluation | undefined {
  const { certain } = rule;
  if (certain !== null) return rule.test.holds(context, now, watcher) ? certain : undefined;
  return tryElaborateRule(rule, context, now, watcher);
}

function tryElaborateRule(
  rule: RuleProgram,
  context: EvaluationContext,
  now: number,
  watcher: Watcher | undefined,
): Evaluation | undefined {
  if (!rule.enabled) return undefined;
  if (rule.targeting !== null) return rule.targeting.choose(context, now, watcher);
  const holds = rule.test.holds(context, now, watcher);
  if (rule.fallible) {
    const failure = takeFailure();
    if (failure !== undefined) return expressionFailed(rule.rule.id, failure);
  }
  if (!holds) return undefined;
  if (rule.gate !== null) {
    const admitted = rule.gate.admits(context, watcher);
    if (admitted === undefined) return rule.gate.keyMissing;
    if (!admitted) return undefined;
  }
  return serve(rule.serving, context, watcher);
}

function serveDefault(
  { gate, fallback, outside }: Program,
  context: EvaluationContext,
  watcher: Watcher | undefined,
): Evaluation {
  if (gate !== null) {
    const admitted = gate.admits(context, watcher);
    if (admitted === undefined) return gate.keyMissing;
    if (!admitted) return outside;
  }
  return serve(fallback, context, watcher);
}

function serve(serving: Serving, context: EvaluationContext, watcher: Watcher | undefined): Evaluation {
  return serving.split === null ? serving.outcome : serving.split.choose(context, watcher);
}

function prerequisitesHold(
  snapshot: Snapshot,
  flag: CompiledFlag,
  context: EvaluationContext,
  now: number,
  served: Served,
  watcher: Watcher | undefined,
): boolean {
  const endless = snapshot.endless.has(flag.key);
  const recorder = recorderIn(watcher);
  let hold = true;
  for (const { flag: key, variants, required } of flag.program.prerequisites) {
    const steps = recorder?.nested();
    const evaluation = endless ? undefined : serveOf(snapshot, key, context, now, served, steps ?? watcher);
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
  watcher: Watcher | undefined,
): Evaluation | undefined {
  const known = served.get(key);
  if (known !== undefined) return known;
  const flag = (snapshot.whole ?? snapshot.flags).get(key);
  if (flag === undefined) return undefined;
  const evaluation = run(snapshot, flag, context, now, served, watcher);
  served.set(key, evaluation);
  return evaluation;
}
