import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addLanes, digestOf, hexOf, shortDigestOf, type Lanes } from './digest.js';

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

describe('a digest', () => {
  it.each([
    ['', '37c51e0dba56944d7ae5ad58f6b21cea'],
    ['a', '02339f604d3d4fcef86a9bfb475cc32b'],
    ['flag', 'add580b9aa7eabb84f6a820a14bea879'],
    ['größe', 'a46f29f1d7d1ba817e2caa1684346ede'],
    ['😀', '48fd8bbce4c91d82cbc69225f9003be7'],
    ['{"key":"new-checkout","enabled":true}', '157a9bf157ac18d4cc832b1885ad680d'],
  ])('of %j is the same in every release, so that instances agree while one replaces the other', (text, digest) => {
    expect(digestOf(text)).toBe(digest);
  });

  it('has the same 128 bits in eight UTF-16 units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const units = shortDigestOf(text).split('');
        expect(units.map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0')).join('')).toBe(digestOf(text));
      }),
    );
  });
});

describe('hexOf', () => {
  it('writes eight digits for each lane', () => {
    expect(hexOf([0, 1, 0xabc, 0xffffffff])).toBe('000000000000000100000abcffffffff');
  });
});

describe('addLanes', () => {
  it('adds and takes away lane by lane, around 2^32', () => {
    const digest = '00000001000000020000000300000004';
    expect(addLanes([0xffffffff, 1, 2, 3], digest, 1)).toEqual([0, 3, 5, 7]);
    expect(addLanes([0, 1, 2, 3], digest, -1)).toEqual([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
  });

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
