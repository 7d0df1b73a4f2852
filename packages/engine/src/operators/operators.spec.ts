import { describe, expect, it } from '@jest/globals';
import { isOperator, OPERATOR_SHAPES } from './operators.js';
import { OPERATORS } from '../types.js';

describe('isOperator', () => {
  it('knows each operator, and nothing that an object inherits or has besides', () => {
    expect(OPERATORS.every(isOperator)).toBe(true);
    expect(['is', '', 'toString', 'constructor', null, undefined, 7, ['equals'], {}].some(isOperator)).toBe(false);
  });
});

describe('OPERATOR_SHAPES', () => {
  it('have for each operator that denies another the family of that one', () => {
    const denials = OPERATORS.filter((operator) => OPERATOR_SHAPES[operator].positive !== operator);
    expect(denials.map((operator) => [operator, OPERATOR_SHAPES[operator].positive])).toEqual([
      ['not_equals', 'equals'],
      ['not_in', 'in'],
      ['not_contains', 'contains'],
      ['not_exists', 'exists'],
    ]);
    for (const operator of denials) {
      const { family, positive } = OPERATOR_SHAPES[operator];
      expect(OPERATOR_SHAPES[positive]).toEqual({ family, positive });
    }
  });
});
