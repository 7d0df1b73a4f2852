import { checkOutcomes, type Check, type CheckOutcome } from '../../evaluate/check-outcomes.js';
import { resolveFlag } from '../../resolve/resolve.js';
import { environmentsInTreeOrder } from '../../state/chain.js';
import { prerequisiteKeys } from '../../state/references.js';
import type { State } from '../../state/state.js';
import type { Environment, EvaluationContext, Flag, JsonValue, Reason, Rule, Variant } from '../../types.js';
import { leavesOf, withLeaves } from '../findings/served-variants.js';
import type { Directory, FilePlace } from '../words.js';

export interface DryRunResult extends FilePlace {
  environment: string;
  flag: string;
  /** Null: a context that is tried on every flag. */
  check: string | null;
  context: EvaluationContext;
  expected: string | null | undefined;
  variant: string | null;
  reason: Reason;
  errorCode: string | null;
  pass: boolean;
}

/** A way to a value that no context takes. */
export interface UnreachedBranch {
  environment: string;
  flag: string;
  branch: string;
}

export interface DryRun {
  results: DryRunResult[];
  unreached: UnreachedBranch[];
  /** Contexts that were asked for a bucket and have nothing to be told apart by. */
  withoutKey: { environment: string; contexts: number }[];
}

export interface DryRunOptions {
  now: number;
  /** Only these; absent: all that have files, else all. */
  environments?: readonly string[];
  /** An attribute that is the targeting key of contexts that have none. */
  targetingKey?: string;
}

/** Evaluates every check and every context against what the files make: no server. */
export function dryRun(directory: Directory, state: State, options: DryRunOptions): DryRun {
  const run: DryRun = { results: [], unreached: [], withoutKey: [] };
  for (const environment of environmentsInTreeOrder(state)) {
    if (options.environments && !options.environments.includes(environment.slug)) continue;
    inEnvironment(directory, state, environment, options, run);
  }
  return run;
}

interface TriedContext extends Check {
  place: FilePlace;
  isCheck: boolean;
}

function inEnvironment(directory: Directory, state: State, environment: Environment, options: DryRunOptions, run: DryRun): void {
  const flags = [...state.flags.values()];
  const tried: TriedContext[] = directory.checks
    .filter((check) => check.environment === null || check.environment === environment.slug)
    .map((check) => ({ ...check, isCheck: true }));
  for (const { context, place } of directory.contexts)
    for (const { key } of flags)
      tried.push({ flag: key, name: place.pointer, environment: environment.slug, context, place, isCheck: false });
  const keyed = tried
    .filter(({ flag }) => flags.some(({ key }) => key === flag) || state.flags.has(flag))
    .map((one) => ({ ...one, context: withKey(one.context, options.targetingKey) }));
  const outcomes = checkOutcomes(state, state, environment, keyed, options.now);
  for (const [index, { after, expected }] of outcomes.entries()) {
    const { flag, name, context, place, isCheck } = keyed[index] as TriedContext;
    const pass = after.errorCode === null && (expected === undefined || after.variant === expected);
    run.results.push({
      ...{ environment: environment.slug, flag, check: isCheck ? name : null, context, expected, ...after, pass },
      ...{ file: place.file, pointer: place.pointer },
    });
  }
  const keyless = new Set(
    keyed.filter(({ context }) => context.targetingKey === undefined).map(({ context }) => JSON.stringify(context)),
  );
  const marked = markedState(state, environment, new Set(keyed.map(({ flag }) => flag)));
  const reached = reachedBy(
    checkOutcomes(
      marked.state,
      marked.state,
      environment,
      keyed.map(({ variant: _variant, ...one }) => one),
      options.now,
    ),
  );
  for (const [flag, branches] of marked.branches)
    for (const { marker, branch } of branches)
      if (!reached.has(`${flag} ${marker}`)) run.unreached.push({ environment: environment.slug, flag, branch });
  if (keyless.size > 0 && marked.hasSplit) run.withoutKey.push({ environment: environment.slug, contexts: keyless.size });
}

function withKey(context: EvaluationContext, attribute: string | undefined): EvaluationContext {
  const key = attribute === undefined ? undefined : context[attribute];
  return context.targetingKey !== undefined || (typeof key !== 'string' && typeof key !== 'number')
    ? context
    : { ...context, targetingKey: String(key) };
}

/** Flags whose expressions give, in place of variants, the names of their ways. */
function markedState(state: State, environment: Environment, tried: ReadonlySet<string>) {
  const flags = new Map(state.flags);
  const overrides = new Map(state.overrides);
  const branches = new Map<string, { marker: string; branch: string }[]>();
  let hasSplit = false;
  // what others ask of a flag are its variants
  const required = new Set([...state.flags.values()].flatMap(prerequisiteKeys));
  for (const flag of state.flags.values()) {
    if (!tried.has(flag.key) || required.has(flag.key)) continue;
    const { rules, variants, enabled, ...others } = resolveFlag(state, environment, flag).fields;
    const marks = marksOf(rules.value, variants.value);
    hasSplit ||= marks.hasSplit;
    if (enabled.value) branches.set(flag.key, marks.branches);
    const { percentage, defaultVariant, offVariant } = others;
    const marked: Flag = {
      ...flag,
      ...{ rules: marks.rules, variants: [...variants.value, ...marks.variants], enabled: enabled.value },
      ...{ percentage: percentage.value, defaultVariant: defaultVariant.value, offVariant: offVariant.value },
    };
    flags.set(flag.id, marked);
    overrides.delete(flag.id);
  }
  return { state: { ...state, flags, overrides }, branches, hasSplit };
}

function marksOf(rules: readonly Rule[], variants: readonly Variant[]) {
  const value: JsonValue = variants[0]?.value ?? null;
  const branches: { marker: string; branch: string }[] = [];
  const more: Variant[] = [];
  let hasSplit = false;
  const marked = rules.map((rule, place): Rule => {
    if (rule.enabled === false) return rule;
    if (!('targeting' in rule)) {
      hasSplit ||= rule.percentage !== undefined || 'split' in rule.serve;
      branches.push({ marker: `rule ${rule.id}`, branch: rule.id });
      return rule;
    }
    const words = new Map<string, string>();
    hasSplit ||= JSON.stringify(rule.targeting).includes('"fractional"');
    for (const { pointer, variant } of leavesOf(rule.targeting)) {
      const marker = `#${place}${pointer}`;
      words.set(pointer, marker);
      more.push({ key: marker, value });
      branches.push({ marker, branch: `${rule.id}${pointer} → ${variant}` });
    }
    return { ...rule, targeting: withLeaves(rule.targeting, words) };
  });
  branches.push({ marker: 'rule default', branch: 'default' });
  return { rules: marked, variants: more, branches, hasSplit };
}

function reachedBy(outcomes: readonly CheckOutcome[]): Set<string> {
  const reached = new Set<string>();
  for (const { flag, after, branch } of outcomes) {
    if (after.variant?.startsWith('#')) reached.add(`${flag} ${after.variant}`);
    if (branch !== null) reached.add(`${flag} rule ${branch}`);
  }
  return reached;
}
