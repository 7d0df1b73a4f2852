import { truthy } from '../program/coercion.js';
import { compileNode, nodesOf, type LogicOperator } from '../program/operands.js';
import type { Node } from '../program/program.js';
import type { JsonValue } from '../../types.js';

export const choices: { readonly [name: string]: LogicOperator } = {
  /** Condition, value, condition, value, …, and what else: null when that is left out. A condition alone is its own value. */
  if: (operands, scope) => {
    const nodes = nodesOf(operands, scope);
    return (data, context, now) => {
      let i = 0;
      for (; i + 1 < nodes.length; i += 2) {
        if (truthy((nodes[i] as Node)(data, context, now))) return (nodes[i + 1] as Node)(data, context, now);
      }
      return nodes[i]?.(data, context, now) ?? null;
    };
  },

  and: (operands, scope) => untilOne(nodesOf(operands, scope), false),

  or: (operands, scope) => untilOne(nodesOf(operands, scope), true),

  '!': (operands, scope) => {
    const node = compileNode(firstOf(operands), scope);
    return (data, context, now) => !truthy(node(data, context, now));
  },

  '!!': (operands, scope) => {
    const node = compileNode(firstOf(operands), scope);
    return (data, context, now) => truthy(node(data, context, now));
  },
};

/** The value of the first operand whose truth is `wanted`, else of the last. */
function untilOne(nodes: readonly Node[], wanted: boolean): Node {
  return (data, context, now) => {
    let value: unknown = null;
    for (const node of nodes) {
      value = node(data, context, now);
      if (truthy(value) === wanted) return value;
    }
    return value;
  };
}

function firstOf(operands: JsonValue): JsonValue {
  return Array.isArray(operands) ? (operands[0] ?? null) : operands;
}
