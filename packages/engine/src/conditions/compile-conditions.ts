import { sharedTest } from './shared-tests.js';
import { compileExpression, type CompiledExpression } from './compile-expression.js';
import type { Test } from './condition-test.js';
import { LogicError, truthy } from '../logic/program/coercion.js';
import { leaveFailure, pendingFailure, restoreFailure, takeFailure } from './pending-failure.js';
import { LogicFailure, type SegmentHolds } from './logic-expression.js';
import { type Recorder, type Watcher } from '../trace/recorder.js';
import type { ConditionStep } from '../trace/steps.js';
import type { State } from '../state/state.js';
import type { Condition, EvaluationContext, JsonValue } from '../types.js';

/** Prepared conditions, all of which must hold; of none it is true. */
export interface Conditions {
  readonly test: Test;
  /** Whether an expression in them may have no value: then ask `takeFailure` after each test. */
  readonly fallible: boolean;
}

/** The conditions are sound, and the segments that they name are there and name no circle. */
export function compileConditions(conditions: readonly Condition[], segments: State['segments'], flagKey = ''): Conditions {
  const scope: ConditionScope = { segments, flagKey, fallible: false };
  const test = allOf(conditions.map((condition) => compileCondition(condition, scope)));
  return { test, fallible: scope.fallible };
}

/** For what conditions are compiled; they leave in it whether one of them is an expression. */
interface ConditionScope {
  readonly segments: State['segments'];
  readonly flagKey: string;
  fallible: boolean;
}

function compileCondition(condition: Condition, scope: ConditionScope): Test {
  if ('all' in condition) {
    const tests = condition.all.map((one) => compileCondition(one, scope));
    return new Group('all', tests, (all, result) => ({ all, result }));
  }
  if ('any' in condition) {
    const tests = condition.any.map((one) => compileCondition(one, scope));
    return new Group('any', tests, (any, result) => ({ any, result }));
  }
  if ('not' in condition) {
    return new Group('none', [compileCondition(condition.not, scope)], (not, result) => ({ not, result }));
  }
  if ('jsonLogic' in condition) return expressionTest(condition.jsonLogic, scope);
  return 'segment' in condition ? segmentTest(condition.segment, scope) : sharedTest(condition);
}

function expressionTest(expression: JsonValue, scope: ConditionScope): Test {
  scope.fallible = true;
  const { segments, flagKey } = scope;
  return new ExpressionTest(compileExpression(expression, flagKey, segments, segmentHolds(segments, flagKey)));
}

class ExpressionTest implements Test {
  constructor(private readonly expression: CompiledExpression) {}

  holds(context: EvaluationContext, now: number, watcher: Watcher | undefined): boolean {
    const value = this.expression.evaluate(context, now, watcher, isMatch);
    if (value instanceof LogicFailure) leaveFailure(value);
    return isMatch(value);
  }
}

function isMatch(value: unknown): boolean {
  return !(value instanceof LogicFailure) && truthy(value);
}

/** For expressions that refer to segments. */
export function segmentHolds(segments: State['segments'], flagKey: string): SegmentHolds {
  return (segment) => {
    const { test } = compileConditions([{ segment }], segments, flagKey);
    return (context, now, counter) => {
      const held = test.holds(context, now, counter);
      const failure = takeFailure();
      if (failure) throw new LogicError(failure.why);
      return held;
    };
  };
}

function allOf(tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : new Group('all', tests, null);
}

type GroupStep = (children: ConditionStep[], result: boolean) => ConditionStep;

/** Several tests that decide together: of no tests `all` and `none` hold, `any` does not. */
class Group implements Test {
  /** What a test says that decides for the group, and what the group then says. */
  private readonly deciding: boolean;
  private readonly decided: boolean;

  constructor(
    kind: 'all' | 'any' | 'none',
    private readonly tests: readonly Test[],
    /** Null: the tests are told of as if there were no group. */
    private readonly step: GroupStep | null,
  ) {
    this.deciding = kind !== 'all';
    this.decided = kind === 'any';
  }

  holds(context: EvaluationContext, now: number, watcher: Watcher | undefined): boolean {
    if (watcher?.tells === true) return this.recorded(context, now, watcher);
    const { tests, deciding } = this;
    for (let i = 0; i < tests.length; i++) {
      if ((tests[i] as Test).holds(context, now, watcher) === deciding) return this.decided;
    }
    return !this.decided;
  }

  /** The recorder is told of every test: what fails after the decision must not count. */
  private recorded(context: EvaluationContext, now: number, recorder: Recorder): boolean {
    const { step } = this;
    if (step !== null) recorder.enter();
    let result = !this.decided;
    let decision: { failure: LogicFailure | undefined } | undefined;
    for (const test of this.tests) {
      if (test.holds(context, now, recorder) !== this.deciding || decision !== undefined) continue;
      decision = { failure: pendingFailure() };
      result = this.decided;
    }
    if (decision !== undefined) restoreFailure(decision.failure);
    if (step !== null) recorder.leave((children) => step(children, result));
    return result;
  }
}

interface SegmentTests {
  /** Good for every flag. */
  shared: Map<string, Test>;
  /** By flag: an expression may ask which flag it is evaluated for. */
  ofFlags: Map<string, Map<string, Test>>;
}

const segmentTests = new WeakMap<State['segments'], SegmentTests>();

/** Compiled once for all flags that name the segment, as far as they can share it. */
function segmentTest(key: string, scope: ConditionScope): Test {
  let known = segmentTests.get(scope.segments);
  if (!known) segmentTests.set(scope.segments, (known = { shared: new Map(), ofFlags: new Map() }));
  const own = known.ofFlags.get(scope.flagKey);
  const fallible = own?.get(key);
  if (fallible) scope.fallible = true;
  let test = fallible ?? known.shared.get(key);
  if (!test) {
    const segment = scope.segments.get(key);
    if (!segment) throw new Error(`there is no segment "${key}"`);
    const compiled = compileConditions(segment.conditions, scope.segments, scope.flagKey);
    test = new Group('all', [compiled.test], (conditions, result) => ({ segment: key, conditions, result }));
    if (!compiled.fallible) known.shared.set(key, test);
    else {
      scope.fallible = true;
      known.ofFlags.set(scope.flagKey, (own ?? new Map<string, Test>()).set(key, test));
    }
  }
  return test;
}
