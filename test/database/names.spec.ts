import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, TestDatabase } from './support.js';

let database: TestDatabase;
beforeAll(async () => (database = await TestDatabase.create()));
afterAll(() => database.drop());

const give = (slug: string, ...aliases: string[]) =>
  database.rows(`UPDATE flagtree.environments SET aliases = $2 WHERE slug = $1`, [slug, aliases]);
const aliasesOf = async (slug: string) =>
  (await database.row<{ aliases: string[] }>('SELECT aliases FROM flagtree.environments WHERE slug = $1', [slug])).aliases;

describe('the names of environments', () => {
  it.each([
    ['an alias that is a slug', 'b', ['a'], 'The name "a" of the environment "b" is taken by "a"'],
    ['an alias of another environment', 'b', ['one'], 'The name "one" of the environment "b" is taken by "a"'],
    ['its own slug as an alias', 'b', ['b'], 'The name "b" of the environment "b" is taken by "b"'],
  ])('refuses %s', async (_what, slug, aliases, message) => {
    await database.rows(`DELETE FROM flagtree.environments`);
    await database.environments({ a: null, b: null });
    await give('a', 'one');
    const refused = await refusal(give(slug, ...aliases));
    expect(refused).toMatchObject({ code: '23505', constraint: 'uq_environments_names', message });
  });

  it('refuses a new environment whose slug is an alias', async () => {
    await database.environments({ holder: null });
    await give('holder', 'held');
    expect(await refusal(database.environments({ held: null }))).toMatchObject({
      code: '23505',
      constraint: 'uq_environments_names',
    });
  });

  it.each([
    ['in capitals', ['Prod']],
    ['with a space', ['a b']],
    ['in the form of a UUID', ['0190b0e4-7c5a-7d3e-8f10-0123456789ab']],
    ['that is there twice', ['x', 'x']],
    ['of no text', ['']],
    ['too many', Array.from({ length: 11 }, (_, index) => `n${String(index)}`)],
  ])('refuses aliases %s', async (_what, aliases) => {
    await database.rows(`INSERT INTO flagtree.environments (slug) VALUES ('form') ON CONFLICT DO NOTHING`);
    expect(await refusal(give('form', ...aliases))).toMatchObject({ code: '23514', constraint: 'ck_environments_aliases' });
  });

  it('refuses a slug in the form of a UUID, and a URL that no browser opens', async () => {
    const uuid = '0190b0e4-7c5a-7d3e-8f10-0123456789ab';
    expect((await refusal(database.environments({ [uuid]: null }))).constraint).toBe('ck_environments_slug_is_no_uuid');
    const url = database.rows(`INSERT INTO flagtree.environments (slug, url) VALUES ('u', 'ftp://x')`);
    expect((await refusal(url)).constraint).toBe('ck_environments_url');
  });

  it('lets an alias move in one statement, and in one transaction that defers the check', async () => {
    await database.environments({ from: null, to: null });
    await give('from', 'mover');
    await database.rows(
      `UPDATE flagtree.environments SET aliases = CASE slug WHEN 'to' THEN ARRAY['mover'] ELSE '{}' END WHERE slug IN ('from', 'to')`,
    );
    expect([await aliasesOf('from'), await aliasesOf('to')]).toEqual([[], ['mover']]);
    await database.rows(`BEGIN; SET CONSTRAINTS ALL DEFERRED;
      UPDATE flagtree.environments SET aliases = '{mover}' WHERE slug = 'from';
      UPDATE flagtree.environments SET aliases = '{}' WHERE slug = 'to'; COMMIT`);
    expect([await aliasesOf('from'), await aliasesOf('to')]).toEqual([['mover'], []]);
  });

  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
    'gives a name to one of two concurrent writers that are each fine alone (%s)',
    async (isolation) => {
      await database.rows(`DELETE FROM flagtree.environments`);
      await database.environments({ left: null, right: null });
      const sessions = await Promise.all(['left', 'right'].map(async (slug) => ({ slug, session: await database.session() })));
      for (const { session } of sessions)
        await session.query(`BEGIN ISOLATION LEVEL ${isolation}; SELECT count(*) FROM flagtree.environments`);
      const outcomes = await Promise.allSettled(
        sessions.map(async ({ slug, session }) => {
          await session.query(`UPDATE flagtree.environments SET aliases = '{shared}' WHERE slug = '${slug}'`);
          await session.query('COMMIT');
        }),
      );
      for (const { session } of sessions) await session.query('ROLLBACK');
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const names = await database.rows(
        `SELECT name, count(*)::int AS times FROM flagtree.environment_names GROUP BY name HAVING count(*) > 1`,
      );
      expect(names).toEqual([]);
    },
  );

  it('are listed, so that other views can be asked by any of them', async () => {
    await database.rows(`DELETE FROM flagtree.environments`);
    await database.environments({ production: null, staging: 'production' });
    await give('production', 'prod');
    await database.flag('ui.dark_mode');
    expect(await database.rows(`SELECT name, kind, environment FROM flagtree.environment_names ORDER BY name`)).toEqual([
      { name: 'prod', kind: 'alias', environment: 'production' },
      { name: 'production', kind: 'slug', environment: 'production' },
      { name: 'staging', kind: 'slug', environment: 'staging' },
    ]);
    const resolved = database.rows(
      `SELECT flag, enabled FROM flagtree.resolved_flags JOIN flagtree.environment_names AS named USING (environment) WHERE named.name = 'prod'`,
    );
    expect(await resolved).toEqual([{ flag: 'ui.dark_mode', enabled: false }]);
  });

  it('are audited with the row', async () => {
    const { after } = await database.row<{ after: object }>(
      `SELECT after FROM flagtree.audit_log WHERE environment = 'production' ORDER BY id DESC LIMIT 1`,
    );
    expect(after).toMatchObject({ slug: 'production', aliases: ['prod'], url: null });
  });
});
