import { compileLogic, LogicFailure, logicValue } from '../../conditions/logic-expression.js';
import type { Observer } from '../../logic/program/program.js';
import type { EvaluationContext, JsonValue } from '../../types.js';

export const FLAG_KEY = 'the-flag';
export const LOGIC_NOW = 1_700_000_000_999;

/** What flag `the-flag` makes of an expression, or `{ fails }`: why it has no value. */
export function expressionValue(expression: JsonValue, context: object = {}, observer?: Observer): unknown {
  const program = compileLogic(expression, FLAG_KEY, new Map(), () => () => false);
  const value = logicValue(program, context as EvaluationContext, LOGIC_NOW, observer);
  return value instanceof LogicFailure ? fails(value.why) : value;
}

export const fails = (why: string) => ({ fails: why });

export const v = (path: string) => ({ var: path });
