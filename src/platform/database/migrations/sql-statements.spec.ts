import { describe, expect, it } from '@jest/globals';
import { readMigrations } from './sql-migration.js';
import { sqlStatements } from './sql-statements.js';

describe('the statements of a text', () => {
  it('end at semicolons, but not within strings, bodies and comments', () => {
    const text = `-- first; of all
SELECT 'a;''b'; -- said; behind
CREATE FUNCTION f() AS $$ BEGIN; END $$; SELECT $1 - 2
`;
    expect(sqlStatements(text)).toEqual([`SELECT 'a;''b'`, 'CREATE FUNCTION f() AS $$ BEGIN; END $$', 'SELECT $1 - 2']);
  });

  it('are those of our migrations, which begin with a word', () => {
    const all = readMigrations().flatMap(({ text }) => sqlStatements(text));
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter((statement) => !/^[A-Z]{2,} /.test(statement))).toEqual([]);
  });
});
