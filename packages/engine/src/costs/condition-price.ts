import { OPERATOR_SHAPES } from '../operators/operators.js';
import { parsePattern } from '../operators/patterns.js';
import { Price } from './price.js';
import type { AttributeCondition } from '../types.js';

/** Points that an operator takes with all its operands: for each value that it looks at, and for each character of one that is a text. */
interface Rates {
  readonly perValue: number;
  readonly perCharacter: number;
}

/** To read an attribute and to say what came of it. */
const CONDITION = 30;

/** Of a sound condition, if its attribute is a list of all that the context holds. */
export function priceOfCondition(condition: AttributeCondition): Price {
  const { perValue, perCharacter } = ratesOf(condition);
  const unheld = condition.attribute === '$now' ? perCharacter * MOMENT_LENGTH : 0;
  return new Price(CONDITION + perValue + unheld, perValue, perCharacter);
}

/** No context holds it. */
const MOMENT_LENGTH = '+275760-09-13T00:00:00.000Z'.length;

/** What a sound condition takes for a value of its attribute, before it is looked at: never more than its price. */
export function pointsOf(condition: AttributeCondition): (value: unknown) => number {
  const { perValue, perCharacter } = ratesOf(condition);
  const ofOne = (value: unknown) => perValue + (typeof value === 'string' ? perCharacter * value.length : 0);
  return (value) => {
    if (!Array.isArray(value)) return CONDITION + ofOne(value);
    let points = CONDITION + perValue;
    for (const element of value) points += ofOne(element);
    return points;
  };
}

/** Lower case is another text. */
const FOLD = 4;

/**
 * Measured, and rounded up: a substring is looked for again for each operand; a pattern may have to follow all of its instructions at once;
 * a text that may be a version or an address is parsed; equal texts are compared eight characters at a time, others not at all.
 */
function ratesOf({ operator, values = [], ignoreCase = false }: AttributeCondition): Rates {
  const texts = values.map(String);
  const fold = ignoreCase ? FOLD : 0;
  switch (OPERATOR_SHAPES[operator].family) {
    case 'equality':
      return { perValue: 20 + longestOf(texts) / 8, perCharacter: fold };
    case 'text':
      return operator === 'contains' || operator === 'not_contains'
        ? { perValue: 20 * texts.length, perCharacter: 3 * texts.length + fold }
        : { perValue: texts.reduce((sum, text) => sum + 20 + text.length / 8, 0), perCharacter: fold };
    case 'pattern':
      return {
        perValue: 200 * texts.length,
        perCharacter: texts.reduce((sum, text) => sum + 16 * instructionsOf(text, ignoreCase), 0),
      };
    case 'time':
      return { perValue: 600, perCharacter: 2 };
    case 'version':
      return { perValue: 4_000 + texts.reduce((sum, text) => sum + 200 + 50 * text.length, 0), perCharacter: 2 };
    case 'address':
      return { perValue: 2_000 + 300 * texts.length, perCharacter: 5 };
    case 'number':
    case 'presence':
      return { perValue: 20, perCharacter: 0 };
  }
}

function longestOf(texts: readonly string[]): number {
  return texts.reduce((longest, { length }) => Math.max(longest, length), 0);
}

function instructionsOf(text: string, ignoreCase: boolean): number {
  const pattern = parsePattern(text, ignoreCase);
  return typeof pattern === 'string' ? 0 : pattern.programSize();
}
