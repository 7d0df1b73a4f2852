import { describe, expect, it } from '@jest/globals';
import { Invalid } from '../../problems/problem.js';
import { parseJson, strictJsonDefects } from './strict-json.js';

const codes = (text: string) => strictJsonDefects(text).map(({ pointer, code }) => `${code} ${pointer}`);

describe('parseJson', () => {
  it('parses JSON and takes an empty body for none', () => {
    const text = '{"a":[1,"]]{{é"]}';
    expect(parseJson(Buffer.from(text))).toEqual({ text, value: { a: [1, ']]{{é'] } });
    expect(parseJson(Buffer.from(''))).toEqual({ text: '', value: undefined });
  });

  it.each([
    ['what is not JSON', Buffer.from('{"a":'), 'invalid-json'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'invalid-utf8'],
    ['100,000 levels', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 'json-too-deep'],
    ['65 levels', Buffer.from('['.repeat(65) + ']'.repeat(65)), 'json-too-deep'],
    ['65 levels of both kinds', Buffer.from('{"a":['.repeat(33) + ']}'.repeat(33)), 'json-too-deep'],
  ])('refuses %s', (_what, bytes, code) => {
    expect(() => parseJson(bytes)).toThrow(Invalid);
    expect(() => parseJson(bytes)).toThrow(expect.objectContaining({ code }));
  });

  it('accepts 64 levels', () => {
    expect(() => parseJson(Buffer.from('['.repeat(64) + ']'.repeat(64)))).not.toThrow();
    expect(() => parseJson(Buffer.from(`[${Array(100).fill('{"a":[]}').join(',')}]`))).not.toThrow();
  });
});

describe('strictJsonDefects', () => {
  it('finds nothing in ordinary JSON', () => {
    expect(codes('{"a":{"b":[0.1,-1e3,9007199254740991,null,true,{"b":"\\ud83d\\ude00"}]},"b":"\\"}"}')).toEqual([]);
  });

  it.each([
    ['{"enabled":false,"enabled":true}', ['duplicate-key /enabled']],
    ['{"a":[{"x":1},{"x":1,"\\u0078":2}]}', ['duplicate-key /a/1/x']],
    ['{"a":{"__proto__":{"x":1}}}', ['forbidden-key /a/__proto__']],
    ['{"name":"a\\u0000b"}', ['nul-character /name']],
    ['{"name":"\\ud800"}', ['unpaired-surrogate /name']],
    ['{"a/b":[1,12345678901234567890]}', ['integer-too-large /a~1b/1']],
    ['[1e400]', ['number-out-of-range /0']],
    ['9007199254740992', ['integer-too-large ']],
    ['-1.7e308', ['integer-too-small ']],
  ])('%s', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('reports a bounded number of defects', () => {
    expect(codes(`[${Array(500).fill('1e400').join(',')}]`)).toHaveLength(20);
  });
});
