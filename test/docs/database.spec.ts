import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATORS } from '@flagtree/engine';
import { TestDatabase } from '../database/support.js';
import { blocksOf, readPage, ROOT } from './markdown.js';

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
    const tables = [...matches(migrations, /CREATE (?:UNLOGGED )?TABLE flagtree\.(\w+)/g), 'schema_migrations'].sort();
    expect(firstColumn('docs/reference/database.md', 'Tables')).toEqual(tables);
    expect(firstColumn('docs/reference/database.md', 'Views: to read')).toEqual(
      matches(migrations, /CREATE VIEW flagtree\.(\w+)/g),
    );
  });

  describe('on a database', () => {
    let database: TestDatabase;
    beforeAll(async () => (database = await TestDatabase.create()));
    afterAll(() => database.drop());

    it('has statements that do what it says', async () => {
      const statements = blocksOf(readPage('docs/reference/database.md')).filter(({ language }) => language === 'sql');
      expect(statements).toHaveLength(2);
      for (const { text, prints } of statements) {
        const rows = [await database.rows(text)].flat();
        if (prints !== null) expect(prints.replace('…', '')).toBe(Object.values(rows[0] ?? {}).join());
      }
    });
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
