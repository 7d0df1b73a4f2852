import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { condition, percentage, rules, variants } from '../testing/arbitraries/arbitraries.js';
import { FLAG_TYPES, OPERATORS, type Defect } from '../types.js';
import { validateConditions } from './rules/validate-conditions.js';
import { validatePercentage, validatePrerequisites } from './flag/validate-fields.js';
import { validateSettings, validateSettingsEdit } from './validate-settings.js';
import { validateRules } from './rules/validate-rules.js';
import { validateVariants } from './flag/validate-variants.js';

/** `pointer code` of each defect. */
const brief = (defects: Defect[]) => defects.map(({ pointer, code }) => `${pointer} ${code}`);

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
      validateSettingsEdit,
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
    expect(validateSettings(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, null])))).toHaveLength(
      100,
    );
  });

  it('may nest a hundred thousand deep', () => {
    const nested = (wrap: (inner: unknown) => unknown) => {
      let value: unknown = 1;
      for (let i = 0; i < 100_000; i++) value = wrap(value);
      return value;
    };
    const list = nested((inner) => [inner]);
    expect(brief(validateVariants([{ key: 'a', value: list }]))).toEqual([`/0/value${'/0'.repeat(32)} too-deep`]);
    expect(brief(validateVariants([{ key: 'a', value: nested((inner) => ({ x: inner })) }]))).toEqual([
      `/0/value${'/x'.repeat(32)} too-deep`,
    ]);
    expect(brief(validateConditions([nested((inner) => ({ not: inner }))]))).toEqual([`/0${'/not'.repeat(16)} too-deep`]);
    expect(brief(validateConditions(list))).toEqual(['/0 wrong-type']);
    expect(brief(validateRules(list))).toEqual(['/0 wrong-type']);
    expect(brief(validatePercentage(list))).toEqual([' wrong-type']);
  });
});
