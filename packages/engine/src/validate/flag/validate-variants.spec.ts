import { describe, expect, it } from '@jest/globals';
import { type Defect } from '../../types.js';
import { validateVariants } from './validate-variants.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);

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
      { pointer: '/0/value', code: 'wrong-type', detail: '"yes" is not of the flag\'s type, boolean' },
    ]);
    expect(brief(validateVariants([{ key: 'a', value: null }], 'string'))).toEqual(['/0/value wrong-type']);
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
    expect(brief(validateVariants([{ key: '', value: 1 }]))).toEqual(['/0/key too-short']);
    expect(brief(validateVariants([{ key: 'a', value: 1, colour: 'red' }]))).toEqual(['/0/colour unknown-property']);
    expect(brief(validateVariants('a'))).toEqual([' wrong-type']);
  });

  it('refuses values that would not come back as they were', () => {
    const value = { big: 2 ** 53, list: [1, Infinity], text: 'a\u0000', half: ['\udc00'], exact: 2 ** 53 - 1 };
    expect(brief(validateVariants([{ key: 'a', value }], 'json'))).toEqual([
      '/0/value/big unsafe-integer',
      '/0/value/list/1 wrong-type',
      '/0/value/text unsafe-text',
      '/0/value/half/0 unsafe-text',
    ]);
    expect(brief(validateVariants([{ key: 'a', value: JSON.parse('{"__proto__":1}') }], 'json'))).toEqual([
      '/0/value unsafe-key',
    ]);
    expect(brief(validateVariants([{ key: 'a', value: { 'x\u0000': 1 } }], 'json'))).toEqual(['/0/value unsafe-key']);
    expect(brief(validateVariants([{ key: 'a', value: 9007199254740993 }], 'number'))).toEqual(['/0/value unsafe-integer']);
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
    expect(brief(validateVariants(list(101)))).toEqual([' too-many']);
    expect(brief(validateVariants([{ key: 'a', value: Array(10_001).fill(0) }]))).toEqual(['/0/value/9999 too-many']);
    expect(brief(validateVariants([{ key: 'a'.repeat(256), value: 0 }]))).toEqual(['/0/key too-long']);
  });

  it('wants weights that are whole and not all nothing', () => {
    const weighted = (...weights: unknown[]) =>
      weights.map((weight, index) => ({ key: `v${index}`, value: 0, ...(weight !== undefined && { weight }) }));
    expect(validateVariants(weighted(1, 0, undefined))).toEqual([]);
    expect(brief(validateVariants(weighted(0, undefined)))).toEqual([' no-weight']);
    expect(brief(validateVariants(weighted(0.5)))).toEqual(['/0/weight out-of-range']);
    expect(brief(validateVariants(weighted(-1, 2)))).toEqual(['/0/weight out-of-range']);
    expect(brief(validateVariants(weighted(null)))).toEqual(['/0/weight out-of-range']);
    expect(brief(validateVariants(weighted(2 ** 31 - 1, 1)))).toEqual([' out-of-range']);
    expect(validateVariants(weighted(2 ** 31 - 2, 1))).toEqual([]);
  });
});
