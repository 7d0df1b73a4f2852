import { attributeReader, isOrdinaryName, NOW } from './attributes.js';
import { HOLDS, HOLDS_NOT, momentTest, valueTest, verdictOverElements, type Verdict } from './compile-operator.js';
import { OPERATOR_SHAPES } from './operators.js';
import type { ConditionStep, Recorder } from './recorder.js';
import type { State } from './state.js';
import type { AttributeCondition, Condition, EvaluationContext } from './types.js';

/** A prepared condition. With a recorder it looks at everything; without one, at no more than it needs. */
export type Test = (context: EvaluationContext, now: number, recorder: Recorder | undefined) => boolean;

/** All must hold; of none it is true. The conditions are sound, and the segments that they name are there and name no circle. */
export function compileConditions(conditions: readonly Condition[], segments: State['segments']): Test {
  return allOf(conditions.map((condition) => compileCondition(condition, segments)));
}

function compileCondition(condition: Condition, segments: State['segments']): Test {
  if ('all' in condition) return group(compileConditions(condition.all, segments), (all, result) => ({ all, result }));
  if ('any' in condition) {
    return group(anyOf(condition.any.map((one) => compileCondition(one, segments))), (any, result) => ({ any, result }));
  }
  if ('not' in condition) {
    const inner = compileCondition(condition.not, segments);
    return group(
      (context, now, recorder) => !inner(context, now, recorder),
      (not, result) => ({ not, result }),
    );
  }
  return 'segment' in condition ? segmentTest(condition.segment, segments) : attributeTest(condition);
}

function allOf(tests: readonly Test[]): Test {
  const [first] = tests;
  if (first === undefined) return () => true;
  if (tests.length === 1) return first;
  return (context, now, recorder) => {
    let result = true;
    for (const test of tests) {
      if (test(context, now, recorder)) continue;
      if (recorder === undefined) return false;
      result = false;
    }
    return result;
  };
}

function anyOf(tests: readonly Test[]): Test {
  return (context, now, recorder) => {
    let result = false;
    for (const test of tests) {
      if (!test(context, now, recorder)) continue;
      if (recorder === undefined) return true;
      result = true;
    }
    return result;
  };
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

const segmentTests = new WeakMap<State['segments'], Map<string, Test>>();

/** Compiled once for all flags that name the segment. */
function segmentTest(key: string, segments: State['segments']): Test {
  let known = segmentTests.get(segments);
  if (!known) segmentTests.set(segments, (known = new Map()));
  let test = known.get(key);
  if (!test) {
    const segment = segments.get(key);
    if (!segment) throw new Error(`there is no segment "${key}"`);
    test = group(compileConditions(segment.conditions, segments), (conditions, result) => ({ segment: key, conditions, result }));
    known.set(key, test);
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
