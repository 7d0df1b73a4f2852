import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aDocument, aRow } from '../specs/documents.js';
import { decode, decodeText } from './decode.js';

const GOOD = aDocument({ lamp: aRow() });

describe('a document', () => {
  it('is taken as it is', () => {
    expect(decodeText(JSON.stringify(GOOD))).toEqual({
      document: {
        format: 1,
        environment: 'production',
        aliases: ['prod'],
        chain: ['production'],
        revision: 1,
        etag: 'etag-1',
        flags: { lamp: aRow() },
        segments: {},
      },
    });
  });

  it('may have members that this client does not know', () => {
    expect(decode({ ...GOOD, news: 1 })).toHaveProperty('document');
  });

  it.each<[string, unknown, string]>([
    ['of a list', [], 'it is no object'],
    ['without a format', { ...GOOD, format: undefined }, 'it does not say which format it has: it is none of a Flagtree server'],
    ['of a format that is text', { ...GOOD, format: '1' }, 'its format is "1", and this client reads 1: update the client'],
    ['of another format', { ...GOOD, format: 2 }, 'its format is 2, and this client reads 1: update the client'],
    ['without an environment', { ...GOOD, environment: '' }, 'it names no environment'],
    ['with aliases that are none', { ...GOOD, aliases: [1] }, 'its aliases are no list of names'],
    ['with a revision that is none', { ...GOOD, revision: 1.5 }, 'its revision is no whole number'],
    ['with an etag that is none', { ...GOOD, etag: 'a"b' }, 'it has no etag'],
    ['without flags', { ...GOOD, flags: undefined }, 'its flags are no objects by key'],
    ['with a flag that is none', { ...GOOD, flags: { a: 1 } }, 'its flags are no objects by key'],
    ['with a list of segments', { ...GOOD, segments: [] }, 'its segments are no objects by key'],
  ])('%s is refused', (_what, content, refused) => {
    expect(decode(content)).toEqual({ refused });
  });

  it.each([
    ['HTML', '<!doctype html><title>502</title>', /HTML/],
    ['a document that broke off', JSON.stringify(GOOD).slice(0, -9), /JSON/],
    ['nothing', '', /JSON/],
    [
      '20,000 levels',
      `{"format":1,"environment":"a","revision":1,"etag":"e","segments":{},"flags":{"a":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}}`,
      /deep/,
    ],
    [
      'a key that is a trap',
      '{"format":1,"environment":"a","revision":1,"etag":"e","segments":{},"flags":{"__proto__":{}}}',
      /flags/,
    ],
  ])('%s is refused', (_what, content, refused) => {
    expect(decodeText(content)).toEqual({ refused: expect.stringMatching(refused) });
  });

  it('is decoded or refused, whatever it is, and never thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((value) => `{"format":1,"environment":"a","revision":1,"etag":"e","flags":${value}}`),
        ),
        (content) => {
          const decoded = decodeText(content);
          expect('document' in decoded || decoded.refused.length > 0).toBe(true);
        },
      ),
    );
  });
});
