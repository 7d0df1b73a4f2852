import { attributeReader, isOrdinaryName, NOW } from './attributes.js';
import { HOLDS, HOLDS_NOT, momentTest, valueTest, verdictOverElements, type Verdict } from './compile-operator.js';
import { compileExpression } from './compile-expression.js';
import { LogicError, truthy } from './logic/coercion.js';
import { leaveFailure, pendingFailure, restoreFailure, takeFailure } from './logic-failures.js';
import { LogicFailure, type SegmentHolds } from './logic-value.js';
import { OPERATOR_SHAPES } from './operators.js';
import type { ConditionStep, Recorder } from './recorder.js';
import type { State } from './state.js';
import type { AttributeCondition, Condition, EvaluationContext, JsonValue } from './types.js';

/** A prepared condition. With a recorder it looks at everything; without one, at no more than it needs. */
export type Test = (context: EvaluationContext, now: number, recorder: Recorder | undefined) => boolean;

/** Prepared conditions, all of which must hold; of none it is true. */
export interface Conditions {
  readonly test: Test;
  /** Whether an expression in them may have no value: then ask `takeFailure` after each test. */
  readonly fallible: boolean;
}

/** The conditions are sound, and the segments that they name are there and name no circle. */
export function compileConditions(conditions: readonly Condition[], segments: State['segments'], flagKey = ''): Conditions {
  const scope: Scope = { segments, flagKey, fallible: false };
  const test = allOf(conditions.map((condition) => compileCondition(condition, scope)));
  return { test, fallible: scope.fallible };
}

/** For what conditions are compiled; they leave in it whether one of them is an expression. */
interface Scope {
  readonly segments: State['segments'];
  readonly flagKey: string;
  fallible: boolean;
}

function compileCondition(condition: Condition, scope: Scope): Test {
  if ('all' in condition) {
    return group(allOf(condition.all.map((one) => compileCondition(one, scope))), (all, result) => ({ all, result }));
  }
  if ('any' in condition) {
    return group(anyOf(condition.any.map((one) => compileCondition(one, scope))), (any, result) => ({ any, result }));
  }
  if ('not' in condition) {
    const inner = compileCondition(condition.not, scope);
    return group(
      (context, now, recorder) => !inner(context, now, recorder),
      (not, result) => ({ not, result }),
    );
  }
  if ('jsonLogic' in condition) return expressionTest(condition.jsonLogic, scope);
  return 'segment' in condition ? segmentTest(condition.segment, scope) : attributeTest(condition);
}

function expressionTest(expression: JsonValue, scope: Scope): Test {
  scope.fallible = true;
  const prepared = compileExpression(expression, scope.flagKey, scope.segments, segmentHolds(scope.segments, scope.flagKey));
  return (context, now, recorder) => {
    const value = prepared.evaluate(context, now, recorder, (outcome) => !(outcome instanceof LogicFailure) && truthy(outcome));
    if (value instanceof LogicFailure) leaveFailure(value);
    return !(value instanceof LogicFailure) && truthy(value);
  };
}

/** For expressions that refer to segments. */
export function segmentHolds(segments: State['segments'], flagKey: string): SegmentHolds {
  return (segment) => {
    const { test } = compileConditions([{ segment }], segments, flagKey);
    return (context, now) => {
      const held = test(context, now, undefined);
      const failure = takeFailure();
      if (failure) throw new LogicError(failure.why);
      return held;
    };
  };
}

function allOf(tests: readonly Test[]): Test {
  const [first] = tests;
  if (first === undefined) return () => true;
  if (tests.length === 1) return first;
  return (context, now, recorder) => {
    for (let i = 0; i < tests.length; i++) {
      if ((tests[i] as Test)(context, now, recorder)) continue;
      if (recorder !== undefined) lookAtTheRest(tests, i + 1, context, now, recorder);
      return false;
    }
    return true;
  };
}

function anyOf(tests: readonly Test[]): Test {
  return (context, now, recorder) => {
    for (let i = 0; i < tests.length; i++) {
      if (!(tests[i] as Test)(context, now, recorder)) continue;
      if (recorder !== undefined) lookAtTheRest(tests, i + 1, context, now, recorder);
      return true;
    }
    return false;
  };
}

/** For the recorder alone, who is told of everything: what fails after the decision must not count. */
function lookAtTheRest(tests: readonly Test[], from: number, context: EvaluationContext, now: number, recorder: Recorder): void {
  const decided = pendingFailure();
  for (const test of tests.slice(from)) test(context, now, recorder);
  restoreFailure(decided);
}

type GroupStep = (children: ConditionStep[], result: boolean) => ConditionStep;

function group(test: Test, step: GroupStep): Test {
  return (context, now, recorder) => {
    recorder?.enter();
    const result = test(context, now, recorder);
    recorder?.leave((children) => step(children, result));
    return result;
  };
}

interface SegmentTests {
  /** Good for every flag. */
  shared: Map<string, Test>;
  /** By flag: an expression may ask which flag it is evaluated for. */
  ofFlags: Map<string, Map<string, Test>>;
}

const segmentTests = new WeakMap<State['segments'], SegmentTests>();

/** Compiled once for all flags that name the segment, as far as they can share it. */
function segmentTest(key: string, scope: Scope): Test {
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
    test = group(compiled.test, (conditions, result) => ({ segment: key, conditions, result }));
    if (!compiled.fallible) known.shared.set(key, test);
    else {
      scope.fallible = true;
      known.ofFlags.set(scope.flagKey, (own ?? new Map<string, Test>()).set(key, test));
    }
  }
  return test;
}

function attributeTest(condition: AttributeCondition): Test {
  const { operator, attribute, negate = false } = condition;
  const read = attributeReader(attribute);
  const test = valueTest(condition);
  const { family, positive } = OPERATOR_SHAPES[operator];
  const negated = (operator !== positive) !== negate;
  if (family === 'presence') {
    return (context, now, recorder) => {
      const value = read(context, now);
      const result = (test(value) === HOLDS) !== negated;
      if (recorder !== undefined) recorder.attribute(condition, value, result, result ? undefined : presenceWhy(value));
      return result;
    };
  }
  const wanted: Verdict = negated ? HOLDS_NOT : HOLDS;
  if (attribute === NOW && family === 'time') {
    const testMoment = momentTest(positive, condition.values as string[]);
    return (context, now, recorder) => {
      const verdict = testMoment(now);
      if (recorder !== undefined)
        recorder.attribute(condition, read(context, now), verdict === wanted, why(now, verdict, wanted));
      return verdict === wanted;
    };
  }
  const verdictOf = (value: unknown) => (Array.isArray(value) ? verdictOverElements(test, value) : test(value));
  const told: Test = (context, now, recorder) => {
    const value = read(context, now);
    const verdict = verdictOf(value);
    recorder?.attribute(condition, value, verdict === wanted, why(value, verdict, wanted));
    return verdict === wanted;
  };
  if (!isOrdinaryName(attribute) || attribute.includes('.')) return told;
  // the usual case, with two calls less for each condition
  return (context, now, recorder) => {
    if (recorder !== undefined) return told(context, now, recorder);
    const value = context[attribute];
    return (Array.isArray(value) ? verdictOverElements(test, value) : test(value)) === wanted;
  };
}

function presenceWhy(value: unknown): string {
  return value === undefined
    ? 'the context has no such attribute'
    : value === null
      ? 'null counts as missing'
      : 'the context has the attribute';
}

function why(value: unknown, verdict: Verdict, wanted: Verdict): string | undefined {
  if (verdict === wanted) return undefined;
  if (value === undefined) return 'the context has no such attribute';
  if (value === null) return 'null counts as missing';
  if (verdict === HOLDS) return 'it does hold, and the condition is negated';
  return verdict === HOLDS_NOT
    ? 'the operator does not hold of the value'
    : 'the value is of a kind that the operator cannot compare';
}
