import { describe, expect, it } from '@jest/globals';
import { MAX_PATTERN_LENGTH, parsePattern, type Pattern } from './patterns.js';

const matches = (pattern: string, text: string, ignoreCase = false) => (parsePattern(pattern, ignoreCase) as Pattern).test(text);

describe('parsePattern', () => {
  it('searches anywhere in a text', () => {
    expect(matches('ell', 'hello')).toBe(true);
    expect(matches('^ell', 'hello')).toBe(false);
  });

  it('tells a pattern that ignores case from the same one that does not', () => {
    expect([matches('PRO', 'pro'), matches('PRO', 'pro', true), matches('PRO', 'pro')]).toEqual([false, true, false]);
    expect(matches('iPRO', 'pro')).toBe(false);
    expect([matches('x', 'pro x'), matches('-x', 'pro x', true), matches('ix', 'pro x')]).toEqual([true, false, false]);
  });

  it('compiles a pattern once', () => {
    expect(parsePattern('once', false)).toBe(parsePattern('once', false));
    expect(parsePattern('once', false)).not.toBe(parsePattern('once', true));
  });

  it('says why a text is no pattern, each time it is asked', () => {
    const missing = 'error parsing regexp: missing closing ): `(a`';
    expect([parsePattern('(a', false), parsePattern('(a', false)]).toEqual([missing, missing]);
    expect(parsePattern('a{1,1001}', false)).toBe('error parsing regexp: invalid repeat count: `{1,1001}`');
  });

  it('takes up to 512 characters', () => {
    expect(matches('a'.repeat(MAX_PATTERN_LENGTH), 'a'.repeat(600))).toBe(true);
    expect(parsePattern('a'.repeat(513), false)).toBe('a pattern has at most 512 characters');
  });

  it('keeps a thousand patterns, and then begins again', () => {
    const first = parsePattern('first', false);
    let made = 0;
    const isKept = (pattern: unknown) => parsePattern('first', false) === pattern;
    while (isKept(first)) parsePattern(`k${made++}`, false);
    const again = parsePattern('first', false);
    const before = made;
    while (isKept(again)) parsePattern(`k${made++}`, false);
    // the one that made room, the first again, and these but the last
    expect(2 + (made - before) - 1).toBe(1000);
  });
});
