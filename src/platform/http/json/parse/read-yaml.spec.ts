import { describe, expect, it, jest } from '@jest/globals';
import { runs } from '@flagtree/engine/testing';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { Invalid } from '../../problems/problem.js';
import { readYaml } from './read-yaml.js';
import { strictJsonDefects } from './strict-json.js';

const refusal = (text: string) => {
  try {
    readYaml(text);
  } catch (error) {
    if (error instanceof Invalid) {
      const { code, line, column } = (error.defects[0] ?? {}) as { code?: string; line?: number; column?: number };
      return [error.code, code, line, column];
    }
    throw error;
  }
  return [];
};

describe('readYaml', () => {
  it.each<[string, string, unknown]>([
    ['a document', 'flags:\n  a:\n    state: ENABLED # on\n', { flags: { a: { state: 'ENABLED' } } }],
    ['a byte order mark', '\ufeffa: 1', { a: 1 }],
    ['JSON', '{"a": [1, null, "\\u00e9"]}', { a: [1, null, 'é'] }],
    ['words of YAML 1.1 as text', 'on: yes\nno: off\nn: y', { on: 'yes', no: 'off', n: 'y' }],
    ['dates as text', 'a: 2024-01-01\nb: 2024-01-01T00:00:00Z', { a: '2024-01-01', b: '2024-01-01T00:00:00Z' }],
    ['numbers of the core schema', 'a: 0x10\nb: 0o17\nc: 1e3\nd: 1_000\ne: 010', { a: 16, b: 15, c: 1000, d: '1_000', e: 10 }],
    ['a merge key as any other', '<<: {a: 1}', { '<<': { a: 1 } }],
    ['anchors and aliases', 'a: &x {on: true}\nb: *x', { a: { on: true }, b: { on: true } }],
    ['tags of the core schema', 'a: !!str 1', { a: '1' }],
    ['blocks of text', 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', { a: 'x\ny\n', b: 'x y' }],
    ['its version', '%YAML 1.2\n---\na: 1', { a: 1 }],
  ])('reads %s', (_, text, value) => expect(readYaml(text).value).toEqual(value));

  it('takes no text for no body, as JSON does', () => {
    expect(readYaml('')).toEqual({ text: '', value: undefined });
    expect(readYaml('null').value).toBeNull();
    expect(readYaml('# nothing').value).toBeNull();
  });

  it.each<[string, string, unknown[]]>([
    ['tabs', 'a:\n\t- 1', ['invalid-yaml', 'tab-as-indent', 2, 1]],
    ['a list without an end', 'a: [1,2', ['invalid-yaml', 'bad-indent', 1, 8]],
    ['two documents', '--- 1\n--- 2', ['invalid-yaml', 'multiple-documents', 2, 1]],
    ['a key twice', 'a: 1\nb: 2\na: 3', ['invalid-yaml', 'duplicate-key', 3, 1]],
    ['a key twice, in two ways of writing', 'x: {a: 1, "\\u0061": 2}', ['invalid-yaml', 'duplicate-key', 1, 11]],
    ['a number as key', 'a:\n  1: x', ['invalid-yaml', 'key-is-no-text', 2, 3]],
    ['a truth as key', 'true: x', ['invalid-yaml', 'key-is-no-text', 1, 1]],
    ['a list as key', '? [a]\n: x', ['invalid-yaml', 'key-is-no-text', 1, 3]],
    ['no key at all', ': x', ['invalid-yaml', 'key-is-no-text', 1, 1]],
    ['an alias as key', 'a: &x b\n*x : c', ['invalid-yaml', 'key-is-no-text', 2, 1]],
    ['a tag of its own', 'a: !env HOME', ['invalid-yaml', 'tag-resolve-failed', 1, 4]],
    ['what other parsers execute', 'a: !!python/object:os.system x', ['invalid-yaml', 'tag-resolve-failed', 1, 4]],
    ['a date that says so', 'a: !!timestamp 2024-01-01', ['invalid-yaml', 'tag-resolve-failed', 1, 4]],
    ['bytes', 'a: !!binary aGk=', ['invalid-yaml', 'tag-resolve-failed', 1, 4]],
    ['another version', '%YAML 1.1\n---\na: yes', ['invalid-yaml', 'bad-directive', 1, 1]],
    ['infinity', 'a: 1\nb: .inf', ['invalid-yaml', 'number-out-of-range', 2, 4]],
    ['no number', '- .nan', ['invalid-yaml', 'number-out-of-range', 1, 3]],
    ['a NUL', 'a: x\0y', ['invalid-yaml', 'nul-character', 1, 5]],
    ['an alias of nothing', 'a: *x', ['invalid-yaml', 'bad-alias', 1, 4]],
    ['an alias of what it is in', 'a: &x {b: *x}', ['json-too-deep', undefined, undefined, undefined]],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, ['json-too-deep', undefined, undefined, undefined]],
    ['100,000 levels of lists', '['.repeat(100_000), ['json-too-deep', undefined, undefined, undefined]],
    ['100,000 levels in a line', '- '.repeat(100_000), ['json-too-deep', undefined, undefined, undefined]],
  ])('refuses %s', (_, text, expected) => expect(refusal(text)).toEqual(expected));

  it('refuses aliases that stand for much more than they are, which reading them would not end', () => {
    const layers = (count: number) =>
      Array.from(
        { length: count },
        (_, i) =>
          `l${i}: &l${i} [${Array(9)
            .fill(i === 0 ? 'lol' : `*l${i - 1}`)
            .join(', ')}]`,
      );
    const long = `a: &a "${'x'.repeat(200_000)}"\nb: [${Array(60).fill('*a').join(', ')}]`;
    expect([refusal(layers(10).join('\n'))[1], refusal(long)[1]]).toEqual(['excessive-aliases', 'excessive-aliases']);
  });

  it('compares no key with all that stand before it', () => {
    const text = Array.from({ length: 2_000 }, (_, i) => `k${i}: 1`).join('\n');
    const searches = jest.spyOn(Array.prototype, 'some'); // as the library does where it asks for keys that differ
    const { value } = readYaml(text);
    const searched = searches.mock.calls.length;
    searches.mockRestore();
    expect([Object.keys(value as object).length, searched < 2_000]).toEqual([2_000, true]);
  });

  it('leaves to the strictness of JSON what both have', () => {
    const codes = (text: string) => strictJsonDefects(readYaml(text).text).map(({ code, pointer }) => `${code} ${pointer}`);
    expect(codes('a: {__proto__: {x: 1}}')).toEqual(['forbidden-key /a/__proto__']);
    expect(codes('a: "x\\0y"')).toEqual(['nul-character /a']);
    expect(codes('a: 12345678901234567890')).toEqual(['integer-too-large /a']);
    expect(codes('a: "\\ud800"')).toEqual(['unpaired-surrogate /a']);
  });

  it('reads what was written of any JSON as that JSON, and never throws anything but a refusal', () => {
    const json = fc
      .jsonValue({ maxDepth: 4, noUnicodeString: false })
      .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(fc.property(json, (value) => expect(readYaml(stringify(value)).value).toEqual(value)));
    const soup = fc.array(fc.constantFrom('a', ': ', '- ', '\n', '  ', '&x ', '*x', '!!str ', '{', '}', '[', ']', ',', '"', "'", '|', '%', '#', '?', '---', '\t', '0', '<<', '~', '\0'), { maxLength: 20 }); // prettier-ignore
    fc.assert(
      fc.property(soup, (parts) => expect(refusal(parts.join(''))).toBeInstanceOf(Array)),
      { numRuns: runs(300, 2_000) },
    );
  });
});
