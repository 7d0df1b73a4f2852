import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../types.js';
import { validateConditions } from './validate-conditions.js';
import { validateRules } from './validate-rules.js';
import { storedConditionDefects } from './validate-conditions.js';

const brief = (defects: readonly { pointer: string; code: string }[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);
const targeting = (expression: unknown) => brief(validateRules([{ id: 't', targeting: expression }]));
const nested = (depth: number): JsonValue => (depth === 0 ? true : { '!': [nested(depth - 1)] });

describe('targeting expressions', () => {
  it('may be what flagd allows', () => {
    const sound: JsonValue[] = [
      {},
      { if: [{ $ref: 'staff' }, 'on', null] },
      { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'id' }] }, ['a', 1], ['b', { if: [{ var: 'x' }, 1, 0] }], ['c']] },
      { sem_ver: [{ var: 'version' }, '^', '1.0.0-rc.1+b'] },
      { '!': { var: ['a', 1] } },
      { missing_some: [1, ['a', 'b']] },
    ];
    for (const expression of sound) expect(targeting(expression)).toEqual([]);
  });

  it.each<[unknown, string]>([
    ['on', '/0/targeting wrong-type'],
    [null, '/0/targeting wrong-type'],
    [{ $ref: 'staff' }, '/0/targeting misplaced-reference'],
    [{ if: [true], or: [true] }, '/0/targeting too-many'],
    [{ and: [{ exec: ['rm'] }] }, '/0/targeting/and/0/exec unknown-operator'],
    [{ and: [{ constructor: [] }] }, '/0/targeting/and/0/constructor unknown-operator'],
    [{ and: [{}] }, '/0/targeting/and/0 required'],
    [{ and: true }, '/0/targeting/and bad-operands'],
    [{ '==': [1] }, '/0/targeting/== bad-operands'],
    [{ '<': [1, 2, 3, 4] }, '/0/targeting/< bad-operands'],
    [{ var: '$flagd.nothing' }, '/0/targeting/var bad-operands'],
    [{ var: [1] }, '/0/targeting/var/0 bad-operands'],
    [{ starts_with: ['a', 1] }, '/0/targeting/starts_with/1 bad-operands'],
    [{ sem_ver: ['1.0', '=', '1.0.0'] }, '/0/targeting/sem_ver/0 bad-operands'],
    [{ sem_ver: ['1.0.0', '===', '1.0.0'] }, '/0/targeting/sem_ver/1 bad-operands'],
    [{ fractional: [['a', -1]] }, '/0/targeting/fractional/0 bad-operands'],
    [{ fractional: [{ var: 'x' }, ['a', 0.5]] }, '/0/targeting/fractional/1 bad-operands'],
    [{ if: [2 ** 53, 'a'] }, '/0/targeting/if/0 unsafe-integer'],
    [{ cat: ['\u0000'] }, '/0/targeting/cat/0 unsafe-text'],
    [nested(70), `/0/targeting${'/!/0'.repeat(64)} too-deep`],
  ])('may not be %j', (expression, defect) => {
    expect(targeting(expression)).toEqual([defect]);
  });

  it('nest to a depth', () => {
    expect(targeting(nested(63))).toEqual([]);
  });

  it('are as long as 10,000 operators and values together', () => {
    const list = (length: number) => [{ jsonLogic: { in: [{ var: 'id' }, Array.from({ length }, (_, i) => i)] } }];
    expect(validateConditions(list(9_990))).toEqual([]);
    expect(validateConditions(list(10_000))).toMatchObject([{ code: 'too-many' }]);
    expect(validateConditions([...list(6_000), ...list(6_000)])).toMatchObject([{ code: 'too-many' }]);
  });

  it('that are stored already need only be something that can be evaluated', () => {
    const stored = (jsonLogic: JsonValue) => brief(storedConditionDefects([{ jsonLogic }]));
    expect(stored({ sem_ver: [{ var: 'version' }, '===', 'v1'] })).toEqual([]);
    expect(stored({ $ref: 'staff' })).toEqual([]);
    expect(stored({ and: [{ exec: [] }] })).toEqual(['/0/jsonLogic/and/0/exec unknown-operator']);
  });
});
