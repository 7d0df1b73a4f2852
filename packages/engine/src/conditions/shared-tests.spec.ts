import { describe, expect, it } from '@jest/globals';
import { sharedTest } from './shared-tests.js';
import type { AttributeCondition } from '../types.js';

const equals = (value: string, more: Partial<AttributeCondition> = {}): AttributeCondition => ({
  attribute: 'plan',
  operator: 'equals',
  values: [value],
  ...more,
});

describe('the test of a condition', () => {
  it('is shared by conditions that say the same, whatever they leave unsaid', () => {
    expect(sharedTest(equals('pro'))).toBe(sharedTest({ values: ['pro'], operator: 'equals', attribute: 'plan' }));
    expect(sharedTest(equals('pro'))).toBe(sharedTest(equals('pro', { negate: false, ignoreCase: false })));
  });

  it.each<[string, AttributeCondition]>([
    ['attribute', equals('pro', { attribute: 'tier' })],
    ['operator', equals('pro', { operator: 'starts_with' })],
    ['operand', equals('free')],
    ['type of operand', { ...equals('1'), values: [1] }],
    ['number of operands', { ...equals('pro'), values: ['pro', 'free'] }],
    ['negation', equals('pro', { negate: true })],
    ['case', equals('pro', { ignoreCase: true })],
  ])('is another for another %s', (_what, other) => {
    const like = other.values?.[0] === 1 ? equals('1') : equals('pro');
    expect(sharedTest(other)).not.toBe(sharedTest(like));
  });

  it('is another where an empty list of operands is said, since it is recorded', () => {
    const present: AttributeCondition = { attribute: 'plan', operator: 'exists' };
    expect(sharedTest({ ...present, values: [] })).not.toBe(sharedTest(present));
  });

  it('is not kept for a list of more than 16 operands', () => {
    const ofLength = (length: number): AttributeCondition => ({
      attribute: 'id',
      operator: 'in',
      values: Array.from({ length }, (_, i) => i),
    });
    expect(sharedTest(ofLength(16))).toBe(sharedTest(ofLength(16)));
    expect(sharedTest(ofLength(17))).not.toBe(sharedTest(ofLength(17)));
  });

  it('is kept for the last ten thousand at most, and forgotten ones go on working', () => {
    const first = sharedTest(equals('first'));
    for (let i = 0; i < 10_000; i++) sharedTest(equals(`plan ${String(i)}`));
    const again = sharedTest(equals('first'));
    expect(again).not.toBe(first);
    for (const test of [first, again]) {
      expect([{ plan: 'first' }, { plan: 'other' }].map((context) => test.holds(context, 0, undefined))).toEqual([true, false]);
    }
  });
});
