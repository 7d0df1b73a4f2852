import { describe, expect, it } from '@jest/globals';
import { type Defect } from '../../types.js';
import { validateRules } from './validate-rules.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);
const SERVE = { variant: 'on' };
const rule = (more: object) => [{ id: 'r', conditions: [], serve: SERVE, ...more }];

describe('validateRules', () => {
  it('wants an id and what to serve; without conditions a rule holds always', () => {
    expect(brief(validateRules([{}]))).toEqual(['/0/id required', '/0/serve required']);
    expect(brief(validateRules({}))).toEqual([' wrong-type']);
    expect(brief(validateRules(rule({ targeting: {} })))).toEqual([
      '/0/conditions unknown-property',
      '/0/serve unknown-property',
    ]);
  });

  it.each(['', '-a', '.a', 'a b', 'ä', 'a'.repeat(64), 7, null])('refuses the id %j', (id) => {
    expect(brief(validateRules(rule({ id })))).toEqual(['/0/id bad-id']);
  });

  it('keeps ids apart', () => {
    expect(brief(validateRules([...rule({}), ...rule({})]))).toEqual(['/1/id duplicate']);
    expect(validateRules([...rule({ id: 'a'.repeat(63) }), ...rule({ id: 'A._-0' })])).toEqual([]);
  });

  it('names a wrong member by its pointer', () => {
    expect(brief(validateRules(rule({ name: 1 })))).toEqual(['/0/name wrong-type']);
    expect(brief(validateRules(rule({ enabled: null })))).toEqual(['/0/enabled wrong-type']);
    expect(brief(validateRules(rule({ percentage: 100.1 })))).toEqual(['/0/percentage out-of-range']);
    expect(brief(validateRules(rule({ conditions: [{ segment: 1 }] })))).toEqual(['/0/conditions/0/segment wrong-type']);
  });

  it.each<[unknown, string[]]>([
    [{}, ['/0/serve/variant required']],
    ['on', ['/0/serve wrong-type']],
    [{ variant: '' }, ['/0/serve/variant too-short']],
    [{ variant: null }, ['/0/serve/variant wrong-type']],
    [{ variant: 'on', split: [{ variant: 'on', weight: 1 }] }, ['/0/serve/variant unknown-property']],
    [{ variant: 'on', bucketBy: 'a' }, ['/0/serve/bucketBy unknown-property']],
    [{ split: [] }, ['/0/serve/split too-few']],
    [{ split: Array(101).fill({ variant: 'on', weight: 1 }) }, ['/0/serve/split too-many']],
    [{ split: [{ variant: 'on' }] }, ['/0/serve/split/0/weight required']],
    [{ split: [{ variant: 'on', weight: 0 }] }, ['/0/serve/split no-weight']],
    [{ split: [{ variant: 'on', weight: -1 }] }, ['/0/serve/split/0/weight out-of-range']],
    [{ split: [{ variant: 'on', weight: 0.5 }] }, ['/0/serve/split/0/weight out-of-range']],
    [{ split: [{ variant: 'on', weight: '1' }] }, ['/0/serve/split/0/weight bad-percentage']],
    [{ split: [{ variant: 'on', weight: '99.999 %' }] }, ['/0/serve/split weights-do-not-sum']],
    [
      {
        split: [
          { variant: 'a', weight: 2 ** 31 - 1 },
          { variant: 'b', weight: 1 },
        ],
      },
      ['/0/serve/split out-of-range'],
    ],
    [{ split: [{ variant: 'on', weight: 1 }], bucketBy: '' }, ['/0/serve/bucketBy too-short']],
    [{ split: [{ variant: 'on', weight: 1 }], bucketBy: '$now' }, ['/0/serve/bucketBy not-applicable']],
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
    expect(brief(validateRules(list(201)))).toEqual([' too-many']);
    const fives = Array(5).fill({ attribute: 'a', operator: 'exists' });
    expect(validateRules(list(200, fives))).toEqual([]);
    expect(brief(validateRules(list(200, [...fives, fives[0]])))[0]).toBe('/166/conditions/4 too-many');
  });
});
