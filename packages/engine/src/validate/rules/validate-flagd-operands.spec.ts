import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../types.js';
import { flagdComplaint } from './validate-flagd-operands.js';

const A = { var: 'a' };

describe('flagdComplaint', () => {
  it.each<[string, JsonValue]>([
    ['var', 'a.b'], ['var', ['a', 1]], ['var', ['a']], ['var', '$flagd.flagKey'], ['var', '$flagd.timestamp'], ['var', ''],
    ['var', '$flagd'], ['var', 'my.$flagd.key'], ['var', 1], ['var', A], ['var', ['$flagd.other']], ['var', ['a', null, 'x', false]], ['starts_with', [A, A]], ['missing', ['a']], ['missing', []],
    ['missing_some', [1, ['a']]], ['starts_with', ['a', A]], ['ends_with', [A, 'a']], ['sem_ver', [A, '=', '1.2.3']], ['sem_ver', ['1.2.3-a.1+b', '^', A]],
    ['fractional', [['a', 1], ['b']]], ['fractional', [A, ['a', 0], ['b', A]]], ['fractional', [['a', A]]], ['fractional', [A]], ['if', [1]], ['<', [1, 2, 3]], ['>', [1, 2]], ['reduce', [1, 2, 3]], ['substr', ['a', 1]], ['!', 1],
  ])('has nothing against %s of %j', (operator, operands) => {
    expect(flagdComplaint(operator, operands)).toBeUndefined();
  }); // prettier-ignore

  it.each<[number, number, string]>([
    [1, Infinity, 'if or and + - max min merge cat'],
    [2, Infinity, '*'],
    [2, 3, '< <= substr'],
    [2, 2, '> >= == === != !== % / in map filter all none some'],
    [3, 3, 'reduce'],
    [0, Infinity, '! !!'],
  ])('wants from %d to %d operands of %s', (least, most, operators) => {
    const counts = [0, 1, 2, 3, 4, 5];
    for (const operator of operators.split(' ')) {
      const taken = counts.filter((count) => flagdComplaint(operator, Array<JsonValue>(count).fill(1)) === undefined);
      expect([operator, taken]).toEqual([operator, counts.filter((count) => count >= least && count <= most)]);
    }
  });

  it('asks of the exact count, the least, or both', () => {
    const detail = (operator: string) => flagdComplaint(operator, [])?.detail;
    expect(detail('in')).toBe('"in" takes 2 operands, not 0');
    expect(detail('cat')).toBe('"cat" takes at least 1 operands, not 0');
    expect(detail('substr')).toBe('"substr" takes 2 to 3 operands, not 0');
  });

  it.each([
    '0.0.0', '1.22.333', '10.20.30', '1.0.0-0', '1.0.0-10', '1.0.0-a', '1.0.0--', '1.0.0-0a', '1.0.0-00a.A-Z', '1.0.0-a.0.b.10', '1.0.0+0', '1.0.0+00.a-Z.9',
    '1.0.0-a.b+c.d', `1.0.0-${'a'.repeat(250)}`,
  ])('takes %s for a version', (version) => {
    expect(flagdComplaint('sem_ver', [version, '=', A])).toBeUndefined();
    expect(flagdComplaint('sem_ver', [A, '=', version])).toBeUndefined();
  }); // prettier-ignore

  it.each([
    '', '1', '1.2', '1.2.3.4', '01.0.0', '1.01.0', '1.0.01', '1.0.0-', '1.0.0-01', '1.0.0-a..b', '1.0.0-a.', '1.0.0-.a', '1.0.0-a.01', '1.0.0-ä', '1.0.0+', '1.0.0+a+b',
    '1.0.0+a..b', '1.0.0+a.', '1.0.0+ä', 'v1.0.0', ' 1.0.0', '1.0.0 ', 'x.0.0', '1.x.0', '1.0.x', '-1.0.0', `1.0.0-${'a'.repeat(251)}`,
  ])('takes %j for no version', (version) => {
    expect(flagdComplaint('sem_ver', [version, '=', A])?.path).toEqual([0]);
    expect(flagdComplaint('sem_ver', [A, '=', version])?.path).toEqual([2]);
  }); // prettier-ignore

  it('knows these relations of versions', () => {
    for (const relation of ['=', '!=', '>', '<', '>=', '<=', '~', '^'])
      expect(flagdComplaint('sem_ver', [A, relation, A])).toBeUndefined();
    for (const relation of ['==', '', 1, null, A]) expect(flagdComplaint('sem_ver', [A, relation, A])?.path).toEqual([1]);
  });

  it.each<[string, JsonValue, number[], string]>([
    ['var', ['a', [1]], [1], 'the default of "var" is a plain value'],
    ['missing_some', 'a', [], '"missing_some" takes its operands in a list'],
    ['missing_some', [1, [], []], [], '"missing_some" takes 2 operands, not 3'],
    ['missing_some', [1, 'a'], [1], '"missing_some" ends with a list of the paths of attributes'],
    ['starts_with', A, [], '"starts_with" takes its operands in a list'],
    ['starts_with', ['a', 'b', 'c'], [], '"starts_with" takes 2 operands, not 3'],
    ['ends_with', ['a', null], [1], '"ends_with" compares texts, not null'],
    ['sem_ver', '1.0.0', [], '"sem_ver" takes its operands in a list'],
    ['sem_ver', [A, '=', A, A], [], '"sem_ver" takes 3 operands, not 4'],
    ['sem_ver', [A, '=', 1], [2], '"sem_ver" compares versions such as "1.2.3" or a "var", not 1'],
    ['fractional', ['a'], [0], '"fractional" takes lists of a variant and a weight, not "a"'],
    ['fractional', [['a', null]], [0], 'a weight is a whole number from 0 on, or an expression, not null'],
    ['fractional', [['a', '1']], [0], 'a weight is a whole number from 0 on, or an expression, not "1"'],
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
