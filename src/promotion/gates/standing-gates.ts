import type { Caller } from '../../access/identity/caller.js';
import { mayChange } from '../../audit/questions/may-change.js';
import { type CheckOutcome, environmentBySlug, type PromotionPlan, type State } from '@flagtree/engine';
import { listed } from '../../platform/http/problems/listed.js';
import { Forbidden } from '../../platform/http/problems/problem.js';

/** `waiting`: it passes by itself, later. */
export type GateState = 'passed' | 'failed' | 'waiting';

/** One condition of a promotion. `reason` says, where it is not passed, what to do next. */
export interface GateResult {
  gate: string;
  state: GateState;
  /** The target that it guards; null: all of them. */
  environment: string | null;
  /** The pipeline that asks for it; null: every promotion must meet it. */
  pipeline: string | null;
  reason: string;
}

export const passed = (gate: string, reason: string, at: Partial<GateResult> = {}): GateResult => ({
  ...{ gate, state: 'passed', environment: null, pipeline: null, reason },
  ...at,
});
export const failed = (gate: string, reason: string, at: Partial<GateResult> = {}): GateResult =>
  passed(gate, reason, { ...at, state: 'failed' });

/** What all gates look at. */
export interface GateInput {
  state: State;
  caller: Caller;
  plan: Pick<PromotionPlan, 'rows' | 'effect' | 'obstacles' | 'defects' | 'dependencies'>;
  /** Slugs. */
  targets: readonly string[];
  outcomes: readonly CheckOutcome[];
  /** Prerequisites that differ are only told. */
  ignoresDependencies: boolean;
}

/** What every promotion must meet, whatever the pipeline. */
export function standingGates(input: GateInput): GateResult[] {
  return [valid(input.plan), permission(input), dependencies(input), evaluation(input), checks(input)];
}

/** Valid for the targets and all below them. */
export function valid(plan: Pick<PromotionPlan, 'obstacles' | 'defects'>): GateResult {
  const wrong = [
    ...plan.obstacles.map(({ detail }) => detail),
    ...plan.defects.map(({ flag, environment, detail }) => `"${flag}" would be broken in ${environment}: ${detail}`),
  ];
  if (wrong.length > 0) return failed('valid', `${listed(wrong)}. Repair the source, or leave the field out`);
  return passed('valid', 'every flag stays valid, in every environment that changes');
}

export type PermissionInput = Pick<GateInput, 'state' | 'caller'> & { plan: Pick<PromotionPlan, 'rows' | 'effect'> };

/** The caller may make this change: the law of the write door, asked of the plan. */
export function permission({ plan, state, caller }: PermissionInput): GateResult {
  const entries = plan.rows.map(({ environment }) => {
    const row = { environment_id: environmentBySlug(state, environment)?.id ?? null };
    return { table: 'environment_flags', before: null, after: row } as const;
  });
  try {
    mayChange({ caller, before: state, state, entries }, plan.effect);
  } catch (error) {
    if (error instanceof Forbidden) return failed('permission', error.message, at(error));
    throw error;
  }
  return passed('permission', 'you may write every environment that changes');
}

/** The environment that may not be written, where it is one. */
function at({ members: { environment } }: Forbidden): Partial<GateResult> {
  return typeof environment === 'string' ? { environment } : {};
}

/** The prerequisites are in the target as they are in the source. */
function dependencies({ plan, ignoresDependencies }: GateInput): GateResult {
  const lacking = plan.dependencies.filter(({ state }) => state === 'missing' || (state === 'differs' && !ignoresDependencies));
  if (lacking.length === 0) return passed('dependencies', 'what the flags require is there');
  const wrong = lacking.map(({ environment, flag, kind, key, state, fields }) =>
    state === 'missing'
      ? `${kind} "${key}" of "${flag}" does not exist`
      : `prerequisite "${key}" of "${flag}" differs in ${environment} (${fields.join(', ')})`,
  );
  return failed('dependencies', `${listed(wrong)}. Promote it, too ("dependencies": "include"), or say "dependencies": "ignore"`);
}

/** No check and no context that was given ends in an error where it did not before, nor in a target. */
function evaluation({ outcomes, targets }: GateInput): GateResult {
  const wrong = outcomes.filter(
    ({ environment, before, after }) => after.errorCode !== null && (targets.includes(environment) || before.errorCode === null),
  );
  if (wrong.length === 0)
    return passed(
      'evaluation',
      outcomes.length === 0 ? 'there is no check and no context to evaluate' : 'no evaluation ends in an error',
    );
  const errors = wrong.map(
    ({ flag, check, environment, after }) => `"${flag}" ends in ${String(after.errorCode)} for ${check} in ${environment}`,
  );
  return failed('evaluation', `${listed(errors)}. Repair the flag, or the context`);
}

/** The saved checks hold in the targets; those of environments below are not newly broken. */
function checks({ outcomes, targets }: GateInput): GateResult {
  const saved = outcomes.filter(({ holds }) => holds !== null);
  const broken = saved.filter(({ environment, holds, held }) => !holds && (targets.includes(environment) || held === true));
  if (broken.length === 0)
    return passed('checks', saved.length === 0 ? 'there are no saved checks' : `all ${String(saved.length)} saved checks hold`);
  const wrong = broken.map(
    ({ flag, check, environment, expected, after }) =>
      `"${check}" of "${flag}" expects ${name(expected)} in ${environment} and would get ${name(after.variant)}`,
  );
  return failed('checks', `${listed(wrong)}. Correct the flag, or the check`);
}

const name = (variant: string | null | undefined) => (variant == null ? 'no variant' : `"${variant}"`);
