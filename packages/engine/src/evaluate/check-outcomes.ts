import { environmentBySlug, flagByKey } from '../state/chain.js';
import { compileEnvironment } from '../compile/compile-environment.js';
import { evaluate } from './evaluate.js';
import { prerequisitesOf } from '../state/prerequisites.js';
import { createRecorder } from '../trace/recorder.js';
import { type Step } from '../trace/steps.js';
import { resolveFlag } from '../resolve/resolve.js';
import { runToEnd, type Interruptible } from '../interruptible.js';
import type { Snapshot } from '../compile/snapshot.js';
import type { State } from '../state/state.js';
import type { Environment, ErrorCode, EvaluationContext, Reason } from '../types.js';

/** A context that is tried. `environment` null: in every one. `variant` undefined: nothing is expected; null: no variant is. */
export interface Check {
  flag: string;
  name: string;
  environment: string | null;
  context: EvaluationContext;
  variant?: string | null;
}

/** `variant` null: none, so the caller's own default. */
export interface ServedVariant {
  variant: string | null;
  reason: Reason;
  errorCode: ErrorCode | null;
}

/** What a context gets before and after. `branch`: the id of the rule that decides after, `default`, or `off`; null on an error. */
export interface CheckOutcome {
  environment: string;
  flag: string;
  check: string;
  expected: string | null | undefined;
  before: ServedVariant;
  after: ServedVariant;
  branch: string | null;
  /** Null where nothing is expected. */
  holds: boolean | null;
  held: boolean | null;
}

/** A way to a value in a target, and the contexts that take it; where none does, nobody has tried it. */
export interface Branch {
  environment: string;
  flag: string;
  /** The id of a rule, `default`, or `off`. */
  branch: string;
  reachedBy: string[];
}

export function checkOutcomes(...asked: Parameters<typeof slicedOutcomes>): CheckOutcome[] {
  return runToEnd(slicedOutcomes(...asked));
}

/** Evaluates the checks of one environment, before and after; `checks` are of flags in use. */
export function* slicedOutcomes(
  before: State,
  after: State,
  environment: Environment,
  checks: readonly Check[],
  now: Date | number,
): Interruptible<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (let at = 0; at < checks.length; at += TRIED_AT_ONCE) {
    const some = checks.slice(at, at + TRIED_AT_ONCE);
    const keys = [...new Set(some.map(({ flag }) => flag))];
    const [old, next] = [snapshotOf(before, environment, keys), snapshotOf(after, environment, keys)];
    outcomes.push(...some.map((check) => outcomeOf(check, environment, old, next, now)));
    yield;
  }
  return outcomes;
}

/** Checks for which one snapshot is compiled. */
const TRIED_AT_ONCE = 200;

function outcomeOf(
  { flag, name, context, variant }: Check,
  environment: Environment,
  old: Snapshot,
  next: Snapshot,
  now: Date | number,
): CheckOutcome {
  const recorder = createRecorder();
  const [was, is] = [served(old, flag, context, now), served(next, flag, context, now, recorder)];
  const expects = variant !== undefined;
  return {
    environment: environment.slug,
    flag,
    check: name,
    expected: variant,
    before: was,
    after: is,
    branch: is.errorCode === null ? branchOf(recorder.steps) : null,
    holds: expects ? meets(is, variant) : null,
    held: expects ? meets(was, variant) : null,
  };
}

/** Every branch of the flags in an environment, with the names of the outcomes that reached it. */
export function branchesOf(
  after: State,
  environment: Environment,
  flags: readonly string[],
  outcomes: readonly CheckOutcome[],
): Branch[] {
  const reaching = new Map<string, string[]>();
  for (const { environment: slug, flag, branch, check } of outcomes) {
    if (slug !== environment.slug || branch === null) continue;
    const names = reaching.get(`${flag} ${branch}`);
    if (names) names.push(check);
    else reaching.set(`${flag} ${branch}`, [check]);
  }
  return flags.flatMap((key) => {
    const flag = flagByKey(after, key);
    if (!flag) return [];
    const { enabled, rules } = resolveFlag(after, environment, flag).fields;
    const ids = rules.value.filter((rule) => rule.enabled !== false).map(({ id }) => id);
    const branches = enabled.value ? [...new Set(ids), 'default'] : ['off'];
    return branches.map((branch) => ({
      environment: environment.slug,
      flag: key,
      branch,
      reachedBy: reaching.get(`${key} ${branch}`) ?? [],
    }));
  });
}

/** Only these flags and what they require: what is not asked for costs nothing. */
function snapshotOf(state: State, environment: Environment, keys: readonly string[]): Snapshot {
  const flags = [...keys, ...prerequisitesOf(state, keys)].flatMap((key) => flagByKey(state, key) ?? []);
  const slice: State = { ...state, flags: new Map(flags.map((flag) => [flag.id, flag])) };
  return compileEnvironment(slice, environmentBySlug(state, environment.slug) ?? environment);
}

function served(
  snapshot: Snapshot,
  flag: string,
  context: EvaluationContext,
  now: Date | number,
  recorder?: ReturnType<typeof createRecorder>,
): ServedVariant {
  const evaluation = evaluate(snapshot, flag, context, now, recorder);
  if (!evaluation.ok) return { variant: null, reason: 'ERROR', errorCode: evaluation.errorCode };
  return { variant: evaluation.variant ?? null, reason: evaluation.reason, errorCode: null };
}

function meets({ variant, errorCode }: ServedVariant, expected: string | null): boolean {
  return errorCode === null && variant === expected;
}

function branchOf(steps: readonly Step[]): string {
  const last = steps.at(-1);
  if (last?.step === 'rule' && last.matched) return last.id;
  return last?.step === 'default' ? 'default' : 'off';
}
