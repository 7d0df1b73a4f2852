import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from './types.js';
import { flagdComplaint } from './validate-flagd-operands.js';

const A = { var: 'a' };

describe('flagdComplaint', () => {
  it.each<[string, JsonValue]>([
    ['var', 'a.b'], ['var', ['a', 1]], ['var', ['a']], ['var', '$flagd.flagKey'], ['var', '$flagd.timestamp'], ['var', ''], ['missing', ['a']], ['missing', []],
    ['missing_some', [1, ['a']]], ['starts_with', ['a', A]], ['ends_with', [A, 'a']], ['sem_ver', [A, '=', '1.2.3']], ['sem_ver', ['1.2.3-a.1+b', '^', A]],
    ['fractional', [['a', 1], ['b']]], ['fractional', [A, ['a', 0], ['b', A]]], ['if', [1]], ['<', [1, 2, 3]], ['>', [1, 2]], ['reduce', [1, 2, 3]], ['substr', ['a', 1]], ['!', 1],
  ])('has nothing against %s of %j', (operator, operands) => {
    expect(flagdComplaint(operator, operands)).toBeUndefined();
  }); // prettier-ignore

  it.each<[string, JsonValue, number[], string]>([
    ['var', [1], [0], '"var" in a list begins with the path of an attribute'],
    ['var', [], [0], '"var" in a list begins with the path of an attribute'],
    ['var', ['a', 1, A], [2], 'the default of "var" is a plain value'],
    ['var', '$flagd.other', [], 'flagd has $flagd.flagKey and $flagd.timestamp, not "$flagd.other"'],
    ['missing', 'a', [], '"missing" takes a list of the paths of attributes'],
    ['missing', ['a', 1], [], '"missing" takes a list of the paths of attributes'],
    ['missing_some', [1], [], '"missing_some" takes 2 operands, not 1'],
    ['missing_some', ['a', []], [0], '"missing_some" begins with how many it needs'],
    ['missing_some', [1, [2]], [1], '"missing_some" ends with a list of the paths of attributes'],
    ['starts_with', ['a', 1], [1], '"starts_with" compares texts, not 1'],
    ['ends_with', [true, 'a'], [0], '"ends_with" compares texts, not true'],
    ['ends_with', ['a'], [], '"ends_with" takes 2 operands, not 1'],
    ['sem_ver', [A, '='], [], '"sem_ver" takes 3 operands, not 2'],
    ['sem_ver', ['1.2', '=', A], [0], '"sem_ver" compares versions such as "1.2.3" or a "var", not "1.2"'],
    ['sem_ver', [A, '=', { cat: ['1'] }], [2], '"sem_ver" compares versions such as "1.2.3" or a "var", not an object'],
    ['sem_ver', [A, '==', A], [1], '"sem_ver" knows = != > < >= <= ~ ^, not "=="'],
    ['fractional', 'a', [], '"fractional" takes its operands in a list'],
    ['fractional', [], [], '"fractional" takes at least 1 operands, not 0'],
    ['fractional', [A, 'a'], [1], '"fractional" takes lists of a variant and a weight, not "a"'],
    ['fractional', [['a', 1], []], [1], '"fractional" takes lists of a variant and a weight, not a list'],
    ['fractional', [['a', 1, 2]], [0], '"fractional" takes lists of a variant and a weight, not a list'],
    ['fractional', [['a', -1]], [0], 'a weight is a whole number from 0 on, or an expression, not -1'],
    ['fractional', [['a', 0.5]], [0], 'a weight is a whole number from 0 on, or an expression, not 0.5'],
    ['<', [1], [], '"<" takes 2 to 3 operands, not 1'],
    ['<=', [1, 2, 3, 4], [], '"<=" takes 2 to 3 operands, not 4'],
    ['==', [1, 2, 3], [], '"==" takes 2 operands, not 3'],
    ['if', 1, [], '"if" takes its operands in a list'],
  ])('has against %s of %j, at %j: %s', (operator, operands, path, detail) => {
    expect(flagdComplaint(operator, operands)).toEqual({ path, detail });
  });
});
