import type { Node } from './program.js';
import type { JsonValue } from '../../types.js';

/** For what an expression is compiled. */
export interface LogicScope {
  readonly flagKey: string;
  /** Whether each step is charged for. */
  readonly metered: boolean;
  /** False inside an iterating operator, where `var` reads the element and not the context. */
  readonly atRoot: boolean;
  /** What `{ "$ref": key }` stands for. */
  readonly reference: (key: string, scope: LogicScope) => Node;
  /** Compiles what is inside of an operator. */
  readonly compile: (expression: JsonValue, scope: LogicScope) => Node;
}

export type LogicOperator = (operands: JsonValue, scope: LogicScope) => Node;

export function compileNode(expression: JsonValue, scope: LogicScope): Node {
  return scope.compile(expression, scope);
}

/** The same whatever the context is. */
export function isLiteral(expression: JsonValue): boolean {
  if (typeof expression !== 'object' || expression === null) return true;
  return Array.isArray(expression) ? expression.every(isLiteral) : Object.keys(expression).length === 0;
}

/** The operands of an operator that takes them by value; what is not a list in the expression may evaluate to one. */
export function operandsOf(operands: JsonValue, scope: LogicScope): (...at: Parameters<Node>) => readonly unknown[] {
  if (Array.isArray(operands)) {
    const nodes = operands.map((operand) => compileNode(operand, scope));
    return (data, context, now) => nodes.map((node) => node(data, context, now));
  }
  const node = compileNode(operands, scope);
  return (data, context, now) => {
    const value = node(data, context, now);
    return Array.isArray(value) ? (value as unknown[]) : [value];
  };
}

export function nodesOf(operands: JsonValue, scope: LogicScope): Node[] {
  return (Array.isArray(operands) ? operands : [operands]).map((operand) => compileNode(operand, scope));
}
