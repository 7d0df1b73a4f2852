import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { runToEnd } from '@flagtree/engine';
import fc from 'fast-check';
import { MAX_JSON_VALUES } from './json-bounds.js';
import { MAX_TOKEN_BYTES, readLargeJson } from './large-json.js';
import { parseJson, strictJsonDefects } from './strict-json.js';

const read = (text: string | Buffer) => runToEnd(readLargeJson(Buffer.from(text)));

/** JSON as a person may write it: with any white space, escapes, numbers and repeated keys. */
const space = fc.constantFrom('', '', ' ', '\n', '\t \r\n');
const scalar = fc.oneof(
  fc.json({ maxDepth: 0 }),
  fc.constantFrom('1e400', '-0', '12345678901234567890', '0.1E+2', '"\\u0000"', '"\\ud800"', '"\\"\\\\\\/"', '"ü🌳"', '""', 'null', 'true', 'false'),
); // prettier-ignore
const key = fc.constantFrom('"a"', '"\\u0061"', '"b"', '"__proto__"', '"constructor"', '"ü/~"', '""', '"\\ud800"');
const { value: document } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', maxDepth: 5 }, scalar, tie('array'), tie('object')),
  array: fc
    .tuple(space, fc.array(tie('value'), { maxLength: 4 }))
    .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }))
    .map(([gap, members]) => `{${gap}${members.map(([name, value]) => `${name}${gap}:${gap}${value}`).join(`,${gap}`)}${gap}}`),
}));

/** The same text with one character taken away, put in or replaced. */
const broken = fc
  .tuple(
    document,
    fc.nat(),
    fc.constantFrom('', ',', ':', '"', '[', '}', '\\', '0', '\u0001', 'x', '-', '.', 'nul'),
    fc.boolean(),
  )
  .map(([text, at, put, replaces]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + (replaces || put === '' ? 1 : 0));
  });

describe('a document that is read in slices', () => {
  it('is what it is when it is read at once, with the same defects', () => {
    fc.assert(
      fc.property(document, (text) => {
        const { value, defects, sha256 } = read(text);
        expect(value).toEqual(parseJson(Buffer.from(text)).value);
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
        expect(defects).toEqual(strictJsonDefects(text));
        expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });

  it('is refused exactly where it is refused when it is read at once', () => {
    fc.assert(
      fc.property(broken, (text) => {
        const outcome = (of: () => unknown) => {
          try {
            return { value: of() };
          } catch (error) {
            return { code: (error as { code: string }).code };
          }
        };
        expect(outcome(() => read(text).value)).toEqual(
          outcome(() => {
            if (text.trim() === '') throw Object.assign(new Error(), { code: 'invalid-json' });
            return parseJson(Buffer.from(text)).value;
          }),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('may begin with a byte order mark, once', () => {
    expect(read('\ufeff[1]').value).toEqual([1]);
    expect(() => read('\ufeff\ufeff[1]')).toThrow(expect.objectContaining({ code: 'invalid-json' }));
  });

  it.each([
    ['65 levels', () => '['.repeat(65) + ']'.repeat(65), 'json-too-deep'],
    ['bytes that are not UTF-8', () => Buffer.from([0x22, 0xff, 0x22]), 'invalid-utf8'],
    ['a very long text', () => `"${'x'.repeat(MAX_TOKEN_BYTES + 1)}"`, 'value-too-large'],
    ['a very long number', () => '1'.repeat(MAX_TOKEN_BYTES + 1), 'value-too-large'],
    ['very many values', () => `[${'[],'.repeat(MAX_JSON_VALUES / 2)}[]]`, 'too-many-values'],
    ['very many keys', () => `{${'"":0,'.repeat(MAX_JSON_VALUES / 2)}"":0}`, 'too-many-values'],
  ])('is refused with %s', (_what, text, code) => {
    expect(() => read(text())).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['very many spaces', () => `${' '.repeat(2_000_000)}[]`],
    ['very many different keys', () => `{${Array.from({ length: 150_000 }, (_, index) => `"k${String(index)}":0`).join(',')}}`],
    ['very many empty lists', () => `[${Array(500_000).fill('[]').join(',')}]`],
    ['the same key very many times', () => `{${Array(100_000).fill('"format":"states"').join(',')}}`],
    [
      'texts',
      () =>
        `[${Array(20)
          .fill(`"${'x'.repeat(100_000)}"`)
          .join(',')}]`,
    ],
  ])('is put aside again and again: %s', (_what, text) => {
    const bytes = Buffer.from(text());
    let pieces = 0;
    for (const work = readLargeJson(bytes); work.next().done !== true;) pieces++;
    const [looked, read] = [65_536, 100_002]; // a text is read in one go
    expect(pieces).toBeGreaterThanOrEqual(Math.floor((2 * bytes.length) / looked + bytes.length / read));
  });

  it('does not take brackets and commas of a text for more than that', () => {
    const text = ',:[{'.repeat(250_000);
    expect(read(`[${Array(4).fill(`"\\"${text}"`).join(',')}]`).value).toEqual(Array(4).fill(`"${text}`));
  });
});
