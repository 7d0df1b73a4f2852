import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addLanes, digestOf, hexOf, type Lanes } from './digest.js';

const NONE: Lanes = [0, 0, 0, 0];
const sum = (digests: string[]) => digests.reduce((lanes, digest) => addLanes(lanes, digest, 1), NONE);

describe('digestOf', () => {
  it('gives 32 hexadecimal digits, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(digestOf(text)).toMatch(/^[0-9a-f]{32}$/);
        expect(digestOf(text)).toBe(digestOf(text));
      }),
    );
  });

  it('tells thirty thousand near texts apart, in each of its four parts for the most part', () => {
    const digests = Array.from({ length: 30_000 }, (_, index) => digestOf(`{"key":"flag.${index}","enabled":true}`));
    expect(new Set(digests).size).toBe(30_000);
    for (const part of [0, 1, 2, 3])
      expect(new Set(digests.map((digest) => digest.slice(part * 8, part * 8 + 8))).size).toBeGreaterThan(29_980);
  });

  it('sees each change of a single character', () => {
    const text = 'the quick brown fox jumps over the lazy dog';
    const variations = [...text].flatMap((_, index) =>
      ['a', 'Z', '\u0000', 'é'].map((letter) => text.slice(0, index) + letter + text.slice(index + 1)),
    );
    const different = new Set(variations);
    expect(new Set([...different].map(digestOf)).size).toBe(different.size);
  });
});

describe('addLanes', () => {
  it('adds in any order and takes away again', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        const digests = texts.map(digestOf);
        expect(sum(digests.toReversed())).toEqual(sum(digests));
        expect(addLanes(sum(digests), digests[0]!, -1)).toEqual(sum(digests.slice(1)));
        expect(hexOf(sum(digests))).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
    expect(hexOf(addLanes(NONE, digestOf('x'), 1))).toBe(digestOf('x'));
  });
});
