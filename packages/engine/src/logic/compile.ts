import { arithmetic } from './operations/arithmetic.js';
import { choices } from './operations/choices.js';
import { comparisons } from './operations/comparisons.js';
import { custom } from './operations/custom.js';
import { fractional } from './operations/fractional.js';
import { iterators } from './operations/iterators.js';
import { lists } from './operations/lists.js';
import { meteredLiteral, meteredOperator } from './metered.js';
import { isLiteral, type LogicOperator, type LogicScope } from './program/operands.js';
import type { Node } from './program/program.js';
import { variables } from './operations/variables.js';
import type { JsonObject, JsonValue } from '../types.js';

const OPERATORS: ReadonlyMap<string, LogicOperator> = new Map(
  Object.entries({ ...variables, ...choices, ...comparisons, ...arithmetic, ...lists, ...iterators, ...custom, fractional }),
);

export const LOGIC_OPERATORS: readonly string[] = [...OPERATORS.keys()];

/** The expression is sound: it names operators that there are. */
export function compileLogicNode(expression: JsonValue, root: Pick<LogicScope, 'flagKey' | 'metered' | 'reference'>): Node {
  return compile(expression, { ...root, atRoot: true, compile });
}

function compile(expression: JsonValue, scope: LogicScope): Node {
  if (isLiteral(expression)) return scope.metered ? meteredLiteral(expression) : () => expression;
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compile(item, scope));
    return (data, context, now) => items.map((item) => item(data, context, now));
  }
  const [[name, operands]] = Object.entries(expression as JsonObject) as [[string, JsonValue]];
  if (name === '$ref') return scope.reference(operands as string, scope);
  const node = (OPERATORS.get(name) as LogicOperator)(operands, scope);
  return scope.metered ? meteredOperator(name, node) : node;
}
