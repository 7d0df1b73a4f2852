import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, ROOT } from './markdown.js';

interface Row {
  tag: string;
  where: string;
}

const rows = readPage('docs/reference/documented-behaviours.md')
  .split('\n')
  .flatMap((line): Row[] => {
    const [, , tag = '', where = ''] = line.split('|').map((cell) => cell.trim());
    return /^\d{3}-\d+$/.test(tag) ? [{ tag, where }] : [];
  });

const specs = ['src', 'test', 'packages'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.spec.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name)),
);

/** Rows that stand, in brackets, in the title of a test or of a group of tests, and in which files. */
const tested = new Map<string, string[]>();
for (const file of specs) {
  // The first argument of a call, with more to come: of it() and describe(), or of what their each() gives.
  const titles = readFileSync(join(ROOT, file), 'utf8').matchAll(/\(\s*(?:'[^\n]*'|"[^\n]*"|`[^\n]*`),/g);
  for (const [title] of titles)
    for (const [, tag = ''] of title.matchAll(/\[(\d{3}-\d+)\]/g)) tested.set(tag, [...(tested.get(tag) ?? []), file]);
}

describe('docs/reference/documented-behaviours.md', () => {
  it('lists each row once, and says of each where it is', () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter(({ tag }, at) => rows.findIndex((other) => other.tag === tag) !== at)).toEqual([]);
    expect(rows.filter(({ where }) => !/^(?:tested in `|stays different: \[ADR|comes with |not built yet)/.test(where))).toEqual(
      [],
    );
  });

  it.each(rows.filter(({ where }) => where.startsWith('tested')))(
    '$tag is in the title of a test in each file that it names',
    ({ tag, where }) => {
      const named = Array.from(where.matchAll(/`([^`]+)`/g), ([, file = '']) => file);
      expect(named.filter((file) => !tested.get(tag)?.includes(file))).toEqual([]);
    },
  );

  it('has a reason in the record for each row that stays different, and for no other', () => {
    const record = readPage('docs/adr/0059-behaviours-that-stay-different.md');
    const reasons = Array.from(record.matchAll(/^\| (\d{3}-\d+) /gm), ([, tag = '']) => tag);
    const different = rows.filter(({ where }) => where.startsWith('stays different')).map(({ tag }) => tag);
    expect(reasons.sort()).toEqual(different.sort());
  });
});
