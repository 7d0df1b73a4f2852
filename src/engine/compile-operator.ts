import { cidrTest, parseCidr, type Cidr } from './addresses.js';
import { OPERATOR_SHAPES } from './operators.js';
import { parsePattern, type Pattern } from './patterns.js';
import { parseTimestamp } from './timestamps.js';
import type { AttributeCondition, JsonValue, Operator } from './types.js';
import { versionTest, type VersionOperator } from './versions.js';

/** Whether the operator holds of one value, or the value is of a kind of which it can say nothing: then not even its negation holds. */
export type Verdict = typeof HOLDS | typeof HOLDS_NOT | typeof UNFIT;
export const HOLDS = 1;
export const HOLDS_NOT = 0;
export const UNFIT = -1;

export type ValueTest = (value: unknown) => Verdict;

/** The positive operator of a sound condition, prepared; one of its operands has to hold. */
export function valueTest({ operator, values = [], ignoreCase = false }: AttributeCondition): ValueTest {
  const { family, positive } = OPERATOR_SHAPES[operator];
  const texts = values as string[];
  switch (family) {
    case 'equality':
      return equality(values, ignoreCase);
    case 'text':
      return textTest(positive, texts, ignoreCase);
    case 'pattern':
      return anyPattern(texts.map((text) => parsePattern(text, ignoreCase) as Pattern));
    case 'number':
      return numberTest(positive, values as number[]);
    case 'time':
      return timeTest(positive, texts);
    case 'version':
      return ofText(versionTest(positive as VersionOperator, texts));
    case 'address':
      return ofText(cidrTest(texts.map((text) => parseCidr(text) as Cidr)));
    case 'presence':
      return (value) => (value === undefined || value === null ? UNFIT : HOLDS);
  }
}

/** An array attribute: holds when it does of any element, fits when any element fits; of an empty one nothing holds. */
export function verdictOverElements(test: ValueTest, elements: readonly unknown[]): Verdict {
  let verdict: Verdict = elements.length === 0 ? HOLDS_NOT : UNFIT;
  for (const element of elements) {
    const own = test(element);
    if (own === HOLDS) return HOLDS;
    if (own === HOLDS_NOT) verdict = HOLDS_NOT;
  }
  return verdict;
}

/** By JSON type, strictly: 1 is not "1". */
function equality(values: readonly JsonValue[], ignoreCase: boolean): ValueTest {
  const [only] = values;
  if (ignoreCase) {
    const folded = new Set<unknown>(values.map((value) => (typeof value === 'string' ? value.toLowerCase() : value)));
    return (value) =>
      !isScalar(value) ? UNFIT : folded.has(typeof value === 'string' ? value.toLowerCase() : value) ? HOLDS : HOLDS_NOT;
  }
  if (values.length === 1) return (value) => (value === only ? HOLDS : isScalar(value) ? HOLDS_NOT : UNFIT);
  const set = new Set<unknown>(values);
  return (value) => (!isScalar(value) ? UNFIT : set.has(value) ? HOLDS : HOLDS_NOT);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function textTest(operator: Operator, values: readonly string[], ignoreCase: boolean): ValueTest {
  const holds: (text: string, part: string) => boolean =
    operator === 'contains'
      ? (text, part) => text.includes(part)
      : operator === 'starts_with'
        ? (text, part) => text.startsWith(part)
        : (text, part) => text.endsWith(part);
  const parts = ignoreCase ? values.map((value) => value.toLowerCase()) : values;
  const [only] = parts;
  if (only !== undefined && parts.length === 1 && !ignoreCase) {
    return (value) => (typeof value !== 'string' ? UNFIT : holds(value, only) ? HOLDS : HOLDS_NOT);
  }
  return (value) => {
    if (typeof value !== 'string') return UNFIT;
    const text = ignoreCase ? value.toLowerCase() : value;
    for (const part of parts) if (holds(text, part)) return HOLDS;
    return HOLDS_NOT;
  };
}

function anyPattern(patterns: readonly Pattern[]): ValueTest {
  return (value) => {
    if (typeof value !== 'string') return UNFIT;
    for (const pattern of patterns) if (pattern.test(value)) return HOLDS;
    return HOLDS_NOT;
  };
}

/** Of several operands the easiest decides: above any of them is above the least. */
function numberTest(operator: Operator, values: readonly number[]): ValueTest {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  switch (operator) {
    case 'greater_than':
      return (value) => (!isNumber(value) ? UNFIT : value > least ? HOLDS : HOLDS_NOT);
    case 'greater_than_or_equal':
      return (value) => (!isNumber(value) ? UNFIT : value >= least ? HOLDS : HOLDS_NOT);
    case 'less_than':
      return (value) => (!isNumber(value) ? UNFIT : value < greatest ? HOLDS : HOLDS_NOT);
    default:
      return (value) => (!isNumber(value) ? UNFIT : value <= greatest ? HOLDS : HOLDS_NOT);
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

function timeTest(operator: Operator, values: readonly string[]): ValueTest {
  const compare = momentTest(operator, values);
  return (value) => (typeof value === 'string' ? compare(parseTimestamp(value)) : UNFIT);
}

/** `before` and `after` of a moment in milliseconds: the moment of the evaluation need not become text first. */
export function momentTest(operator: Operator, values: readonly string[]): (moment: number) => Verdict {
  return numberTest(operator === 'before' ? 'less_than' : 'greater_than', values.map(parseTimestamp));
}

/** Text that the test cannot read (null) fits no more than a number would. */
function ofText(test: (text: string) => boolean | null): ValueTest {
  return (value) => {
    if (typeof value !== 'string') return UNFIT;
    const holds = test(value);
    return holds === null ? UNFIT : holds ? HOLDS : HOLDS_NOT;
  };
}
