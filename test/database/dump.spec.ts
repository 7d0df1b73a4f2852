import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onServer } from '../support/database.js';
import { refusal, TestDatabase } from './support.js';

const TABLES = [
  'environments',
  'flags',
  'environment_flags',
  'segments',
  'tokens',
  'token_usage',
  'audit_entries',
  'ledger',
  'schema_migrations',
];

/** pg_dump refuses a server newer than itself. */
const canDump = await onServer(async (server) => {
  const { rows } = await server.query<{ major: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS major`);
  const server_ = rows[0]?.major ?? Infinity;
  try {
    return Number(/(\d+)/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[1]) >= server_;
  } catch {
    return false;
  }
});

(canDump ? describe : describe.skip)('a dump', () => {
  let source: TestDatabase;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dump-'));
    file = join(folder, 'dump');
    source = await TestDatabase.create();
    await source.environments({ production: null, staging: 'production', zebra: null, alpha: 'zebra' });
    await source.flag('checkout');
    await source.override('staging', 'checkout');
    await source.rows(
      `UPDATE flagtree.environment_flags SET percentage = 12.5, rules = '[{"id": "größe", "conditions": []}]', variants = '[{"key": "on", "value": 1.50}]'`,
    );
    await source.rows(
      `INSERT INTO flagtree.segments (key, conditions) VALUES ('beta', '[{"attribute": "a", "operator": "exists"}]')`,
    );
    await source.rows(
      `INSERT INTO flagtree.tokens (name, kind, environment_ids, public_id, secret_sha256) VALUES ('t', 'client', '{}', 't', sha256('t'))`,
    );
    await source.rows(`DELETE FROM flagtree.environments WHERE slug = 'alpha'`);
    execFileSync('pg_dump', ['--format=custom', `--file=${file}`, source.url]);
  });
  afterAll(async () => {
    await source.drop();
    rmSync(folder, { recursive: true });
  });

  const contents = (database: TestDatabase) =>
    Promise.all(
      TABLES.map((table) => database.rows(`SELECT to_jsonb(stored) AS row FROM flagtree.${table} AS stored ORDER BY 1`)),
    );

  it('restores to the same rows, log and ledger, without firing a trigger; then history goes on', async () => {
    const restored = await TestDatabase.create({ migrated: false });
    try {
      execFileSync('pg_restore', ['--exit-on-error', `--dbname=${restored.url}`, file]);
      expect(await contents(restored)).toEqual(await contents(source));
      expect(await restored.broken()).toEqual([]);
      const before = await restored.ledger();
      await restored.rows(`UPDATE flagtree.environment_flags SET enabled = true`);
      expect(await restored.ledger()).toEqual({ revision: before.revision + 1, entries: before.entries + 1 });
      expect(await restored.broken()).toEqual([]);
      expect((await refusal(restored.rows('DELETE FROM flagtree.audit_entries'))).code).toBe('FT004');
    } finally {
      await restored.drop();
    }
  });

  it('of the data alone is loaded without triggers into an empty schema', async () => {
    const restored = await TestDatabase.create();
    try {
      await restored.rows(
        'SET session_replication_role = replica; DELETE FROM flagtree.ledger; DELETE FROM flagtree.schema_migrations',
      );
      execFileSync('pg_restore', ['--exit-on-error', '--data-only', '--disable-triggers', `--dbname=${restored.url}`, file]);
      expect(await contents(restored)).toEqual(await contents(source));
      expect(await restored.broken()).toEqual([]);
    } finally {
      await restored.drop();
    }
  });
});
