import { describe, expect, it } from '@jest/globals';
import { type Defect } from '../../types.js';
import { validateAliases, validatePercentage, validatePrerequisites, validateUrl } from './validate-fields.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);

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
    [-1, 'out-of-range'],
    [-0.001, 'out-of-range'],
    [100.0001, 'out-of-range'],
    [101, 'out-of-range'],
    [33.3333, 'too-precise'],
    [0.0001, 'too-precise'],
    [99.9999, 'too-precise'],
    [NaN, 'wrong-type'],
    [Infinity, 'wrong-type'],
    ['50', 'wrong-type'],
    [null, 'wrong-type'],
  ])('refuses %s', (value, code) => expect(brief(validatePercentage(value))).toEqual([` ${code}`]));
});

describe('validatePrerequisites', () => {
  it('wants a flag and at least one variant each', () => {
    expect(validatePrerequisites([{ flag: 'a', variants: ['on'] }])).toEqual([]);
    expect(brief(validatePrerequisites([{ flag: 'a' }]))).toEqual(['/0/variants required']);
    expect(brief(validatePrerequisites([{ flag: 'a', variants: [] }]))).toEqual(['/0/variants too-few']);
    expect(brief(validatePrerequisites([{ flag: 'a', variants: [''] }]))).toEqual(['/0/variants/0 too-short']);
    expect(
      brief(
        validatePrerequisites([
          { flag: 'a', variants: ['on'] },
          { flag: 'a', variants: ['off'] },
        ]),
      ),
    ).toEqual(['/1/flag duplicate']);
    expect(brief(validatePrerequisites([{ flag: '-a', variants: ['on'] }]))).toEqual(['/0/flag bad-key']);
    expect(brief(validatePrerequisites([{ flag: 'a', variants: ['on'], all: true }]))).toEqual(['/0/all unknown-property']);
    expect(brief(validatePrerequisites({}))).toEqual([' wrong-type']);
  });
});

describe('validateAliases', () => {
  it('takes up to ten different names', () => {
    expect(validateAliases([])).toEqual([]);
    expect(validateAliases(['prod', 'live', '1', 'a_b-c'])).toEqual([]);
    expect(validateAliases(Array.from({ length: 10 }, (_, index) => `a${index}`))).toEqual([]);
  });

  it.each<[unknown, string[]]>([
    ['prod', [' wrong-type']],
    [null, [' wrong-type']],
    [Array.from({ length: 11 }, (_, index) => `a${index}`), [' too-many']],
    [['prod', 'prod'], ['/1 duplicate']],
    [['Prod', '', 'a b', 7, 'x'.repeat(64), '-a'], [0, 1, 2, 3, 4, 5].map((index) => `/${index} bad-alias`)],
    [['0190b0e4-7c5a-7d3e-8f10-0123456789ab'], ['/0 bad-alias']],
  ])('refuses %j', (value, expected) => expect(brief(validateAliases(value))).toEqual(expected));
});

describe('validateUrl', () => {
  it.each([null, 'https://shop.example', 'http://localhost:3000/x?y=z#a'])('takes %s', (value) =>
    expect(validateUrl(value)).toEqual([]),
  );

  it.each<[unknown, string]>([
    ['', 'bad-url'],
    ['shop.example', 'bad-url'],
    ['javascript:alert(1)', 'bad-url'],
    ['https://', 'bad-url'],
    ['https://a b', 'bad-url'],
    [7, 'wrong-type'],
    [`https://${'x'.repeat(2_000)}`, 'too-long'],
  ])('refuses %j', (value, code) => expect(brief(validateUrl(value))).toEqual([` ${code}`]));
});
