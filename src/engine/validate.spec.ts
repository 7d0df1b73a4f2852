import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { condition, percentage, rules, variants } from './testing/arbitraries.js';
import { FLAG_TYPES, OPERATORS, type Condition, type Defect } from './types.js';
import {
  validateConditions,
  validatePercentage,
  validatePrerequisites,
  validateRules,
  validateSettings,
  validateVariants,
} from './validate.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);
const SERVE = { variant: 'on' };
const rule = (more: object) => [{ id: 'r', conditions: [], serve: SERVE, ...more }];
const one = (condition: object) => brief(validateConditions([condition]));
const deep = (levels: number): unknown => (levels === 0 ? { attribute: 'a', operator: 'exists' } : { not: deep(levels - 1) });

describe('sound values', () => {
  it('have no defects', () => {
    fc.assert(
      fc.property(fc.array(condition(['seg']), { maxLength: 3 }), (value) => expect(validateConditions(value)).toEqual([])),
    );
    fc.assert(fc.property(rules(['seg']), (value) => expect(validateRules(value)).toEqual([])));
    fc.assert(fc.property(percentage, (value) => expect(validatePercentage(value)).toEqual([])));
    for (const type of FLAG_TYPES)
      fc.assert(fc.property(variants(type), (value) => expect(validateVariants(value, type)).toEqual([])));
  });
});

describe('any JSON', () => {
  it('is answered with defects, never an exception, and at most a hundred of them', () => {
    const validators = [
      validateConditions,
      validateRules,
      validateVariants,
      validatePercentage,
      validatePrerequisites,
      validateSettings,
    ];
    const keys = fc.constantFrom(
      'id',
      'conditions',
      'serve',
      'split',
      'all',
      'any',
      'not',
      'attribute',
      'operator',
      'values',
      'key',
      'value',
      'weight',
      '__proto__',
      'x',
    );
    const json = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom(...OPERATORS),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(keys, tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(json, (value) => {
        for (const validate of validators) expect(validate(value).length).toBeLessThanOrEqual(100);
      }),
      { numRuns: 1000 },
    );
    expect(validateSettings(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, 1])))).toHaveLength(100);
  });

  it('may nest a hundred thousand deep', () => {
    const nested = (wrap: (inner: unknown) => unknown) => {
      let value: unknown = 1;
      for (let i = 0; i < 100_000; i++) value = wrap(value);
      return value;
    };
    const list = nested((inner) => [inner]);
    expect(brief(validateVariants([{ key: 'a', value: list }]))).toEqual([`/0/value${'/0'.repeat(32)} too_deep`]);
    expect(brief(validateVariants([{ key: 'a', value: nested((inner) => ({ x: inner })) }]))).toEqual([
      `/0/value${'/x'.repeat(32)} too_deep`,
    ]);
    expect(brief(validateConditions([nested((inner) => ({ not: inner }))]))).toEqual([`/0${'/not'.repeat(16)} too_deep`]);
    expect(brief(validateConditions(list))).toEqual(['/0 wrong_type']);
    expect(brief(validateRules(list))).toEqual(['/0 wrong_type']);
    expect(brief(validatePercentage(list))).toEqual([' wrong_type']);
  });
});

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

describe('validateRules', () => {
  it('wants an id, conditions and what to serve', () => {
    expect(brief(validateRules([{}]))).toEqual(['/0/id required', '/0/conditions required', '/0/serve required']);
    expect(brief(validateRules({}))).toEqual([' wrong_type']);
    expect(brief(validateRules(rule({ targeting: {} })))).toEqual(['/0/targeting unknown_property']);
  });

  it.each(['', '-a', '.a', 'a b', 'ä', 'a'.repeat(64), 7, null])('refuses the id %j', (id) => {
    expect(brief(validateRules(rule({ id })))).toEqual(['/0/id bad_id']);
  });

  it('keeps ids apart', () => {
    expect(brief(validateRules([...rule({}), ...rule({})]))).toEqual(['/1/id duplicate']);
    expect(validateRules([...rule({ id: 'a'.repeat(63) }), ...rule({ id: 'A._-0' })])).toEqual([]);
  });

  it('names a wrong member by its pointer', () => {
    expect(brief(validateRules(rule({ name: 1 })))).toEqual(['/0/name wrong_type']);
    expect(brief(validateRules(rule({ enabled: null })))).toEqual(['/0/enabled wrong_type']);
    expect(brief(validateRules(rule({ percentage: 100.1 })))).toEqual(['/0/percentage out_of_range']);
    expect(brief(validateRules(rule({ conditions: [{ segment: 1 }] })))).toEqual(['/0/conditions/0/segment wrong_type']);
  });

  it.each<[unknown, string[]]>([
    [{}, ['/0/serve/variant required']],
    ['on', ['/0/serve wrong_type']],
    [{ variant: '' }, ['/0/serve/variant too_short']],
    [{ variant: null }, ['/0/serve/variant wrong_type']],
    [{ variant: 'on', split: [{ variant: 'on', weight: 1 }] }, ['/0/serve/variant unknown_property']],
    [{ variant: 'on', bucketBy: 'a' }, ['/0/serve/bucketBy unknown_property']],
    [{ split: [] }, ['/0/serve/split too_few']],
    [{ split: Array(101).fill({ variant: 'on', weight: 1 }) }, ['/0/serve/split too_many']],
    [{ split: [{ variant: 'on' }] }, ['/0/serve/split/0/weight required']],
    [{ split: [{ variant: 'on', weight: 0 }] }, ['/0/serve/split no_weight']],
    [{ split: [{ variant: 'on', weight: -1 }] }, ['/0/serve/split/0/weight out_of_range']],
    [{ split: [{ variant: 'on', weight: 0.5 }] }, ['/0/serve/split/0/weight out_of_range']],
    [{ split: [{ variant: 'on', weight: '1' }] }, ['/0/serve/split/0/weight out_of_range']],
    [
      {
        split: [
          { variant: 'a', weight: 2 ** 31 - 1 },
          { variant: 'b', weight: 1 },
        ],
      },
      ['/0/serve/split out_of_range'],
    ],
    [{ split: [{ variant: 'on', weight: 1 }], bucketBy: '' }, ['/0/serve/bucketBy too_short']],
    [{ split: [{ variant: 'on', weight: 1 }], bucketBy: '$now' }, ['/0/serve/bucketBy not_applicable']],
  ])('refuses to serve %j', (serve, expected) => expect(brief(validateRules(rule({ serve })))).toEqual(expected));

  it('takes a split up to the greatest total', () => {
    const split = [
      { variant: 'a', weight: 2 ** 31 - 2 },
      { variant: 'b', weight: 1 },
      { variant: 'c', weight: 0 },
    ];
    expect(validateRules(rule({ serve: { split, bucketBy: 'company.id' } }))).toEqual([]);
  });

  it('bounds the rules, and the conditions of all of them together', () => {
    const list = (count: number, conditions: unknown[] = []) =>
      Array.from({ length: count }, (_, index) => ({ id: `r${index}`, conditions, serve: SERVE }));
    expect(validateRules(list(200))).toEqual([]);
    expect(brief(validateRules(list(201)))).toEqual([' too_many']);
    const fives = Array(5).fill({ attribute: 'a', operator: 'exists' });
    expect(validateRules(list(200, fives))).toEqual([]);
    expect(brief(validateRules(list(200, [...fives, fives[0]])))[0]).toBe('/166/conditions/4 too_many');
  });
});

describe('validateVariants', () => {
  it('keeps keys apart and values to the type', () => {
    expect(
      brief(
        validateVariants([
          { key: 'a', value: 1 },
          { key: 'a', value: 2 },
        ]),
      ),
    ).toEqual(['/1/key duplicate']);
    expect(validateVariants([{ key: 'on', value: 'yes' }], 'boolean')).toEqual([
      { pointer: '/0/value', code: 'wrong_type', detail: '"yes" is not of the flag\'s type, boolean' },
    ]);
    expect(brief(validateVariants([{ key: 'a', value: null }], 'string'))).toEqual(['/0/value wrong_type']);
    for (const value of [null, false, 0, '', {}, []]) expect(validateVariants([{ key: 'a', value }], 'json')).toEqual([]);
    expect(
      validateVariants([
        { key: 'a', value: 1 },
        { key: 'b', value: 'x' },
      ]),
    ).toEqual([]);
  });

  it('wants a key and a value, null being one', () => {
    expect(brief(validateVariants([{ value: 1 }, { key: 'a' }, { key: 'b', value: undefined }]))).toEqual([
      '/0/key required',
      '/1/value required',
      '/2/value required',
    ]);
    expect(brief(validateVariants([{ key: '', value: 1 }]))).toEqual(['/0/key too_short']);
    expect(brief(validateVariants([{ key: 'a', value: 1, colour: 'red' }]))).toEqual(['/0/colour unknown_property']);
    expect(brief(validateVariants('a'))).toEqual([' wrong_type']);
  });

  it('refuses values that would not come back as they were', () => {
    const value = { big: 2 ** 53, list: [1, Infinity], text: 'a\u0000', half: ['\udc00'], exact: 2 ** 53 - 1 };
    expect(brief(validateVariants([{ key: 'a', value }], 'json'))).toEqual([
      '/0/value/big unsafe_integer',
      '/0/value/list/1 wrong_type',
      '/0/value/text unsafe_text',
      '/0/value/half/0 unsafe_text',
    ]);
    expect(brief(validateVariants([{ key: 'a', value: JSON.parse('{"__proto__":1}') }], 'json'))).toEqual([
      '/0/value unsafe_key',
    ]);
    expect(brief(validateVariants([{ key: 'a', value: { 'x\u0000': 1 } }], 'json'))).toEqual(['/0/value unsafe_key']);
    expect(brief(validateVariants([{ key: 'a', value: 9007199254740993 }], 'number'))).toEqual(['/0/value unsafe_integer']);
    expect(
      validateVariants(
        [
          { key: 'a', value: 0.1 },
          { key: 'b', value: -(2 ** 53 - 1) },
        ],
        'number',
      ),
    ).toEqual([]);
  });

  it('bounds variants, depth and size', () => {
    const list = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `v${index}`, value: index }));
    expect(validateVariants(list(100))).toEqual([]);
    expect(brief(validateVariants(list(101)))).toEqual([' too_many']);
    expect(brief(validateVariants([{ key: 'a', value: Array(10_001).fill(0) }]))).toEqual(['/0/value/9999 too_many']);
    expect(brief(validateVariants([{ key: 'a'.repeat(256), value: 0 }]))).toEqual(['/0/key too_long']);
  });

  it('wants weights that are whole and not all nothing', () => {
    const weighted = (...weights: unknown[]) =>
      weights.map((weight, index) => ({ key: `v${index}`, value: 0, ...(weight !== undefined && { weight }) }));
    expect(validateVariants(weighted(1, 0, undefined))).toEqual([]);
    expect(brief(validateVariants(weighted(0, undefined)))).toEqual([' no_weight']);
    expect(brief(validateVariants(weighted(0.5)))).toEqual(['/0/weight out_of_range']);
    expect(brief(validateVariants(weighted(-1, 2)))).toEqual(['/0/weight out_of_range']);
    expect(brief(validateVariants(weighted(null)))).toEqual(['/0/weight out_of_range']);
    expect(brief(validateVariants(weighted(2 ** 31 - 1, 1)))).toEqual([' out_of_range']);
    expect(validateVariants(weighted(2 ** 31 - 2, 1))).toEqual([]);
  });
});

describe('validatePercentage', () => {
  it.each([0, 0.001, 0.1, 0.3, 1.005, 33.333, 66.667, 99.999, 100])('takes %s', (value) =>
    expect(validatePercentage(value)).toEqual([]),
  );

  it('takes every thousandth', () => {
    for (let thousandths = 0; thousandths <= 100_000; thousandths++) {
      if (validatePercentage(thousandths / 1000).length > 0) throw new Error(`${thousandths / 1000} is refused`);
      if (validatePercentage(Number((thousandths / 1000).toFixed(3))).length > 0) throw new Error(`${thousandths} is refused`);
    }
  });

  it.each<[unknown, string]>([
    [-1, 'out_of_range'],
    [-0.001, 'out_of_range'],
    [100.0001, 'out_of_range'],
    [101, 'out_of_range'],
    [33.3333, 'too_precise'],
    [0.0001, 'too_precise'],
    [99.9999, 'too_precise'],
    [NaN, 'wrong_type'],
    [Infinity, 'wrong_type'],
    ['50', 'wrong_type'],
    [null, 'wrong_type'],
  ])('refuses %s', (value, code) => expect(brief(validatePercentage(value))).toEqual([` ${code}`]));
});

describe('validatePrerequisites', () => {
  it('wants a flag and at least one variant each', () => {
    expect(validatePrerequisites([{ flag: 'a', variants: ['on'] }])).toEqual([]);
    expect(brief(validatePrerequisites([{ flag: 'a' }]))).toEqual(['/0/variants required']);
    expect(brief(validatePrerequisites([{ flag: 'a', variants: [] }]))).toEqual(['/0/variants too_few']);
    expect(brief(validatePrerequisites([{ flag: 'a', variants: [''] }]))).toEqual(['/0/variants/0 too_short']);
    expect(
      brief(
        validatePrerequisites([
          { flag: 'a', variants: ['on'] },
          { flag: 'a', variants: ['off'] },
        ]),
      ),
    ).toEqual(['/1/flag duplicate']);
    expect(brief(validatePrerequisites([{ flag: '-a', variants: ['on'] }]))).toEqual(['/0/flag bad_key']);
    expect(brief(validatePrerequisites([{ flag: 'a', variants: ['on'], all: true }]))).toEqual(['/0/all unknown_property']);
    expect(brief(validatePrerequisites({}))).toEqual([' wrong_type']);
  });
});

describe('validateSettings', () => {
  it('knows protected and require_approval, each true or false', () => {
    expect(validateSettings({})).toEqual([]);
    expect(validateSettings({ protected: true, require_approval: false })).toEqual([]);
    expect(brief(validateSettings({ protected: 'yes', colour: 1 }))).toEqual([
      '/colour unknown_property',
      '/protected wrong_type',
    ]);
    expect(brief(validateSettings([]))).toEqual([' wrong_type']);
    expect(brief(validateSettings(null))).toEqual([' wrong_type']);
  });
});
