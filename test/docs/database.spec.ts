import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { OPERATORS } from '@flagtree/engine';
import { readPage, ROOT } from './markdown.js';

const migrations = readdirSync(join(ROOT, 'migrations'))
  .filter((name) => /^\d{13}-.*(?<!\.down)\.sql$/.test(name))
  .map((name) => readPage(join('migrations', name)))
  .join('\n');

const matches = (text: string, pattern: RegExp) =>
  [...new Set(Array.from(text.matchAll(pattern), (match) => match[1] ?? ''))].sort();

/** The words in the first column of the table below a heading. */
function firstColumn(page: string, heading: string): string[] {
  const section =
    readPage(page)
      .split(/^## /m)
      .find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .flatMap((line) => matches(/^\|([^|]+)\|/.exec(line)?.[1] ?? '', /`(\w+)`/g))
    .sort();
}

describe('docs/reference/database.md', () => {
  it('lists every table and every view', () => {
    const tables = [...matches(migrations, /CREATE TABLE flagtree\.(\w+)/g), 'schema_migrations'].sort();
    expect(firstColumn('docs/reference/database.md', 'Tables')).toEqual(tables);
    expect(firstColumn('docs/reference/database.md', 'Views: to read')).toEqual(
      matches(migrations, /CREATE VIEW flagtree\.(\w+)/g),
    );
  });

  it('lists every SQLSTATE that the guards raise', () => {
    expect(firstColumn('docs/reference/database.md', 'Errors')).toEqual(matches(migrations, /ERRCODE = '(\w+)'/g));
  });
});

describe('docs/reference/evaluation.md', () => {
  it('lists every operator', () => {
    const named = firstColumn('docs/reference/evaluation.md', 'Conditions').filter(
      (word) => !['segment', 'all', 'any', 'not'].includes(word),
    );
    expect(named.filter((word) => /_|^(?:equals|in|contains|matches|before|after|exists)$/.test(word))).toEqual(
      [...OPERATORS].sort(),
    );
  });
});
