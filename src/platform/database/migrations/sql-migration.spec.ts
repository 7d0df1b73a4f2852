import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrations } from './sql-migration.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  folders.push(folder);
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
}

describe('the migration files', () => {
  it('of this package are read in order, each with its way back', () => {
    const names = readMigrations().map(({ name }) => name);
    expect(names[0]).toBe('1795132800001-shapes');
    expect(names).toEqual([...names].sort());
  });

  it('are applied in the order of their numbers', () => {
    const folder = folderOf({
      '1700000000002-b.sql': '',
      '1700000000002-b.down.sql': '',
      '1700000000001-a.sql': '',
      '1700000000001-a.down.sql': '',
      'README.md': '',
    });
    expect(readMigrations(folder).map(({ name }) => name)).toEqual(['1700000000001-a', '1700000000002-b']);
  });

  it.each([
    ['without its way back', { '1700000000001-a.sql': '' }, '"1700000000001-a.down.sql" is missing'],
    ['without its way up', { '1700000000001-a.down.sql': '' }, '"1700000000001-a.sql" is missing'],
    ['without a number', { 'roles.sql': '' }, '"roles.sql" in'],
    [
      'with the number of another one',
      { '1700000000001-a.sql': '', '1700000000001-a.down.sql': '', '1700000000001-b.sql': '', '1700000000001-b.down.sql': '' },
      '"1700000000001-a" and "1700000000001-b" have the same number',
    ],
  ])('%s are refused by name', (_, files, message) => {
    expect(() => readMigrations(folderOf(files))).toThrow(message);
  });

  it('have a checksum of what they say, however a checkout ends its lines', () => {
    const checksum = (sql: string) =>
      readMigrations(folderOf({ '1700000000001-a.sql': sql, '1700000000001-a.down.sql': '' }))[0]?.checksum;
    expect(checksum('SELECT 1;\r\nSELECT 2;\r\n')).toBe(checksum('SELECT 1;\nSELECT 2;\n'));
    expect(checksum('SELECT 1;\n')).not.toBe(checksum('SELECT 1; \n'));
  });

  it('run in a transaction unless their first line says otherwise', () => {
    const folder = folderOf({
      '1700000000001-a.sql': 'SELECT 1; -- no-transaction',
      '1700000000001-a.down.sql': '',
      '1700000000002-b.sql': '-- no-transaction: built while others write\nCREATE INDEX CONCURRENTLY …',
      '1700000000002-b.down.sql': '',
    });
    expect(readMigrations(folder).map(({ transaction }) => transaction)).toEqual([true, false]);
  });
});
