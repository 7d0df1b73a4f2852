import { describe, expect, it } from '@jest/globals';
import { type Condition, type Defect } from '../../types.js';
import { validateConditions } from './validate-conditions.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);
const one = (condition: object) => brief(validateConditions([condition]));
const deep = (levels: number): unknown => (levels === 0 ? { attribute: 'a', operator: 'exists' } : { not: deep(levels - 1) });

describe('validateConditions', () => {
  it('wants a list', () => {
    expect(validateConditions('x')).toEqual([{ pointer: '', code: 'wrong-type', detail: 'conditions are a list, not text' }]);
    expect(brief(validateConditions(null))).toEqual([' wrong-type']);
    expect(brief(validateConditions([null, 1, []]))).toEqual(['/0 wrong-type', '/1 wrong-type', '/2 wrong-type']);
  });

  it('refuses what is not part of a condition', () => {
    expect(one({ attribute: 'a', operator: 'exists', value: 1 })).toEqual(['/0/value unknown-property']);
    expect(one({ attribute: 'a', operator: 'exists', 'a/b~c': 1 })).toEqual(['/0/a~1b~0c unknown-property']);
    expect(one(JSON.parse('{"attribute":"a","operator":"exists","__proto__":1}'))).toEqual(['/0/__proto__ unknown-property']);
    expect(one({ all: [], attribute: 'a' })).toEqual(['/0/attribute unknown-property']);
    expect(one({ segment: 's', negate: true })).toEqual(['/0/negate unknown-property']);
    expect(one({})).toEqual(['/0/attribute required', '/0/operator required']);
    expect(one({ jsonLogic: {}, negate: true })).toEqual(['/0/negate unknown-property']);
  });

  it('names a wrong member by its pointer', () => {
    expect(one({ attribute: '', operator: 'exists' })).toEqual(['/0/attribute too-short']);
    expect(one({ attribute: 'a'.repeat(256), operator: 'exists' })).toEqual(['/0/attribute too-long']);
    expect(one({ attribute: 7, operator: 'exists' })).toEqual(['/0/attribute wrong-type']);
    expect(one({ attribute: 'a', operator: 'is' })).toEqual(['/0/operator unknown-operator']);
    expect(one({ attribute: 'a', operator: 'toString' })).toEqual(['/0/operator unknown-operator']);
    expect(one({ attribute: 'a', operator: 'exists', negate: 'no' })).toEqual(['/0/negate wrong-type']);
    expect(one({ any: [{ not: { all: 'x' } }] })).toEqual(['/0/any/0/not/all wrong-type']);
    expect(one({ segment: '' })).toEqual(['/0/segment too-short']);
  });

  it.each<[string, unknown, string]>([
    ['equals', null, 'wrong-type'],
    ['equals', {}, 'wrong-type'],
    ['in', [], 'wrong-type'],
    ['in', 2 ** 53, 'unsafe-integer'],
    ['not_in', NaN, 'wrong-type'],
    ['contains', 1, 'wrong-type'],
    ['starts_with', 'a\u0000', 'unsafe-text'],
    ['ends_with', '\ud800', 'unsafe-text'],
    ['equals', 'x'.repeat(4097), 'too-long'],
    ['matches', '(', 'bad-pattern'],
    ['matches', '(?=a)', 'bad-pattern'],
    ['matches', '(a)\\1', 'bad-pattern'],
    ['matches', 'a'.repeat(513), 'bad-pattern'],
    ['greater_than', '1', 'wrong-type'],
    ['less_than', Infinity, 'wrong-type'],
    ['less_than_or_equal', -(2 ** 53), 'unsafe-integer'],
    ['before', '2026-12-01', 'bad-timestamp'],
    ['after', 1733011200, 'wrong-type'],
    ['semver_equals', '1.2', 'bad-version'],
    ['semver_greater_than', '^1.2.3', 'bad-version'],
    ['semver_in_range', 'latest', 'bad-range'],
    ['in_cidr', '10.0.0.1', 'bad-cidr'],
    ['in_cidr', '10.0.0.0/33', 'bad-cidr'],
  ])('refuses for %s the operand %j', (operator, value, code) => {
    expect(one({ attribute: 'a', operator, values: [value] })).toEqual([`/0/values/0 ${code}`]);
  });

  it('wants operands where the operator has any, and no others', () => {
    expect(one({ attribute: 'a', operator: 'equals' })).toEqual(['/0/values required']);
    expect(one({ attribute: 'a', operator: 'equals', values: [] })).toEqual(['/0/values too-few']);
    expect(one({ attribute: 'a', operator: 'equals', values: 'x' })).toEqual(['/0/values wrong-type']);
    expect(one({ attribute: 'a', operator: 'in', values: [] })).toEqual([]);
    expect(one({ attribute: 'a', operator: 'exists', values: [] })).toEqual([]);
    expect(one({ attribute: 'a', operator: 'exists', values: ['x'] })).toEqual(['/0/values not-applicable']);
    expect(one({ attribute: 'a', operator: 'greater_than', values: [1], ignoreCase: true })).toEqual([
      '/0/ignoreCase not-applicable',
    ]);
    expect(one({ attribute: 'a', operator: 'greater_than', values: [1], ignoreCase: false })).toEqual([]);
  });

  it('bounds depth, nodes and operands', () => {
    expect(one(deep(15) as Condition)).toEqual([]);
    expect(one(deep(16) as Condition)).toEqual([`/0${'/not'.repeat(16)} too-deep`]);
    const many = (count: number) => Array(count).fill({ attribute: 'a', operator: 'exists' });
    expect(validateConditions(many(1000))).toEqual([]);
    expect(brief(validateConditions(many(1001)))).toEqual([' too-many']);
    expect(brief(validateConditions([{ all: many(1000) }]))).toEqual(['/0/all/999 too-many']);
    expect(one({ attribute: 'a', operator: 'in', values: Array(1000).fill('x') })).toEqual([]);
    expect(one({ attribute: 'a', operator: 'in', values: Array(1001).fill('x') })).toEqual(['/0/values too-many']);
  });
});
