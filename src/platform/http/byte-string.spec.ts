import { describe, expect, it } from '@jest/globals';
import { byteString, type ByteString, bytesOf, joined } from './byte-string.js';

const TEXTS = ['', 'plain', 'Grüße, 世界 🌳', '\u0000\u007f\u0080\u00ff', 'half a pair: \ud83c'];

describe('a byte string', () => {
  it.each(TEXTS)('holds the UTF-8 of %j, a character for each byte', (text) => {
    const utf8 = Buffer.from(text, 'utf8');
    expect(byteString(text)).toHaveLength(utf8.length);
    expect(bytesOf(byteString(text)).equals(utf8)).toBe(true);
  });

  it('is joined as the texts would be', () => {
    expect(joined(TEXTS.map(byteString))).toBe(byteString(TEXTS.map((text) => text.toWellFormed()).join('')));
  });

  it('is joined of as many pieces as there are', () => {
    expect(joined(Array<ByteString>(300_000).fill(byteString('ü')))).toHaveLength(600_000);
  });
});
