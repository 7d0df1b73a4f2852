import { describe, expect, it } from '@jest/globals';
import { changedKeys, detailsFrom, valuesOf } from './values.js';

const LAMP = { key: 'lamp', value: true, variant: 'on', reason: 'STATIC', metadata: { version: '4' } };

describe('values', () => {
  it('are read of an OFREP answer, of a list, and of what all() gives', () => {
    const expected = new Map([['lamp', LAMP]]);
    expect(valuesOf({ flags: [LAMP] })).toEqual(expected);
    expect(valuesOf([LAMP])).toEqual(expected);
    const { key: _, ...details } = LAMP;
    expect(valuesOf({ lamp: details })).toEqual(expected);
    expect(valuesOf(undefined)).toEqual(new Map());
  });

  it('stay the same objects while they are the same, whatever the revision, and tell what has changed', () => {
    const list = { key: 'list', value: ['a'], variant: 'a' };
    const before = valuesOf([LAMP, list]);
    const after = valuesOf(
      [
        { ...LAMP, metadata: { version: '5' } },
        { ...list, value: ['b'] },
        { key: 'new', value: 1 },
      ],
      before,
    );
    expect(after.get('lamp')).toBe(before.get('lamp'));
    expect(changedKeys(before, after)).toEqual(['list', 'new']);
    expect(changedKeys(after, valuesOf([]))).toEqual(['lamp', 'list', 'new']);
  });
});

describe('details', () => {
  const values = valuesOf([
    LAMP,
    { key: 'off', reason: 'DISABLED' },
    { key: 'broken', errorCode: 'PARSE_ERROR', errorDetails: 'why' },
  ]);
  const read = (key: string, fallback: boolean | string, isCached = false) => detailsFrom(values, key, fallback, isCached);

  it('have the value with its variant and reason', () => {
    expect(read('lamp', false)).toEqual({
      key: 'lamp',
      value: true,
      variant: 'on',
      reason: 'STATIC',
      errorCode: undefined,
      errorMessage: undefined,
      metadata: { version: '4' },
    });
    expect(read('lamp', false, true).reason).toBe('CACHED');
  });

  it.each([
    ['off', false, { reason: 'DISABLED' }],
    ['lamp', 'text', { reason: 'ERROR', errorCode: 'TYPE_MISMATCH', variant: null }],
    ['broken', true, { reason: 'ERROR', errorCode: 'PARSE_ERROR', errorMessage: 'why' }],
    ['none', true, { reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' }],
    ['toString', true, { errorCode: 'FLAG_NOT_FOUND' }],
  ])('of %s have the fallback where there is no value for it', (key, fallback, expected) => {
    expect(read(key, fallback)).toMatchObject({ value: fallback, ...expected });
  });

  it('say that nothing is there yet, and not that a flag is missing', () => {
    expect(detailsFrom(valuesOf([]), 'lamp', false, false)).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
  });
});
