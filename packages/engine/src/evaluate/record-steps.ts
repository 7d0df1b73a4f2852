import { clip } from '../json/values.js';
import type { Program, RuleProgram } from '../compile/program.js';
import type { Recorder } from '../trace/recorder.js';
import type { BucketStep, ConditionStep, Step } from '../trace/steps.js';
import type { Source } from '../resolve/resolve.js';
import type { CompiledFlag } from '../compile/snapshot.js';
import type { Evaluation } from '../types.js';

type PrerequisiteStep = Omit<Extract<Step, { step: 'prerequisite' }>, 'step' | 'why'>;

export function recordPrerequisite(recorder: Recorder, step: PrerequisiteStep, endless: boolean): void {
  const why = endless ? 'the prerequisites run into a cycle' : whyNotSatisfied(step);
  recorder.steps.push({ step: 'prerequisite', ...step, ...(why !== undefined && { why }) });
}

function whyNotSatisfied({ evaluation, satisfied }: PrerequisiteStep): string | undefined {
  if (satisfied) return undefined;
  if (evaluation === null) return 'there is no such flag';
  if (!evaluation.ok) return evaluation.errorDetails;
  return `it serves ${evaluation.variant === undefined ? 'no variant' : `"${clip(evaluation.variant)}"`}`;
}

export function recordRule(recorder: Recorder, flag: CompiledFlag, index: number, outcome: Evaluation | undefined): void {
  const { rule, enabled } = flag.program.rules[index] as RuleProgram;
  const { conditions, buckets } = recorder.take();
  recorder.steps.push({
    step: 'rule',
    id: rule.id,
    name: rule.name ?? null,
    source: flag.resolved.ruleSources[index] as Source,
    matched: outcome?.ok === true,
    why: whyOfRule('targeting' in rule, enabled, conditions, outcome, lacksKey(buckets)),
    conditions,
    buckets,
  });
}

export function recordDefault(recorder: Recorder, program: Program, outcome: Evaluation): void {
  const { buckets } = recorder.take();
  const outside = buckets.some((bucket) => (bucket.kind === 'gate' ? !bucket.admitted : bucket.key === null));
  recorder.steps.push({
    step: 'default',
    served: !outcome.ok
      ? 'nothing'
      : outside
        ? 'off variant'
        : program.fallback.split
          ? 'split of the variants'
          : 'default variant',
    buckets,
  });
}

/** A gate at 0 needs no key. */
function lacksKey(buckets: readonly BucketStep[]): boolean {
  return buckets.some((bucket) => bucket.key === null && (bucket.kind !== 'gate' || bucket.percentage > 0));
}

/** Undefined `outcome`: the next rule was tried. */
function whyOfRule(
  targeted: boolean,
  enabled: boolean,
  conditions: readonly ConditionStep[],
  outcome: Evaluation | undefined,
  keyMissing: boolean,
): string {
  if (outcome !== undefined) {
    if (!outcome.ok) return outcome.errorDetails;
    if (keyMissing) return 'its conditions hold, but the context has no key for its split: the flag is off for it';
    return targeted ? 'its targeting names the variant' : 'its conditions hold';
  }
  if (!enabled) return 'it is switched off';
  if (targeted) return 'its targeting gives null: the next rule decides';
  const failed = conditions.filter((condition) => !condition.result).length;
  if (failed === 0 && keyMissing) return 'its conditions hold, but the context has no key for its percentage: it is outside';
  if (failed === 0) return 'its conditions hold, but its percentage does not let the context in';
  return `${failed} of its ${conditions.length} conditions ${failed === 1 ? 'does' : 'do'} not hold`;
}
