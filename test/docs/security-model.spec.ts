import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, ROOT } from './markdown.js';

const page = readPage('docs/explanation/security-model.md');
const [, section = ''] = /^## Held against a list\n([^]*?)^### /m.exec(page) ?? [];
const rows = section
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [, chapter = '', state = '', why = ''] = line.split('|').map((cell) => cell.trim());
    const paths = Array.from(
      why.matchAll(/`((?:src|packages|test|docs|scripts|\.ci)\/[\w./-]+|[A-Z]+\.md)`/g),
      ([, path = '']) => path,
    );
    return { chapter, state, why, paths };
  });
const inState = (state: string) => rows.filter((row) => row.state === state);

describe('the security model, held against a list', () => {
  it('names files that are there', () => {
    const named = rows.flatMap(({ paths }) => paths);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('has a state for each row, and says how many of each there are', () => {
    expect(rows.filter(({ state }) => !['holds', 'partly', 'open', 'left'].includes(state))).toEqual([]);
    const [holds, partly, open, left] = ['holds', 'partly', 'open', 'left'].map((state) => inState(state).length);
    const told = /Of (\d+) rows (\d+) hold, (\d+) hold partly, (\d+) (?:is|are) open and (\d+) are left/.exec(
      section.replace(/\s+/g, ' '),
    );
    expect(told?.slice(1).map(Number)).toEqual([rows.length, holds, partly, open, left]);
  });

  it('shows what holds by a test or a page, and says of what does not why', () => {
    const unshown = inState('holds').filter(({ why, paths }) => paths.length === 0 && !why.includes(']('));
    expect(unshown.map(({ chapter }) => chapter)).toEqual([]);
    const terse = rows.filter(({ state, why }) => state !== 'holds' && why.replace(/`[^`]*`/g, '').length < 40);
    expect(terse.map(({ chapter }) => chapter)).toEqual([]);
  });

  it('shows by tests what it says of tests', () => {
    const tests = rows.flatMap(({ paths }) => paths).filter((path) => path.startsWith('test/'));
    expect(tests.filter((path) => !path.endsWith('.spec.ts'))).toEqual([]);
  });
});
