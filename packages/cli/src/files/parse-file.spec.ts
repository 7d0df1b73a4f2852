import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseFile } from './parse-file.js';

const read = (text: string | Buffer, path = 'a.yaml') => parseFile(path, Buffer.from(text));
const rule = (text: string | Buffer) => {
  const parsed = read(text);
  return 'unreadable' in parsed ? [parsed.unreadable.rule, parsed.unreadable.line] : parsed.value;
};

describe('parseFile', () => {
  it('reads values as JSON has them, and leaves all else text', () => {
    expect(read('a: 2024-01-01\nb: 1_000\nc: on\nd: 1.5\ne:\nf: ~\ng: "true"\nh: true\ni: 0x1f\nj: .inf\n')).toEqual({
      value: { a: '2024-01-01', b: '1_000', c: 'on', d: 1.5, e: null, f: null, g: 'true', h: true, i: '0x1f', j: '.inf' },
    });
  });

  it('takes a byte order mark, and lines that end as those of Windows', () => {
    expect(read('\ufeffa: 1\r\nb:\r\n  - x\r\n')).toEqual({ value: { a: 1, b: ['x'] } });
  });

  it.each<[string, string | Buffer, string, number]>([
    ['merge conflicts', 'a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n', 'merge-conflict', 2],
    ['tabs', 'a:\n\tb: 1\n', 'tab', 2],
    ['keys that stand twice', 'a: 1\nb: 2\na: 3\n', 'duplicate-key', 3],
    ['aliases', 'a: &x [1]\nb: *x\n', 'alias', 2],
    ['half of a file', 'flags:\n  ui.x: { state: ENABLED, variants: {\n', 'not-yaml', 3],
    ['several documents', 'a: 1\n---\nb: 1\n', 'not-yaml', 1],
    ['tags', 'a: !!binary aGk=\n', 'tag', 1],
    ['nothing', '# nothing\n\n', 'empty-file', 1],
    ['brackets without end', `a: ${'['.repeat(200_000)}`, 'too-deep', 1],
    ['what is not UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff]), 'not-utf8', 1],
    ['numbers beyond what can be told apart', 'a: 9007199254740993\n', 'inexact-number', 1],
    ['a prototype', '__proto__: { a: 1 }\n', 'bad-key', 1],
  ])('refuses %s by name', (_, text, name, line) => {
    expect(rule(text)).toEqual([name, line]);
  });

  it('refuses a bomb before it goes off', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 12; at++)
      lines.push(
        `a${at}: &a${at} [${Array(10)
          .fill(`*a${at - 1}`)
          .join(', ')}]`,
      );
    expect(rule(lines.join('\n'))).toEqual(['alias', 2]);
  });

  it.each([
    'a: 1\nb: [x, "y", {c: null}]\n',
    'a: |\n  two\n  lines\nb: >-\n  folded\n  text\n',
    "a: 'it''s'\nb: -0.5\n'c d': {}\n",
    '- 1\n- [a]\n',
  ])('reads what the parser that knows places reads: %j', (text) => {
    expect(read(text)).toEqual({ value: parse(text) });
  });
});
