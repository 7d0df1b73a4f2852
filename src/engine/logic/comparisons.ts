import { compare, compareWithAttribute, LogicError, type Comparison } from './coercion.js';
import { nodesOf, type Operator } from './operands.js';
import type { JsonValue } from '../types.js';
import type { Node } from './program.js';

export const comparisons: { readonly [name: string]: Operator } = {
  '<': comparing((a, b) => a < b),
  '<=': comparing((a, b) => a <= b),
  '>': comparing((a, b) => a > b),
  '>=': comparing((a, b) => a >= b),
  '==': comparing((a, b) => a == b),
  '!=': comparing((a, b) => a != b),
  '===': strictly((a, b) => a === b),
  '!==': strictly((a, b) => a !== b),
};

/** Of more than two operands each is compared with the next. */
function comparing(holds: Comparison): Operator {
  return chained((right) => (isAttribute(right) ? (a, b) => compareWithAttribute(holds, a, b) : (a, b) => compare(holds, a, b)));
}

function strictly(holds: (a: unknown, b: unknown) => boolean): Operator {
  return chained(() => holds);
}

type Test = (a: unknown, b: unknown) => boolean;

function chained(testFor: (right: JsonValue) => Test): Operator {
  return (operands, scope) => {
    const list = Array.isArray(operands) ? operands : [];
    const [first, ...others] = nodesOf(list, scope);
    const tests = list.slice(1).map(testFor);
    if (!first || others.length === 0) return tooFew;
    return (data, context, now) => {
      let left = first(data, context, now);
      for (let i = 0; i < others.length; i++) {
        const right = (others[i] as Node)(data, context, now);
        if (!(tests[i] as Test)(left, right)) return false;
        left = right;
      }
      return true;
    };
  };
}

function isAttribute(operand: JsonValue): boolean {
  return typeof operand === 'object' && operand !== null && 'var' in operand;
}

function tooFew(): never {
  throw new LogicError('a comparison takes two values');
}
