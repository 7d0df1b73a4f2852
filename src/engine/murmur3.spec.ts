import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { murmur3, murmur3Prefix } from './murmur3.js';

/** The published algorithm, block by block over the bytes of an encoder that is not ours. */
function reference(bytes: Uint8Array): number {
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & 0xffffffffn;
  const multiply = (x: bigint, y: bigint) => (x * y) & 0xffffffffn;
  const scramble = (k: bigint) => multiply(rotate(multiply(k, 0xcc9e2d51n), 15n), 0x1b873593n);
  let h = 0n;
  for (let at = 0; at < bytes.length; at += 4) {
    const block = bytes.slice(at, at + 4).reduceRight((k, byte) => (k << 8n) | BigInt(byte), 0n);
    h ^= scramble(block);
    if (at + 4 <= bytes.length) h = (multiply(rotate(h, 13n), 5n) + 0xe6546b64n) & 0xffffffffn;
  }
  h ^= BigInt(bytes.length);
  h = multiply(h ^ (h >> 16n), 0x85ebca6bn);
  h = multiply(h ^ (h >> 13n), 0xc2b2ae35n);
  return Number(h ^ (h >> 16n));
}

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

  it('goes on from a prefix as if both were one text', () => {
    const whole = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(whole, whole, (salt, key) => expect(murmur3(key, murmur3Prefix(salt))).toBe(murmur3(salt + key))),
      { numRuns: 3000 },
    );
  });
});
