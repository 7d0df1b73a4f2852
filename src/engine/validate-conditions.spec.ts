import { describe, expect, it } from '@jest/globals';
import { type Condition, type Defect } from './types.js';
import { validateConditions } from './validate.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);
const one = (condition: object) => brief(validateConditions([condition]));
const deep = (levels: number): unknown => (levels === 0 ? { attribute: 'a', operator: 'exists' } : { not: deep(levels - 1) });

describe('validateConditions', () => {
  it('wants a list', () => {
    expect(validateConditions('x')).toEqual([{ pointer: '', code: 'wrong_type', detail: 'conditions are a list, not text' }]);
    expect(brief(validateConditions(null))).toEqual([' wrong_type']);
    expect(brief(validateConditions([null, 1, []]))).toEqual(['/0 wrong_type', '/1 wrong_type', '/2 wrong_type']);
  });

  it('refuses what is not part of a condition', () => {
    expect(one({ attribute: 'a', operator: 'exists', value: 1 })).toEqual(['/0/value unknown_property']);
    expect(one({ attribute: 'a', operator: 'exists', 'a/b~c': 1 })).toEqual(['/0/a~1b~0c unknown_property']);
    expect(one(JSON.parse('{"attribute":"a","operator":"exists","__proto__":1}'))).toEqual(['/0/__proto__ unknown_property']);
    expect(one({ all: [], attribute: 'a' })).toEqual(['/0/attribute unknown_property']);
    expect(one({ segment: 's', negate: true })).toEqual(['/0/negate unknown_property']);
    expect(one({})).toEqual(['/0/attribute required', '/0/operator required']);
    expect(one({ jsonLogic: {} })).toEqual(['/0/jsonLogic unknown_property', '/0/attribute required', '/0/operator required']);
  });

  it('names a wrong member by its pointer', () => {
    expect(one({ attribute: '', operator: 'exists' })).toEqual(['/0/attribute too_short']);
    expect(one({ attribute: 'a'.repeat(256), operator: 'exists' })).toEqual(['/0/attribute too_long']);
    expect(one({ attribute: 7, operator: 'exists' })).toEqual(['/0/attribute wrong_type']);
    expect(one({ attribute: 'a', operator: 'is' })).toEqual(['/0/operator unknown_operator']);
    expect(one({ attribute: 'a', operator: 'toString' })).toEqual(['/0/operator unknown_operator']);
    expect(one({ attribute: 'a', operator: 'exists', negate: 'no' })).toEqual(['/0/negate wrong_type']);
    expect(one({ any: [{ not: { all: 'x' } }] })).toEqual(['/0/any/0/not/all wrong_type']);
    expect(one({ segment: '' })).toEqual(['/0/segment too_short']);
  });

  it.each<[string, unknown, string]>([
    ['equals', null, 'wrong_type'],
    ['equals', {}, 'wrong_type'],
    ['in', [], 'wrong_type'],
    ['in', 2 ** 53, 'unsafe_integer'],
    ['not_in', NaN, 'wrong_type'],
    ['contains', 1, 'wrong_type'],
    ['starts_with', 'a\u0000', 'unsafe_text'],
    ['ends_with', '\ud800', 'unsafe_text'],
    ['equals', 'x'.repeat(4097), 'too_long'],
    ['matches', '(', 'bad_pattern'],
    ['matches', '(?=a)', 'bad_pattern'],
    ['matches', '(a)\\1', 'bad_pattern'],
    ['matches', 'a'.repeat(513), 'bad_pattern'],
    ['greater_than', '1', 'wrong_type'],
    ['less_than', Infinity, 'wrong_type'],
    ['less_than_or_equal', -(2 ** 53), 'unsafe_integer'],
    ['before', '2026-12-01', 'bad_timestamp'],
    ['after', 1733011200, 'wrong_type'],
    ['semver_equals', '1.2', 'bad_version'],
    ['semver_greater_than', '^1.2.3', 'bad_version'],
    ['semver_in_range', 'latest', 'bad_range'],
    ['in_cidr', '10.0.0.1', 'bad_cidr'],
    ['in_cidr', '10.0.0.0/33', 'bad_cidr'],
  ])('refuses for %s the operand %j', (operator, value, code) => {
    expect(one({ attribute: 'a', operator, values: [value] })).toEqual([`/0/values/0 ${code}`]);
  });

  it('wants operands where the operator has any, and no others', () => {
    expect(one({ attribute: 'a', operator: 'equals' })).toEqual(['/0/values required']);
    expect(one({ attribute: 'a', operator: 'equals', values: [] })).toEqual(['/0/values too_few']);
    expect(one({ attribute: 'a', operator: 'equals', values: 'x' })).toEqual(['/0/values wrong_type']);
    expect(one({ attribute: 'a', operator: 'in', values: [] })).toEqual([]);
    expect(one({ attribute: 'a', operator: 'exists', values: [] })).toEqual([]);
    expect(one({ attribute: 'a', operator: 'exists', values: ['x'] })).toEqual(['/0/values not_applicable']);
    expect(one({ attribute: 'a', operator: 'greater_than', values: [1], ignoreCase: true })).toEqual([
      '/0/ignoreCase not_applicable',
    ]);
    expect(one({ attribute: 'a', operator: 'greater_than', values: [1], ignoreCase: false })).toEqual([]);
  });

  it('bounds depth, nodes and operands', () => {
    expect(one(deep(15) as Condition)).toEqual([]);
    expect(one(deep(16) as Condition)).toEqual([`/0${'/not'.repeat(16)} too_deep`]);
    const many = (count: number) => Array(count).fill({ attribute: 'a', operator: 'exists' });
    expect(validateConditions(many(1000))).toEqual([]);
    expect(brief(validateConditions(many(1001)))).toEqual([' too_many']);
    expect(brief(validateConditions([{ all: many(1000) }]))).toEqual(['/0/all/999 too_many']);
    expect(one({ attribute: 'a', operator: 'in', values: Array(1000).fill('x') })).toEqual([]);
    expect(one({ attribute: 'a', operator: 'in', values: Array(1001).fill('x') })).toEqual(['/0/values too_many']);
  });
});
