import { describe, expect, it } from '@jest/globals';
import { told } from '../../testing/complaints.js';
import { validateConditions } from './validate-conditions.js';

const OPERATORS =
  'equals, not_equals, in, not_in, contains, not_contains, starts_with, ends_with, matches, greater_than, greater_than_or_equal, ' +
  'less_than, less_than_or_equal, before, after, semver_equals, semver_greater_than, semver_less_than, semver_in_range, in_cidr, ' +
  'exists, not_exists';

const said = (condition: unknown) => told(validateConditions([condition]));
const many = (count: number) => Array<object>(count).fill({ attribute: 'a', operator: 'exists' });

describe('of a condition a person is told', () => {
  it.each<[unknown, string[]]>([
    ['a = 1', ['/0: a condition is an object, not text']],
    [{ attribute: 'a' }, ['/0/operator: a condition needs "operator"']],
    [
      { attribute: 'a', operator: 'exists', value: 1 },
      ['/0/value: a condition has no property "value"; it has attribute, operator, values, negate, ignoreCase, lenient'],
    ],
    [{ attribute: '', operator: 'exists' }, ['/0/attribute: an attribute must not be empty']],
    [{ attribute: 'a'.repeat(256), operator: 'exists' }, ['/0/attribute: an attribute has at most 255 characters, not 256']],
    [{ attribute: 'a', operator: 'exists', negate: 1 }, ['/0/negate: "negate" is true or false, not a number']],
    [{ attribute: 'a', operator: 'exists', ignoreCase: null }, ['/0/ignoreCase: "ignoreCase" is true or false, not null']],
    [{ attribute: 'a', operator: 'is' }, [`/0/operator: there is no operator "is"; there are ${OPERATORS}`]],
    [{ all: undefined }, ['/0/all: an "all" condition needs "all"']],
    [{ not: undefined }, ['/0/not: a "not" condition needs "not"']],
    [{ segment: undefined }, ['/0/segment: a segment condition needs "segment"']],
    [{ jsonLogic: undefined }, ['/0/jsonLogic: a "jsonLogic" condition needs "jsonLogic"']],
    [{ all: [], any: [] }, ['/0/any: an "all" condition has no property "any"; it has all']],
    [{ all: {} }, ['/0/all: conditions are a list, not an object']],
    [{ any: [], x: 1 }, ['/0/x: an "any" condition has no property "x"; it has any']],
    [{ not: { segment: 's' }, x: 1 }, ['/0/x: a "not" condition has no property "x"; it has not']],
    [{ segment: 's', x: 1 }, ['/0/x: a segment condition has no property "x"; it has segment']],
    [{ segment: '' }, ['/0/segment: a segment key must not be empty']],
    [{ jsonLogic: {}, x: 1 }, ['/0/x: a "jsonLogic" condition has no property "x"; it has jsonLogic']],
    [{ jsonLogic: true }, ['/0/jsonLogic: a targeting expression is an object such as { "if": […] }, not true']],
  ])('when it is %j', (condition, expected) => expect(said(condition)).toEqual(expected));

  it.each<[string, unknown, string]>([
    ['equals', undefined, '/0/values: "equals" needs "values"'],
    ['equals', 'x', '/0/values: values are a list, not text'],
    ['not_equals', [], '/0/values: values are at least 1'],
    ['exists', ['x'], '/0/values: "exists" takes no values'],
    ['not_exists', 'x', '/0/values: "not_exists" takes no values'],
    ['exists', { length: 0 }, '/0/values: "exists" takes no values'],
    ['equals', [null], '/0/values/0: "equals" does not compare with null: a null attribute counts as missing: use "not_exists"'],
    ['in', ['a', {}], '/0/values/1: "in" does not compare with an object: it compares with text, numbers, true and false'],
    ['equals', [1, NaN], '/0/values/1: "equals" compares with numbers, not NaN'],
    [
      'in',
      [2 ** 53],
      '/0/values/0: 9007199254740992 is above 2^53 − 1, and beyond that not every whole number can be told from the next',
    ],
    [
      'greater_than',
      [-1.7e308],
      '/0/values/0: -1.7e+308 is below −(2^53 − 1), and beyond that not every whole number can be told from the next',
    ],
    ['less_than', ['1'], '/0/values/0: "less_than" compares with numbers, not "1"'],
    ['contains', [1], '/0/values/0: a value of "contains" is text, not a number'],
    ['matches', ['('], '/0/values/0: "(" is no RE2 pattern: error parsing regexp: missing closing ): `(`'],
    ['before', ['2026-12-01'], '/0/values/0: "2026-12-01" is no RFC 3339 date-time such as 2026-12-01T00:00:00Z'],
    ['semver_equals', ['1.2'], '/0/values/0: "1.2" is no version of SemVer 2.0 such as 1.2.3'],
    [
      'semver_equals',
      ['v1.2.3'],
      '/0/values/0: "v1.2.3" is no version of SemVer 2.0 such as 1.2.3, unless the condition is "lenient": true',
    ],
    ['semver_in_range', ['new'], '/0/values/0: "new" is no version range such as ^1.2 or >=1 <2'],
    ['in_cidr', ['10.0.0.1'], '/0/values/0: "10.0.0.1" is no address range such as 10.0.0.0/8 or 2001:db8::/32'],
  ])('when "%s" has the values %j', (operator, values, expected) => {
    expect(said({ attribute: 'a', operator, values })).toEqual([expected]);
  });

  it('when it would compare numbers, times, versions, addresses or nothing at all without case', () => {
    const ignoring = (operator: string, values?: unknown[]) => said({ attribute: 'a', operator, values, ignoreCase: true });
    expect(ignoring('less_than', [1])).toEqual(['/0/ignoreCase: "less_than" does not compare text: it has no "ignoreCase"']);
    expect(ignoring('after', ['2026-12-01T00:00:00Z'])).toHaveLength(1);
    expect(ignoring('semver_in_range', ['^1.2'])).toHaveLength(1);
    expect(ignoring('in_cidr', ['10.0.0.0/8'])).toHaveLength(1);
    expect(ignoring('exists')).toHaveLength(1);
    for (const operator of ['equals', 'not_in', 'contains', 'ends_with', 'matches'])
      expect(ignoring(operator, ['x'])).toEqual([]);
  });

  it('when it would read leniently what are no versions', () => {
    expect(said({ attribute: 'a', operator: 'equals', values: ['x'], lenient: true })).toEqual([
      '/0/lenient: "equals" does not compare versions: it has no "lenient"',
    ]);
    expect(said({ attribute: 'a', operator: 'semver_equals', values: ['v1.2.3'], lenient: true })).toEqual([]);
    expect(said({ attribute: 'a', operator: 'semver_equals', values: ['1.2.3'], lenient: 1 })).toEqual([
      '/0/lenient: "lenient" is true or false, not a number',
    ]);
  });

  it('when there are more than a thousand of them or they nest more than sixteen deep', () => {
    let nested: unknown = { segment: 's' };
    for (let depth = 1; depth <= 16; depth++) nested = { all: [nested] };
    expect(said(nested)).toEqual([`/0${'/all/0'.repeat(16)}: conditions nest at most 16 deep`]);
    expect(said({ not: { any: many(1000) } })).toEqual([
      '/0/not/any/998: a flag has at most 1000 conditions, nested ones counted',
    ]);
    expect(said({ any: many(1001) })).toEqual(['/0/any: conditions are at most 1000, not 1001']);
  });

  it('when a name or a list of values is too long', () => {
    const long = { attribute: 'a'.repeat(256), operator: 'in', values: Array(1001).fill('x') };
    expect(said(long)).toEqual([
      '/0/attribute: an attribute has at most 255 characters, not 256',
      '/0/values: values are at most 1000, not 1001',
    ]);
    expect(said({ segment: 's'.repeat(256) })).toEqual(['/0/segment: a segment key has at most 255 characters, not 256']);
    expect(said({ all: [{ segment: 's'.repeat(255) }, { attribute: 'a'.repeat(255), operator: 'exists' }] })).toEqual([]);
  });
});

describe('conditions', () => {
  it('nest as deep in groups as in negations', () => {
    const wraps = [(inner: unknown) => ({ all: [inner] }), (inner: unknown) => ({ any: [inner] }), (not: unknown) => ({ not })];
    for (const wrap of wraps) {
      let nested: unknown = { segment: 's' };
      for (let depth = 1; depth <= 15; depth++) nested = wrap(nested);
      expect(validateConditions([nested])).toEqual([]);
      expect(validateConditions([wrap(nested)])).toMatchObject([{ code: 'too-deep' }]);
    }
  });

  it('are told of once when they are too many, wherever the limit is met', () => {
    const groups = [{ all: many(600) }, { all: many(600) }, { not: { segment: '' } }, { segment: '' }];
    expect(validateConditions(groups)).toEqual([
      {
        pointer: '/1/all/398',
        code: 'too-many',
        detail: 'a flag has at most 1000 conditions, nested ones counted',
      },
    ]);
  });

  it('take text of any case, numbers to the last exact one, true and false', () => {
    const values = ['', 'Pro', 0, -1.5, 2 ** 53 - 1, -(2 ** 53 - 1), true, false];
    expect(said({ attribute: 'a', operator: 'in', values, negate: false, ignoreCase: true })).toEqual([]);
    expect(said({ attribute: 'a', operator: 'less_than', values: [1e300] })).toEqual([
      '/0/values/0: 1e+300 is above 2^53 − 1, and beyond that not every whole number can be told from the next',
    ]);
    expect(said({ attribute: 'a', operator: 'less_than', values: [0.1, 1e-300] })).toEqual([]);
  });
});
