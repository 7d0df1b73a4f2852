import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { murmur3, murmur3Prefix } from './murmur3.js';
import { naiveMurmur3 } from '../testing/naive/naive-evaluator.js';

const reference = (bytes: Uint8Array) => Number(naiveMurmur3(bytes));

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);

describe('murmur3', () => {
  it.each([
    ['', 0],
    ['a', 0x3c2569b2],
    ['abc', 0xb3dd93fa],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('gives the published hash of %j', (text, hash) => {
    expect(reference(Buffer.from(text))).toBe(hash);
    expect(murmur3(text)).toBe(hash);
  });

  it('hashes the UTF-8 of any text, half a surrogate pair as U+FFFD', () => {
    fc.assert(
      fc.property(anyText, (text) => expect(murmur3(text)).toBe(reference(Buffer.from(text, 'utf8')))),
      { numRuns: 3000 },
    );
    expect(murmur3('\ud83d')).toBe(murmur3('\ufffd'));
    expect(murmur3('a\udc00b')).toBe(murmur3('a\ufffdb'));
    expect(murmur3('😀')).not.toBe(murmur3('\ud83d\ud83d'));
  });

  it('hashes characters of any width at any place, however they are followed', () => {
    const characters =
      'a \x7f \x80 \xe9 \u07ff \u0800 \u65e5 \ud7ff \ue000 \uffff \u{10000} \u{1f600} \u{10ffff} \ud800 \udbff \udc00 \udfff'.split(
        ' ',
      );
    const befores = ['', 'x', 'xy', 'xyz', 'wxyz', '\xe9', '\u65e5'];
    const afters = ['', 'a', 'abc', 'abcd', 'abcdefgh', 'ab\xe9d', 'a\xe9', 'abc\xe9', ...characters];
    const wrong: string[] = [];
    for (const before of befores) {
      for (const text of characters.flatMap((character) => afters.map((after) => character + after))) {
        const hash = reference(Buffer.from(before + text, 'utf8'));
        if (murmur3(before + text) !== hash || murmur3(text, murmur3Prefix(before)) !== hash) wrong.push(before + text);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('goes on from a prefix as if both were one text', () => {
    const whole = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(whole, whole, (salt, key) => expect(murmur3(key, murmur3Prefix(salt))).toBe(murmur3(salt + key))),
      { numRuns: 3000 },
    );
  });
});
