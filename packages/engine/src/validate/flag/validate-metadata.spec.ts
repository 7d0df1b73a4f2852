import { describe, expect, it } from '@jest/globals';
import { validateMetadata } from './validate-metadata.js';

const codes = (value: unknown) => validateMetadata(value).map(({ pointer, code }) => [pointer, code]);

describe('the metadata of a flag', () => {
  it('is a flat object of texts, numbers and truths', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ team: 'checkout', '': '', ticket: 42, ratio: -0.5, external: false })).toEqual([]);
  });

  it.each([[null], [[]], ['text'], [1], [undefined]])('is not %p', (value) => {
    expect(codes(value)).toEqual([['', 'wrong-type']]);
  });

  it('names each member that is not flat, or cannot be stored', () => {
    expect(codes({ a: null, b: {}, c: [], d: NaN, 'e/f': undefined, ok: 1, g: 'a\u0000', h: '\ud800' })).toEqual([
      ['/a', 'not-flat'],
      ['/b', 'not-flat'],
      ['/c', 'not-flat'],
      ['/d', 'not-flat'],
      ['/e~1f', 'not-flat'],
      ['/g', 'not-storable'],
      ['/h', 'not-storable'],
    ]);
  });

  it('has at most 4,096 bytes as JSON, counted in UTF-8', () => {
    const padded = (text: string) => ({ a: text });
    expect(codes(padded('x'.repeat(4_088)))).toEqual([]);
    expect(codes(padded('x'.repeat(4_089)))).toEqual([['', 'too-large']]);
    for (const [character, bytes] of [
      ['é', 2],
      ['€', 3],
      ['😀', 4],
    ] as const) {
      expect(codes(padded(character.repeat(Math.floor(4_088 / bytes))))).toEqual([]);
      expect(codes(padded(character.repeat(Math.floor(4_088 / bytes) + 1)))).toEqual([['', 'too-large']]);
    }
  });
});
