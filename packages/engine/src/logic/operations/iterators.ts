import { elementsOf, LogicError, truthy } from '../program/coercion.js';
import { compileNode, isLiteral, type LogicOperator } from '../program/operands.js';
import { spend } from '../program/steps.js';
import type { Node } from '../program/program.js';
import type { JsonValue } from '../../types.js';

export const iterators: { readonly [name: string]: LogicOperator } = {
  map: iterating((elements, of) => elements.map((element) => of(element))),
  filter: iterating((elements, of) => elements.filter((element) => truthy(of(element)))),
  some: iterating((elements, of) => elements.some((element) => truthy(of(element)))),
  none: iterating((elements, of) => !elements.some((element) => truthy(of(element)))),
  /** Of an empty list false, of no list at all true: as flagd-core has it. */
  all: iterating(
    (elements, of, value) => !(Array.isArray(value) && elements.length === 0) && elements.every((element) => truthy(of(element))),
  ),

  reduce: (operands, scope) => {
    const [list = null, body = null, initial] = Array.isArray(operands) ? operands : [operands];
    const elements = compileNode(list, scope);
    const combine = compileNode(body, { ...scope, atRoot: false });
    const start = initial === undefined ? undefined : compileNode(initial, scope);
    const cost = costOf(body);
    return (data, context, now) => {
      const items = elementsOf(elements(data, context, now));
      if (!start && items.length === 0) throw new LogicError('"reduce" has neither elements nor a value to begin with');
      let accumulator = start ? flat(start(data, context, now)) : items[0];
      for (let i = start ? 0 : 1; i < items.length; i++) {
        spend(cost);
        accumulator = flat(combine({ accumulator, current: items[i] }, context, now));
      }
      return accumulator;
    };
  },
};

function iterating(
  result: (elements: readonly unknown[], of: (element: unknown) => unknown, value: unknown) => unknown,
): LogicOperator {
  return (operands, scope) => {
    const [list = null, body = null] = Array.isArray(operands) ? operands : [operands];
    const elements = compileNode(list, scope);
    const inner: Node = compileNode(body, { ...scope, atRoot: false });
    const cost = costOf(body);
    return (data, context, now) => {
      const value = elements(data, context, now);
      const of = (element: unknown) => {
        spend(cost);
        return inner(element, context, now);
      };
      return result(elementsOf(value), of, value);
    };
  };
}

/** How many steps one application of the expression takes at most, what iterates inside it not counted: that pays for itself. */
function costOf(expression: JsonValue): number {
  if (isLiteral(expression)) return 1;
  return Object.values(expression as object).reduce((cost: number, inner) => cost + costOf(inner as JsonValue), 1);
}

/** What is accumulated may be a list or an object, but of plain values only: it cannot be made to grow beyond all bounds. */
function flat(value: unknown): unknown {
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((inner) => typeof inner === 'object' && inner !== null)
  ) {
    throw new LogicError('"reduce" accumulates lists within lists');
  }
  return value;
}
