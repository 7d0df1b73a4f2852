import { comparable, LogicError } from '../program/coercion.js';
import { nodesOf, type LogicOperator } from '../program/operands.js';
import type { JsonValue } from '../../types.js';
import type { Node } from '../program/program.js';

export const comparisons: { readonly [name: string]: LogicOperator } = {
  '<': comparing((a, b) => a < b),
  '<=': comparing((a, b) => a <= b),
  '>': comparing((a, b) => a > b),
  '>=': comparing((a, b) => a >= b),
  '==': comparing((a, b) => a == b),
  '!=': comparing((a, b) => a != b),
  '===': strictly((a, b) => a === b),
  '!==': strictly((a, b) => a !== b),
};

type Comparison = (a: number, b: number) => boolean;

/** What a value is compared with when `b` stands on its right. */
type Right = (a: unknown, b: unknown) => unknown;

/** Of an attribute on the right flagd-core asks of that one alone whether it can be compared. */
function comparing(holds: Comparison): LogicOperator {
  return chained(holds, (right) => (isAttribute(right) ? (_a, b) => comparable(b, b) : comparable));
}

function strictly(holds: (a: unknown, b: unknown) => boolean): LogicOperator {
  return chained(holds, () => (_a, b) => b);
}

/** Of more than two operands each, as what the one before it was compared with, is compared with the next. */
function chained(holds: Comparison, rightFor: (operand: JsonValue) => Right): LogicOperator {
  return (operands, scope) => {
    const list = Array.isArray(operands) ? operands : [];
    const [first, ...others] = nodesOf(list, scope);
    const rights = list.slice(1).map(rightFor);
    if (others.length === 0) return tooFew;
    return (data, context, now) => {
      let left = (first as Node)(data, context, now);
      for (let i = 0; i < others.length; i++) {
        const right = (rights[i] as Right)(left, (others[i] as Node)(data, context, now));
        if (!holds(left as number, right as number)) return false;
        left = right;
      }
      return true;
    };
  };
}

function isAttribute(operand: JsonValue): boolean {
  const path = (operand as { var?: JsonValue } | null)?.var;
  const [first] = Array.isArray(path) ? path : [path];
  return first !== undefined && first !== null && first !== '';
}

function tooFew(): never {
  throw new LogicError('a comparison takes two values');
}
