import { Attribute, NOW } from './attributes.js';
import { HOLDS, HOLDS_NOT, momentTest, valueTest, type ValueTest, type Verdict } from './value-test.js';
import type { Test } from './condition-test.js';
import { OPERATOR_SHAPES } from '../operators/operators.js';
import { pointsOf } from '../costs/condition-price.js';
import { charge } from '../meter.js';
import { type Recorder, type Watcher } from '../trace/recorder.js';
import type { AttributeCondition, EvaluationContext } from '../types.js';

/** A condition on one attribute. */
export class AttributeTest implements Test {
  private readonly attribute: Attribute;
  private readonly test: ValueTest;
  private readonly wanted: Verdict;
  private points: ((value: unknown) => number) | undefined;

  constructor(private readonly condition: AttributeCondition) {
    const { attribute, operator, negate = false } = condition;
    this.attribute = new Attribute(attribute);
    this.test = valueTest(condition);
    this.wanted = isNegated(operator) === negate ? HOLDS : HOLDS_NOT;
  }

  holds(context: EvaluationContext, now: number, watcher: Watcher | undefined): boolean {
    const value = this.attribute.of(context, now);
    if (watcher !== undefined) return this.watched(value, watcher);
    return this.test.of(value) === this.wanted;
  }

  private watched(value: unknown, watcher: Watcher): boolean {
    this.points ??= pointsOf(this.condition);
    charge(this.points(value));
    const verdict = this.test.of(value);
    if (watcher.tells) record(watcher, this.condition, value, verdict, this.wanted);
    return verdict === this.wanted;
  }
}

/** `before` and `after` of the moment of the evaluation, which need not become text first. */
export class MomentTest implements Test {
  private readonly attribute = new Attribute(NOW);
  private readonly test: ValueTest;
  private readonly wanted: Verdict;

  constructor(private readonly condition: AttributeCondition) {
    const { operator, values, negate = false } = condition;
    this.test = momentTest(operator, values as string[]);
    this.wanted = negate ? HOLDS_NOT : HOLDS;
  }

  holds(context: EvaluationContext, now: number, watcher: Watcher | undefined): boolean {
    const verdict = this.test.of(now);
    if (watcher?.tells === true) record(watcher, this.condition, this.attribute.of(context, now), verdict, this.wanted);
    return verdict === this.wanted;
  }
}

export function attributeTest(condition: AttributeCondition): Test {
  const onMoment = condition.attribute === NOW && OPERATOR_SHAPES[condition.operator].family === 'time';
  return onMoment ? new MomentTest(condition) : new AttributeTest(condition);
}

function isNegated(operator: AttributeCondition['operator']): boolean {
  return OPERATOR_SHAPES[operator].positive !== operator;
}

function record(recorder: Recorder, condition: AttributeCondition, value: unknown, verdict: Verdict, wanted: Verdict): void {
  const why = verdict === wanted ? undefined : whyNot(condition, value, verdict);
  recorder.attribute(condition, value, verdict === wanted, why);
}

function whyNot({ operator }: AttributeCondition, value: unknown, verdict: Verdict): string {
  if (value === undefined) return 'the context has no such attribute';
  if (value === null) return 'null counts as missing';
  if (OPERATOR_SHAPES[operator].family === 'presence') return 'the context has the attribute';
  if (verdict === HOLDS) return 'it does hold, and the condition is negated';
  return verdict === HOLDS_NOT
    ? 'the operator does not hold of the value'
    : 'the value is of a kind that the operator cannot compare';
}
