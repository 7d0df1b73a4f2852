import { MAX_LOGIC_TEXT } from '../logic/program/coercion.js';
import { ELEMENT_POINTS, literalPoints, operatorPoints, TEXT_POINTS } from '../logic/metered.js';
import { isLiteral } from '../logic/program/operands.js';
import { MAX_LOGIC_STEPS } from '../logic/program/steps.js';
import { CONTEXT_LIMITS } from '../validate/context.js';
import { Price } from './price.js';
import type { JsonObject, JsonValue } from '../types.js';

/** What a segment costs that is named, and how many conditions, operators and values it comes to. */
export interface SegmentPrice {
  readonly price: Price;
  readonly size: number;
}

type Segments = (key: string) => SegmentPrice;

const ITERATING: ReadonlySet<string> = new Set(['map', 'filter', 'some', 'none', 'all', 'reduce']);

/** They take the text of whatever they get, of lists as well: of how many operands; null: of all of them. `var` where its path is calculated. */
const TEXTS_MADE: ReadonlyMap<string, number | null> = new Map([
  ['cat', 1],
  ['in', 1],
  ['sem_ver', 2],
  ['var', 1],
  ['missing', null],
  ['missing_some', null],
]);

/** They make what no context holds. */
const GROWS: ReadonlySet<string> = new Set(['cat', 'merge', 'reduce']);

/** Of a sound expression. */
export function priceOfExpression(expression: JsonValue, segments: Segments): Price {
  const nodes = nodesOf(expression);
  const grows = nodes.some(({ operator }) => GROWS.has(operator));
  const priceOf = (node: PricedNode) => (node.segment === null ? priceOfNode(node, grows) : segments(node.segment).price);
  const once = nodes.filter(({ depth }) => depth === 0).reduce((sum, node) => sum.plus(priceOf(node)), Price.NOTHING);
  const repeated = nodes.filter(({ depth }) => depth > 0);
  if (repeated.length === 0) return once;
  // whatever goes through lists, and through lists within them, has so many steps together
  const dearest = Math.max(
    ...repeated.map((node) => priceOf(node).worst / (node.segment === null ? 1 : segments(node.segment).size)),
  );
  const isPlain = !grows && repeated.every(({ depth, segment, ofContext }) => depth === 1 && segment === null && ofContext);
  const elements = isPlain ? repeated.reduce((sum, node) => sum.plus(priceOf(node)), Price.NOTHING).forEachValue() : null;
  return once.plus(elements ? elements.atMost(MAX_LOGIC_STEPS * dearest) : Price.fixed(MAX_LOGIC_STEPS * dearest));
}

interface PricedNode {
  /** Empty: a value. */
  readonly operator: string;
  readonly literal: number;
  readonly operands: number;
  readonly segment: string | null;
  /** Within so many operators that go through lists. */
  readonly depth: number;
  /** Of what an operator does with each element: whether these are what the context has in one place. */
  readonly ofContext: boolean;
}

function nodesOf(expression: JsonValue, depth = 0, ofContext = true): PricedNode[] {
  const here = { operator: '', literal: 0, operands: 0, segment: null, depth, ofContext };
  if (isLiteral(expression)) return [{ ...here, literal: literalPoints(expression) }];
  if (Array.isArray(expression)) return [here, ...expression.flatMap((inner) => nodesOf(inner, depth, ofContext))];
  const [[operator, operands]] = Object.entries(expression as JsonObject) as [[string, JsonValue]];
  if (operator === '$ref') return [{ ...here, segment: operands as string }];
  if (operator === 'var' && isLiteral(operands)) return [{ ...here, literal: literalPoints(operands) }];
  const own = { ...here, operator, operands: listOf(operands).length };
  if (!ITERATING.has(operator)) return [own, ...listOf(operands).flatMap((inner) => nodesOf(inner, depth, ofContext))];
  const [list = null, body = null, ...others] = listOf(operands);
  return [
    own,
    ...[list, ...others].flatMap((inner) => nodesOf(inner, depth, ofContext)),
    ...nodesOf(body, depth + 1, isPlaceInContext(list)),
  ];
}

function listOf(operands: JsonValue): readonly JsonValue[] {
  return Array.isArray(operands) ? operands : [operands];
}

function isPlaceInContext(list: JsonValue): boolean {
  return typeof list === 'object' && list !== null && 'var' in list && isLiteral(list['var']);
}

/** Evaluated once. */
function priceOfNode({ operator, literal, operands }: PricedNode, grows: boolean): Price {
  const points = operatorPoints(operator) + literal;
  const texts = 2 * (TEXTS_MADE.has(operator) ? (TEXTS_MADE.get(operator) ?? operands) : 0);
  const perValue = ELEMENT_POINTS + TEXT_POINTS * texts * TEXT_OF_SCALAR;
  const longest = (grows ? MAX_LOGIC_TEXT : CONTEXT_LIMITS.stringLength) + texts * MAX_LOGIC_TEXT;
  const worst = points + TEXT_POINTS * longest + ELEMENT_POINTS * (grows ? MAX_LOGIC_STEPS : CONTEXT_LIMITS.values);
  return grows ? Price.fixed(worst) : new Price(points, perValue, TEXT_POINTS * (1 + texts)).atMost(worst);
}

/** Of a number in a list, with the comma before it. */
const TEXT_OF_SCALAR = 26;
