import { LogicError } from '../logic/program/coercion.js';
import { compileLogicNode } from '../logic/compile.js';
import { compileNode, type LogicScope } from '../logic/program/operands.js';
import { run, type Node, type Observer } from '../logic/program/program.js';
import { MAX_LOGIC_STEPS, spend } from '../logic/program/steps.js';
import { OverBudget } from '../meter.js';
import { expandedSize } from '../defects/segment-shapes.js';
import type { State } from '../state/state.js';
import type { Counter } from '../trace/recorder.js';
import type { Condition, EvaluationContext, JsonValue, Segment } from '../types.js';

/** A flagd targeting expression made ready to run. */
export type LogicProgram = Node;

/** For the key of a segment: whether its conditions hold. @throws {LogicError} and, with a counter, {OverBudget} */
export type SegmentHolds = (segment: string) => (context: EvaluationContext, now: number, counter?: Counter) => boolean;

/** Why an expression has no value for a context. */
export class LogicFailure {
  constructor(readonly why: string) {}
}

/**
 * `{ "$ref": key }` is the segment of that name: the expression itself when the segment is nothing but one, else whether its conditions hold.
 * The expression is sound, and what it names is there and names no circle. `counter`: each step is charged for.
 */
export function compileLogic(
  expression: JsonValue,
  flagKey: string,
  segments: State['segments'],
  holds: SegmentHolds,
  counter?: Counter,
): LogicProgram {
  const reference = (key: string, scope: LogicScope): Node => {
    const { conditions } = segments.get(key) as Segment;
    const only = soleExpression(conditions);
    const test = only === undefined ? holds(key) : undefined;
    const node: Node = test ? (_data, context, now) => test(context, now, counter) : compileNode(only as JsonValue, scope);
    if (scope.atRoot) return node;
    // applied to each element, a segment costs what it would cost written out
    const cost = expandedSize(segments, conditions);
    return (data, context, now) => {
      spend(cost);
      return node(data, context, now);
    };
  };
  return compileLogicNode(expression, { flagKey, metered: counter !== undefined, reference });
}

function soleExpression(conditions: readonly Condition[]): JsonValue | undefined {
  const [only, ...others] = conditions;
  return only && others.length === 0 && 'jsonLogic' in only ? only.jsonLogic : undefined;
}

/** A value, or why there is none; with a counter also {@link OverBudget}. An expression inside a segment that another refers to spends the steps of that one. */
export function logicValue(program: LogicProgram, context: EvaluationContext, now: number, observer?: Observer): unknown {
  const { active: inside, observer: outer } = run;
  if (!inside) run.steps = MAX_LOGIC_STEPS;
  run.active = true;
  run.observer = observer;
  try {
    return program(context, context, now);
  } catch (error) {
    if (error instanceof OverBudget) throw error;
    return new LogicFailure(error instanceof LogicError ? error.message : 'it cannot be calculated');
  } finally {
    run.active = inside;
    run.observer = outer;
  }
}
