import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isGuessable } from './guessable.js';

describe('a secret', () => {
  it.each([
    'a'.repeat(32),
    'a'.repeat(512),
    'ab'.repeat(16),
    '0123456789abcdef0123456789abcdef',
    'abcdefghijklmnopqrstuvwxyz012345',
    'zyxwvutsrqponmlkjihgfedcba987654',
    'password'.repeat(4),
    'changeme-changeme-changeme-changeme',
    'x'.repeat(31) + 'y',
    `ft_admin_abcdef_${'0'.repeat(40)}`,
  ])('can be guessed: %s', (secret) => {
    expect(isGuessable(secret)).toBe(true);
  });

  it.each<[string, () => string]>([
    ['hexadecimal digits', () => randomBytes(16).toString('hex')],
    ['base64', () => randomBytes(24).toString('base64url')],
    ['digits', () => Array.from({ length: 32 }, () => randomInt(10)).join('')],
    ['a token of ours', () => `ft_admin_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('hex')}`],
  ])('cannot where it is random: %s', (_what, secret) => {
    for (let time = 0; time < 1_000; time++) expect(isGuessable(secret())).toBe(false);
  });
});
