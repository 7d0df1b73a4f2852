import { cidrTest, parseCidr, type Cidr } from '../operators/addresses.js';
import { OPERATOR_SHAPES } from '../operators/operators.js';
import { parsePattern, type Pattern } from '../operators/patterns.js';
import { parseTimestamp } from '../operators/timestamps.js';
import type { AttributeCondition, JsonValue, Operator } from '../types.js';
import { versionTest, type VersionOperator } from '../operators/versions.js';

/** Whether the operator holds of one value, or the value is of a kind of which it can say nothing: then not even its negation holds. */
export type Verdict = typeof HOLDS | typeof HOLDS_NOT | typeof UNFIT;
export const HOLDS = 1;
export const HOLDS_NOT = 0;
export const UNFIT = -1;

/** The positive operator of a sound condition; one of its operands has to hold. */
export function valueTest({ operator, values = [], ignoreCase = false, lenient = false }: AttributeCondition): ValueTest {
  const { family, positive } = OPERATOR_SHAPES[operator];
  const texts = values as string[];
  switch (family) {
    case 'equality':
      return equality(values, ignoreCase);
    case 'text':
      return textTest(positive, texts, ignoreCase);
    case 'pattern':
      return ofText(anyPattern(texts.map((text) => parsePattern(text, ignoreCase) as Pattern)));
    case 'number':
      return ofNumber(numberTest(positive, values as number[]));
    case 'time':
      return ofText(timeTest(positive, texts));
    case 'version':
      return ofText(versionTest(positive as VersionOperator, texts, lenient));
    case 'address':
      return ofText(cidrTest(texts.map((text) => parseCidr(text) as Cidr)));
    case 'presence':
      return new ValueTest('presence');
  }
}

/**
 * An operator with its operands, prepared. One class for all, and functions only for what takes longer than calling one: a call that leads
 * elsewhere each time costs more than most comparisons.
 */
export class ValueTest {
  constructor(
    private readonly kind: 'same' | 'among' | 'among-folded' | 'starts' | 'ends' | 'number' | 'text' | 'presence',
    private readonly operand?: unknown,
    private readonly operands: ReadonlySet<unknown> = NOTHING,
    private readonly numberHolds: NumberTest = () => false,
    private readonly textHolds: TextTest = () => null,
  ) {}

  of(value: unknown): Verdict {
    if (Array.isArray(value) && this.kind !== 'presence') return this.ofElements(value);
    switch (this.kind) {
      case 'same':
        return value === this.operand ? HOLDS : isScalar(value) ? HOLDS_NOT : UNFIT;
      case 'among':
        return !isScalar(value) ? UNFIT : this.operands.has(value) ? HOLDS : HOLDS_NOT;
      case 'starts':
        return typeof value !== 'string' ? UNFIT : value.startsWith(this.operand as string) ? HOLDS : HOLDS_NOT;
      case 'ends':
        return typeof value !== 'string' ? UNFIT : value.endsWith(this.operand as string) ? HOLDS : HOLDS_NOT;
      case 'text': {
        const holds = typeof value === 'string' ? this.textHolds(value) : null;
        return holds === null ? UNFIT : holds ? HOLDS : HOLDS_NOT;
      }
      case 'number':
        return typeof value !== 'number' || Number.isNaN(value) ? UNFIT : this.numberHolds(value) ? HOLDS : HOLDS_NOT;
      case 'among-folded':
        return !isScalar(value) ? UNFIT : this.operands.has(folded(value)) ? HOLDS : HOLDS_NOT;
      case 'presence':
        return value === undefined || value === null ? HOLDS_NOT : HOLDS;
    }
  }

  /** Holds when it does of any element, fits when any element fits; of an empty list nothing holds. An element that is a list fits nothing. */
  private ofElements(elements: readonly unknown[]): Verdict {
    let verdict: Verdict = elements.length === 0 ? HOLDS_NOT : UNFIT;
    for (const element of elements) {
      const own = Array.isArray(element) ? UNFIT : this.of(element);
      if (own === HOLDS) return HOLDS;
      if (own === HOLDS_NOT) verdict = HOLDS_NOT;
    }
    return verdict;
  }
}

type NumberTest = (value: number) => boolean;
/** Null: it cannot read the text, which then fits no more than a number would. */
type TextTest = (value: string) => boolean | null;

const NOTHING: ReadonlySet<unknown> = new Set();

function ofNumber(holds: NumberTest): ValueTest {
  return new ValueTest('number', undefined, NOTHING, holds);
}

function ofText(holds: TextTest): ValueTest {
  return new ValueTest('text', undefined, NOTHING, undefined, holds);
}

/** By JSON type, strictly: 1 is not "1". */
function equality(values: readonly JsonValue[], ignoreCase: boolean): ValueTest {
  if (ignoreCase) return new ValueTest('among-folded', undefined, new Set(values.map(folded)));
  return values.length === 1 ? new ValueTest('same', values[0]) : new ValueTest('among', undefined, new Set(values));
}

function folded(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function textTest(operator: Operator, values: readonly string[], ignoreCase: boolean): ValueTest {
  const [only] = values;
  if (operator !== 'contains' && values.length === 1 && !ignoreCase) {
    return new ValueTest(operator === 'starts_with' ? 'starts' : 'ends', only);
  }
  const holds: (text: string, part: string) => boolean =
    operator === 'contains'
      ? (text, part) => text.includes(part)
      : operator === 'starts_with'
        ? (text, part) => text.startsWith(part)
        : (text, part) => text.endsWith(part);
  const parts = ignoreCase ? values.map((value) => value.toLowerCase()) : values;
  return ofText((value) => {
    const text = ignoreCase ? value.toLowerCase() : value;
    for (const part of parts) if (holds(text, part)) return true;
    return false;
  });
}

function anyPattern(patterns: readonly Pattern[]): TextTest {
  return (value) => {
    for (const pattern of patterns) if (pattern.test(value)) return true;
    return false;
  };
}

/** Of several operands the easiest decides: above any of them is above the least. */
function numberTest(operator: Operator, values: readonly number[]): NumberTest {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  switch (operator) {
    case 'greater_than':
      return (value) => value > least;
    case 'greater_than_or_equal':
      return (value) => value >= least;
    case 'less_than':
      return (value) => value < greatest;
    default:
      return (value) => value <= greatest;
  }
}

function timeTest(operator: Operator, values: readonly string[]): TextTest {
  const holds = momentHolds(operator, values);
  return (value) => {
    const moment = parseTimestamp(value);
    return Number.isNaN(moment) ? null : holds(moment);
  };
}

/** `before` and `after` of a moment in milliseconds: the moment of the evaluation need not become text first. */
export function momentTest(operator: Operator, values: readonly string[]): ValueTest {
  return ofNumber(momentHolds(operator, values));
}

function momentHolds(operator: Operator, values: readonly string[]): NumberTest {
  return numberTest(operator === 'before' ? 'less_than' : 'greater_than', values.map(parseTimestamp));
}
