import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backup, type BackupLine } from '../../src/platform/database/backup/backup.js';
import { restoreBackup } from '../../src/platform/database/backup/restore.js';
import { migrateDown } from '../../src/platform/database/migrations/migrations.js';
import { TestDatabase } from './support.js';

let source: TestDatabase;
let kept: BackupLine[];

beforeAll(async () => {
  source = await TestDatabase.create();
  await source.environments({ production: null, staging: 'production', alpha: 'staging' });
  await source.flag('checkout');
  await source.override('staging', 'checkout');
  await source.rows(
    `UPDATE flagtree.environment_flags SET percentage = 12.5, rules = '[{"id": "größe \\\\ \\n", "conditions": []}]', variants = '[{"key": "on", "value": 1.50}]'`,
  );
  await source.rows(
    `INSERT INTO flagtree.tokens (name, kind, environment_ids, public_id, secret_sha256) VALUES ('t', 'client', '{}', 't', sha256('t'))`,
  );
  await source.rows(`DELETE FROM flagtree.environments WHERE slug = 'alpha'`);
  kept = await linesOf(source);
});
afterAll(() => source.drop());

async function linesOf({ dataSource }: TestDatabase): Promise<BackupLine[]> {
  const lines: BackupLine[] = [];
  for await (const line of backup(dataSource)) lines.push(JSON.parse(JSON.stringify(line)) as BackupLine);
  return lines;
}

async function* from(lines: readonly BackupLine[]) {
  await Promise.resolve();
  yield* lines;
}

/** Without its head, which says when it was made. */
const contents = async (database: TestDatabase) => sorted((await linesOf(database)).slice(1));
const sorted = (lines: readonly BackupLine[]) => lines.map((line) => JSON.stringify(line)).sort();

async function inAnother(work: (other: TestDatabase) => Promise<void>): Promise<void> {
  const other = await TestDatabase.create({ migrated: false });
  try {
    await work(other);
  } finally {
    await other.drop();
  }
}

describe('a backup of our own', () => {
  it('restores to the same rows, log, ledger and tokens; then history goes on', () =>
    inAnother(async (other) => {
      await restoreBackup(other.dataSource, from(kept), { replace: false });
      expect(await contents(other)).toEqual(sorted(kept.slice(1)));
      expect(await other.broken()).toEqual([]);
      const before = await other.ledger();
      await other.rows('UPDATE flagtree.environment_flags SET enabled = true');
      expect(await other.ledger()).toEqual({ revision: before.revision + 1, entries: before.entries + 1 });
      expect(await other.broken()).toEqual([]);
      await expect(other.rows('DELETE FROM flagtree.audit_entries')).rejects.toMatchObject({ code: 'FT004' });
    }));

  it('of an older version is restored and migrated on', async () => {
    const old = await TestDatabase.create();
    try {
      await old.environments({ production: null });
      await migrateDown(old.dataSource, 1);
      const lines = await linesOf(old);
      await inAnother(async (other) => {
        await restoreBackup(other.dataSource, from(lines), { replace: false });
        expect(await other.rows('SELECT name FROM flagtree.schema_migrations ORDER BY name')).toEqual(
          await source.rows('SELECT name FROM flagtree.schema_migrations ORDER BY name'),
        );
        expect(await other.broken()).toEqual([]);
      });
    } finally {
      await old.drop();
    }
  });

  it('is not put over what is there, but on demand', async () => {
    const other = await TestDatabase.create();
    try {
      await expect(restoreBackup(other.dataSource, from(kept), { replace: false })).rejects.toThrow('nothing was changed');
      await restoreBackup(other.dataSource, from(kept), { replace: true });
      expect(await contents(other)).toEqual(sorted(kept.slice(1)));
    } finally {
      await other.drop();
    }
  });

  it.each([
    ['ends in the middle', (lines: BackupLine[]) => lines.slice(0, -1)],
    [
      'lacks a row',
      (lines: BackupLine[]) =>
        lines.toSpliced(
          lines.findLastIndex((line) => Array.isArray(line)),
          1,
        ),
    ],
    ['is something else', () => [{ rows: 1 }]],
    [
      'is of a newer version',
      ([head, ...rest]: BackupLine[]) => [{ ...(head as object), migrations: ['9999999999999-later'] } as BackupLine, ...rest],
    ],
  ])('that %s leaves nothing behind', (_, spoil) =>
    inAnother(async (other) => {
      await expect(restoreBackup(other.dataSource, from(spoil([...kept])), { replace: false })).rejects.toThrow(/backup/);
      expect(await other.rows(`SELECT to_regnamespace('flagtree') IS NULL AS "isGone"`)).toEqual([{ isGone: true }]);
    }),
  );
});
