import { charge } from '../meter.js';
import type { JsonValue } from '../types.js';
import type { Node } from './program/program.js';

/** Points that each operator and value of an expression takes whenever it is evaluated, and what some take besides. */
export const NODE_POINTS = 50;
const BESIDES: ReadonlyMap<string, number> = new Map([
  ['sem_ver', 20_000],
  ['fractional', 20_000],
]);

/** A text may be gone through by whoever gets it, a list be looked into. */
export const TEXT_POINTS = 3;
export const ELEMENT_POINTS = 10;

export function operatorPoints(operator: string): number {
  return NODE_POINTS + (BESIDES.get(operator) ?? 0);
}

export function literalPoints(literal: JsonValue): number {
  if (typeof literal === 'string') return TEXT_POINTS * literal.length;
  if (typeof literal !== 'object' || literal === null) return 0;
  return Object.values(literal).reduce((points: number, inner) => points + ELEMENT_POINTS + literalPoints(inner), 0);
}

/** The operator, charged for, and what comes of it as well: whatever another operator then does with that takes no longer. */
export function meteredOperator(operator: string, node: Node): Node {
  const points = operatorPoints(operator);
  return (data, context, now) => {
    charge(points);
    const value = node(data, context, now);
    charge(resultPoints(value));
    return value;
  };
}

export function meteredLiteral(literal: JsonValue): Node {
  const points = NODE_POINTS + literalPoints(literal);
  return () => {
    charge(points);
    return literal;
  };
}

function resultPoints(value: unknown): number {
  if (typeof value === 'string') return TEXT_POINTS * value.length;
  if (Array.isArray(value)) return ELEMENT_POINTS * value.length;
  return typeof value === 'object' && value !== null ? ELEMENT_POINTS * Object.keys(value).length : 0;
}
