import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildState, type JsonObject, resolveSettings, validateSettings } from '@flagtree/engine';
import { forestRows, runs } from '@flagtree/engine/testing';
import { migrate, migrateDown } from '../../src/platform/database/migrations/migrations.js';
import { readMigrations } from '../../src/platform/database/migrations/sql-migration.js';
import { idOf, refusal, TestDatabase } from './support.js';

const FORESTS = runs(30, 100);

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(() => database.drop());

const settingsOf = async (slug: string) =>
  (
    await database.row<{ settings: JsonObject }>(
      `SELECT own.settings FROM flagtree.environments AS own WHERE own.id = ${idOf(slug)}`,
    )
  ).settings;

describe('the view resolved_settings', () => {
  it('agrees with the engine on random forests: every key with its value, source and state', async () => {
    const session = await database.session();
    let keys = 0;
    await fc.assert(
      fc.asyncProperty(forestRows({ environments: 8, flags: 1, segments: 1 }), async (rows) => {
        const state = buildState({ ...rows, flags: [], overrides: [], segments: [] });
        const expected = [...state.environments.values()].flatMap((environment) =>
          Object.entries(resolveSettings(state, environment)).map(([key, { value, source, state: how }]) => {
            return { environment: environment.slug, key, value, source: 'slug' in source ? source.slug : null, state: how };
          }),
        );
        const stored = Array.from(rows.environments, ({ id, slug, parentId, settings }) => {
          return { id, slug, name: slug, parent_id: parentId, settings, is_active: true };
        });
        await session.query('BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL jit = off');
        await session.query(
          `INSERT INTO flagtree.environments (id, slug, name, parent_id, settings, is_active)
           SELECT own.id, own.slug, own.name, own.parent_id, own.settings, own.is_active
             FROM jsonb_populate_recordset(NULL::flagtree.environments, $1) AS own`,
          [JSON.stringify(stored)],
        );
        const found = await session.query(
          `SELECT own.environment, own.key, own.value, own.source, own.state FROM flagtree.resolved_settings AS own
            ORDER BY own.environment, own.key`,
        );
        await session.query('ROLLBACK');
        const order = (row: { environment: string; key: string }) => `${row.environment} ${row.key}`;
        expect(found.rows.sort((a, b) => (order(a) < order(b) ? -1 : 1))).toEqual(
          expected.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
        );
        keys += expected.length;
      }),
      { numRuns: FORESTS, unbiased: true },
    );
    expect(keys).toBeGreaterThan(3 * FORESTS);
  }, 60_000);
});

describe('settings written with psql', () => {
  beforeAll(async () => {
    await database.environments({ live: null });
  });

  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

  it.each<[string, unknown]>([
    ['any object', { debug_mode: true, limits: { rps: 5, hosts: ['a', null] }, '': 0 }],
    ['what only begins like a guard', { protected_by: 'x' }],
    ['as much as there may be', { a: 'x'.repeat(16_376) }],
    ['many small things', { a: Array.from({ length: 8_180 }, () => 1), b: {} }],
    ['text that takes two bytes a letter', { a: 'ü'.repeat(8_188) }],
    ['eight levels', { a: nested(7) }],
  ])('are taken as the API takes them: %s', async (_, settings) => {
    expect(validateSettings(settings)).toEqual([]);
    await database.rows(`UPDATE flagtree.environments SET settings = $1 WHERE id = ${idOf('live')}`, [settings]);
    expect(await settingsOf('live')).toEqual(settings);
  });

  it.each<[string, unknown]>([
    ['a null', { team: null }],
    ['a guard that is no boolean', { require_approval: 'yes' }],
    ['a near miss', { 'Require-Approval': true }],
    ['one byte too many', { a: 'x'.repeat(16_377) }],
    ['too many small things', { a: Array.from({ length: 8_190 }, () => 1), b: {} }],
    ['nine levels', { a: nested(8) }],
    ['a list', []],
  ])('are refused as the API refuses them: %s [002-13]', async (_, settings) => {
    expect(validateSettings(settings)).not.toEqual([]);
    const statement = database.rows(`UPDATE flagtree.environments SET settings = $1::jsonb WHERE id = ${idOf('live')}`, [
      JSON.stringify(settings),
    ]);
    expect((await refusal(statement)).code).toBe('23514');
  });
});

describe('the upgrade from settings that could only be tightened', () => {
  it('leaves every environment as guarded as it was, and says in the log why it wrote; back and forth again', async () => {
    const old = await TestDatabase.create({ migrated: false });
    try {
      await migrate(old.dataSource);
      const since = readMigrations().filter(({ name }) => name >= '1795132800321').length;
      await migrateDown(old.dataSource, since);
      const parents = {
        root: null,
        tight: 'root',
        loose: 'root',
        below: 'loose',
        free: null,
        'free-child': 'free',
        half: 'root',
      };
      await old.environments(parents);
      const settings: Record<string, JsonObject> = {
        root: { protected: true, require_approval: false },
        tight: { protected: true },
        loose: { protected: false },
        below: { protected: false, require_approval: true },
        free: { protected: false },
        'free-child': { protected: false, require_approval: true },
        half: { protected: false, require_approval: false },
      };
      for (const [slug, own] of Object.entries(settings))
        await old.rows(`UPDATE flagtree.environments SET settings = $1 WHERE id = ${idOf(slug)}`, [own]);
      await migrate(old.dataSource);
      const stored = await old.rows<{ slug: string; settings: JsonObject }>('SELECT slug, settings FROM flagtree.environments');
      expect(Object.fromEntries(stored.map((row) => [row.slug, row.settings]))).toEqual({
        ...settings,
        loose: {},
        below: { require_approval: true },
        half: { require_approval: false },
      });
      const guarded = await old.rows<{ environment: string }>(
        `SELECT environment FROM flagtree.resolved_settings WHERE key = 'protected' AND value = 'true' ORDER BY 1`,
      );
      expect(guarded.map(({ environment }) => environment)).toEqual(['below', 'half', 'loose', 'root', 'tight']);
      const [entry] = await old.rows<{ reason: string }>('SELECT reason FROM flagtree.audit_entries ORDER BY id DESC LIMIT 1');
      expect(entry?.reason).toContain('this false counted for nothing below a guarded parent');

      await old.rows(`UPDATE flagtree.environments SET settings = settings || '{"team": "core"}'`);
      await migrateDown(old.dataSource, since);
      await old.rows(`UPDATE flagtree.environments SET name = 'as the old version writes it'`);
      await migrate(old.dataSource);
      expect(await old.broken()).toEqual([]);
    } finally {
      await old.drop();
    }
  });
});
