import { arithmetic } from './arithmetic.js';
import { choices } from './choices.js';
import { comparisons } from './comparisons.js';
import { custom } from './custom.js';
import { fractional } from './fractional.js';
import { iterators } from './iterators.js';
import { lists } from './lists.js';
import type { Node } from './program.js';
import { variables } from './variables.js';
import type { JsonObject, JsonValue } from '../types.js';

/** For what an expression is compiled. */
export interface Scope {
  readonly flagKey: string;
  /** False inside an iterating operator, where `var` reads the element and not the context. */
  readonly atRoot: boolean;
  /** What `{ "$ref": key }` stands for. */
  readonly reference: (key: string, scope: Scope) => Node;
}

export type Operator = (operands: JsonValue, scope: Scope) => Node;

let known: ReadonlyMap<string, Operator> | undefined;

/** Made when first asked for: the operators compile their operands by this file. */
export function logicOperators(): ReadonlyMap<string, Operator> {
  return (known ??= new Map(
    Object.entries({ ...variables, ...choices, ...comparisons, ...arithmetic, ...lists, ...iterators, ...custom, fractional }),
  ));
}

/** The expression is sound: it names operators that there are. */
export function compileNode(expression: JsonValue, scope: Scope): Node {
  if (isLiteral(expression)) return () => expression;
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compileNode(item, scope));
    return (data, context, now) => items.map((item) => item(data, context, now));
  }
  const [[name, operands]] = Object.entries(expression as JsonObject) as [[string, JsonValue]];
  if (name === '$ref') return scope.reference(operands as string, scope);
  return (logicOperators().get(name) as Operator)(operands, scope);
}

/** The same whatever the context is. */
export function isLiteral(expression: JsonValue): boolean {
  if (typeof expression !== 'object' || expression === null) return true;
  return Array.isArray(expression) ? expression.every(isLiteral) : Object.keys(expression).length === 0;
}

/** The operands of an operator that takes them by value; what is not a list in the expression may evaluate to one. */
export function operandsOf(operands: JsonValue, scope: Scope): (...at: Parameters<Node>) => readonly unknown[] {
  if (Array.isArray(operands)) {
    const nodes = operands.map((operand) => compileNode(operand, scope));
    return (data, context, now) => nodes.map((node) => node(data, context, now));
  }
  const node = compileNode(operands, scope);
  return (data, context, now) => {
    const value = node(data, context, now);
    return Array.isArray(value) ? value : [value];
  };
}

export function nodesOf(operands: JsonValue, scope: Scope): Node[] {
  return (Array.isArray(operands) ? operands : [operands]).map((operand) => compileNode(operand, scope));
}
