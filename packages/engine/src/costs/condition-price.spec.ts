import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attributeCondition, context } from '../testing/arbitraries/arbitraries.js';
import type { AttributeCondition } from '../types.js';
import { pointsOf, priceOfCondition } from './condition-price.js';
import { sizeOf } from './context-size.js';

const condition = (fields: Partial<AttributeCondition>): AttributeCondition => ({
  attribute: 'x',
  operator: 'equals',
  values: ['a'],
  ...fields,
});
const worst = (fields: Partial<AttributeCondition>) => priceOfCondition(condition(fields)).worst;

describe('the price of a condition', () => {
  it('is what it takes for any value of a context, or more', () => {
    fc.assert(
      fc.property(attributeCondition, context, (one, held) => {
        const most = priceOfCondition(one).of(sizeOf(held));
        for (const value of Object.values(held)) expect(pointsOf(one)(value)).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('covers a list of all that a context may hold', () => {
    const list = Array.from({ length: 1_000 }, () => 'a'.repeat(4_096));
    for (const operator of ['contains', 'matches', 'equals', 'starts_with', 'semver_equals', 'in_cidr', 'after'] as const) {
      const one = condition({ operator, values: [operator === 'matches' ? '^a+$' : 'a'] });
      expect([operator, pointsOf(one)(list) <= priceOfCondition(one).worst]).toEqual([operator, true]);
    }
  });

  it('grows with the operands of a substring, and not with those of a list to be in', () => {
    const values = (count: number) => Array.from({ length: count }, (_, i) => `value ${i}`);
    expect(worst({ operator: 'contains', values: values(900) })).toBeGreaterThan(
      90 * worst({ operator: 'contains', values: values(9) }),
    );
    expect(worst({ operator: 'in', values: values(900) })).toBeLessThan(2 * worst({ operator: 'in', values: values(9) }));
  });

  it('grows with the program of a pattern, not with its text', () => {
    const of = (pattern: string) => worst({ operator: 'matches', values: [pattern] });
    expect(of('\\p{L}{1,500}\\p{N}')).toBeGreaterThan(50 * of('\\p{L}\\p{N}'));
  });

  it('counts what lower case takes', () => {
    expect(worst({ ignoreCase: true })).toBeGreaterThan(worst({}));
  });
});
