import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { migrate, migrateDown } from '../../src/platform/database/migrations/migrations.js';
import { readMigrations } from '../../src/platform/database/migrations/sql-migration.js';
import { idOf, TestDatabase } from './support.js';

const all = readMigrations().map(({ name }) => name);

let folder: string;
let database: TestDatabase;
let others: DataSource[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  cpSync(new URL('../../migrations', import.meta.url), folder, { recursive: true });
  database = await TestDatabase.create({ migrated: false });
});
afterEach(async () => {
  await Promise.all(others.map((other) => other.destroy()));
  others = [];
  await database.drop();
  rmSync(folder, { recursive: true });
});

const anotherProcess = async () => {
  const other = await new DataSource({ type: 'postgres', url: database.url, poolSize: 2 }).initialize();
  others.push(other);
  return other;
};

/** Everything of ours in the catalog, as text. */
const objects = async () =>
  (
    await database.rows<{ object: string }>(
      `SELECT pg_describe_object(dependency.classid, dependency.objid, 0) AS object FROM pg_depend AS dependency
        WHERE dependency.refclassid = 'pg_namespace'::regclass AND dependency.refobjid = 'flagtree'::regnamespace ORDER BY 1`,
    )
  ).map(({ object }) => object);

describe('migrate', () => {
  it('applies all, once', async () => {
    expect(await migrate(database.dataSource)).toEqual({ applied: all });
    expect(await migrate(database.dataSource)).toEqual({ applied: [] });
    const list = await database.rows<{ name: string; applied_by: string }>(
      'SELECT applied.name, applied.applied_by FROM flagtree.schema_migrations AS applied ORDER BY applied.name',
    );
    const { user } = await database.row<{ user: string }>('SELECT session_user AS user');
    expect(list).toEqual(all.map((name) => ({ name, applied_by: user })));
  });

  it('is done by one of several processes that start at once; the others wait for it', async () => {
    const processes = [database.dataSource, await anotherProcess(), await anotherProcess()];
    const outcomes = await Promise.all(processes.map((process) => migrate(process)));
    expect(outcomes.map(({ applied }) => applied.length).sort()).toEqual([0, 0, all.length]);
  });

  it('says who holds it up, when it has waited long enough', async () => {
    const other = await anotherProcess();
    const holder = await database.session();
    await holder.query('SELECT pg_advisory_lock(1179402567, 1414677829)');
    const { pid } = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0] as { pid: number };
    await expect(migrate(other, { waitMs: 1 })).rejects.toThrow(`is not done yet: session ${String(pid)} of `);
  });

  it('refuses a file that was edited after it was applied, by name', async () => {
    await migrate(database.dataSource, { folder });
    appendFileSync(join(folder, '1795132800002-tables.sql'), '\n-- a small thing\n');
    await expect(migrate(database.dataSource, { folder })).rejects.toThrow(
      /^The migration "1795132800002-tables" was edited after it was applied on 20/,
    );
  });

  it('refuses a database that is newer than the code, by name', async () => {
    writeFileSync(join(folder, '9999999999999-from-the-future.sql'), 'CREATE TABLE flagtree.hoverboards ();');
    writeFileSync(join(folder, '9999999999999-from-the-future.down.sql'), 'DROP TABLE flagtree.hoverboards;');
    await migrate(database.dataSource, { folder });
    await expect(migrate(database.dataSource)).rejects.toThrow(
      'The database has the migration "9999999999999-from-the-future", which this version does not know',
    );
  });

  it('rolls a migration that fails back as a whole, keeps those before it, and goes on from there', async () => {
    const file = join(folder, '9999999999999-broken.sql');
    writeFileSync(file, 'CREATE TABLE flagtree.half (); SELECT 1 / 0;');
    writeFileSync(join(folder, '9999999999999-broken.down.sql'), 'DROP TABLE flagtree.half;');
    await expect(migrate(database.dataSource, { folder })).rejects.toThrow(
      'The migration "9999999999999-broken" (up) failed and was rolled back: division by zero',
    );
    expect(await objects()).not.toContain('table flagtree.half');
    writeFileSync(file, 'CREATE TABLE flagtree.half ();');
    expect(await migrate(database.dataSource, { folder })).toEqual({ applied: ['9999999999999-broken'] });
  });

  it('does not wait for ever behind a lock of somebody else', async () => {
    await migrate(database.dataSource, { folder });
    writeFileSync(join(folder, '9999999999999-slow.sql'), 'ALTER TABLE flagtree.flags ADD COLUMN slow integer;');
    writeFileSync(join(folder, '9999999999999-slow.down.sql'), 'ALTER TABLE flagtree.flags DROP COLUMN slow;');
    const reader = await database.session();
    await reader.query('BEGIN; SELECT count(*) FROM flagtree.flags');
    await expect(migrate(database.dataSource, { folder, lockTimeoutMs: 50 })).rejects.toThrow('lock timeout');
    await reader.query('COMMIT');
    expect(await migrate(database.dataSource, { folder })).toEqual({ applied: ['9999999999999-slow'] });
  });

  it('builds an index concurrently outside of a transaction, and gives the connection its own timeouts back', async () => {
    const file = join(folder, '9999999999999-index.sql');
    writeFileSync(file, '-- no-transaction\nCREATE INDEX CONCURRENTLY ix_flags_owner ON flagtree.flags (owner);');
    writeFileSync(join(folder, '9999999999999-index.down.sql'), 'DROP INDEX flagtree.ix_flags_owner;');
    const runner = database.dataSource.createQueryRunner();
    await runner.query(`SET lock_timeout = '1234ms'`);
    await runner.release();
    expect((await migrate(database.dataSource, { folder })).applied).toContain('9999999999999-index');
    expect(await database.dataSource.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '1234ms' }]);
  });

  it('lets plain names be used in psql, unless somebody has set a search_path already', async () => {
    await migrate(database.dataSource);
    const session = await database.session();
    await session.query(`INSERT INTO flags (key, name, type) VALUES ('x', 'X', 'boolean')`);
    expect((await session.query('SELECT key, enabled FROM flags')).rows).toEqual([{ key: 'x', enabled: false }]);

    const other = await TestDatabase.create({ migrated: false });
    try {
      await other.rows(`ALTER DATABASE ${other.name} SET search_path = public`);
      await migrate(other.dataSource);
      const { rows } = await (await other.session()).query('SHOW search_path');
      expect(rows).toEqual([{ search_path: 'public' }]);
    } finally {
      await other.drop();
    }
  });
});

describe('migrateDown', () => {
  const populate = async () => {
    await database.environments({ production: null, staging: 'production' });
    await database.flag('checkout');
    await database.override('staging', 'checkout');
    await database.rows(`UPDATE flagtree.environment_flags SET enabled = true, rules = '[{"id": "a", "conditions": []}]'`);
    await database.rows(
      `INSERT INTO flagtree.tokens (name, kind, role, public_id, secret_sha256) VALUES ('t', 'admin', 'admin', 't', sha256('t'))`,
    );
  };

  it('and up again, step by step on populated data, leaves the same schema', async () => {
    await migrate(database.dataSource);
    const before = await objects();
    for (let steps = 1; steps <= all.length; steps++) {
      await populate();
      expect(await migrateDown(database.dataSource, steps)).toEqual({ reverted: all.slice(-steps).reverse() });
      expect(await migrate(database.dataSource)).toEqual({ applied: all.slice(-steps) });
      expect(await objects()).toEqual(before);
      await database.rows(
        'DELETE FROM flagtree.environment_flags; DELETE FROM flagtree.environments; DELETE FROM flagtree.flags; DELETE FROM flagtree.tokens',
      );
    }
    await populate();
    expect(await database.broken()).toEqual([]);
  });

  it('keeps the data of the tables that it does not take back', async () => {
    await migrate(database.dataSource);
    await populate();
    const reverted = all.filter((name) => name >= '1795132800005').length;
    await migrateDown(database.dataSource, reverted);
    await database.rows(`UPDATE flagtree.flags SET owner = 'unguarded'`);
    await migrate(database.dataSource);
    await database.rows(`UPDATE flagtree.environment_flags SET enabled = false WHERE environment_id = ${idOf('staging')}`);
    // Two of the changes are those of the migration that names short names: production and staging, in one revision.
    expect(await database.ledger()).toEqual({ revision: 8, entries: 9 });
    expect(await database.broken()).toEqual([]);
  });

  it('gives the short names that were built in as aliases, where the environment is there and the name is free', async () => {
    const before = all.indexOf('1795132800332-short-names');
    await migrate(database.dataSource);
    await migrateDown(database.dataSource, all.length - before + 1);
    await database.environments({ production: null, prod: null, staging: 'production', development: 'staging' });
    await migrate(database.dataSource);
    expect(await database.rows('SELECT slug, aliases FROM flagtree.environments ORDER BY slug')).toEqual([
      { slug: 'development', aliases: ['dev'] },
      { slug: 'prod', aliases: [] },
      { slug: 'production', aliases: [] },
      { slug: 'staging', aliases: ['stage', 'stg'] },
    ]);
    const { reason } = await database.row<{ reason: string }>(`SELECT reason FROM flagtree.audit_log ORDER BY id DESC LIMIT 1`);
    expect(reason).toBe('The short names that were built in are aliases now');
    expect(await database.broken()).toEqual([]);
  });

  it('lets conditions that were stored go on reading versions as they did, and expressions alone', async () => {
    const before = all.indexOf('1795132800351-lenient-versions');
    await migrate(database.dataSource);
    await migrateDown(database.dataSource, all.length - before);
    await database.environments({ production: null });
    await database.flag('checkout');
    await database.override('production', 'checkout');
    const version = { attribute: 'version', operator: 'semver_equals', values: ['v2.0.0'] };
    const other = { attribute: 'operator', operator: 'in', values: ['semver_equals'] };
    const logic = { jsonLogic: { sem_ver: [{ var: 'version' }, '=', '2.0.0'] } };
    const rules = [
      { id: 'a', conditions: [{ any: [version, { not: { all: [version, other] } }, logic] }], serve: { variant: 'on' } },
      { id: 'b', targeting: logic.jsonLogic },
    ];
    await database.rows(`UPDATE flagtree.flags SET rules = $1`, [JSON.stringify(rules)]);
    await database.rows(`UPDATE flagtree.environment_flags SET rules = $1`, [JSON.stringify(rules)]);
    await database.rows(`INSERT INTO flagtree.segments (key, conditions) VALUES ('new', $1), ('plain', '[]')`, [
      JSON.stringify([version]),
    ]);
    await migrate(database.dataSource);
    const lenient = { ...version, lenient: true };
    const expected = [{ ...rules[0], conditions: [{ any: [lenient, { not: { all: [lenient, other] } }, logic] }] }, rules[1]];
    expect(
      await database.rows('SELECT rules FROM flagtree.flags UNION ALL SELECT rules FROM flagtree.environment_flags'),
    ).toEqual([{ rules: expected }, { rules: expected }]);
    expect(await database.rows('SELECT conditions, version FROM flagtree.segments ORDER BY key')).toEqual([
      { conditions: [lenient], version: 2 },
      { conditions: [], version: 1 },
    ]);
    expect(await database.broken()).toEqual([]);
    await migrateDown(database.dataSource, all.length - before);
    expect(await database.rows('SELECT rules FROM flagtree.flags')).toEqual([{ rules }]);
  });

  it('leaves nothing but the empty list of migrations, and the search_path as it was', async () => {
    await migrate(database.dataSource);
    await migrateDown(database.dataSource, 100);
    expect(await objects()).toEqual(['table flagtree.schema_migrations']);
    const { rows } = await (await database.session()).query('SHOW search_path');
    expect(rows).toEqual([{ search_path: '"$user", public' }]);
  });
});
