import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { idOf, refusal, TestDatabase } from './support.js';

const ISOLATIONS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'];

let database: TestDatabase;
beforeAll(async () => (database = await TestDatabase.create()));
afterAll(() => database.drop());

const move = (slug: string, parent: string | null) =>
  `UPDATE flagtree.environments SET parent_id = ${parent === null ? 'NULL' : idOf(parent)} WHERE slug = '${slug}'`;

/** `a-1` ← `a-2` ← … ← `a-<length>`: the first is the root. */
async function line(name: string, length: number): Promise<void> {
  const slugs = Array.from({ length }, (_, index) => `${name}-${index + 1}`);
  await database.environments(Object.fromEntries(slugs.map((slug, index) => [slug, slugs[index - 1] ?? null])));
}

async function environmentsOnCycles(): Promise<string[]> {
  const rows = await database.rows<{ slug: string }>(
    `WITH RECURSIVE walk AS (
       SELECT environment.slug, environment.id, environment.parent_id, 0 AS steps FROM flagtree.environments AS environment
       UNION ALL
       SELECT walk.slug, parent.id, parent.parent_id, walk.steps + 1
         FROM walk JOIN flagtree.environments AS parent ON parent.id = walk.parent_id WHERE walk.steps < 50
     )
     SELECT DISTINCT walk.slug FROM walk WHERE walk.steps = 50`,
  );
  return rows.map(({ slug }) => slug);
}

describe('the tree of environments', () => {
  it('refuses an environment as its own parent', async () => {
    await line('self', 1);
    const { code, message, column } = await refusal(database.rows(move('self-1', 'self-1')));
    expect({ code, message, column }).toEqual({
      code: 'FT001',
      message: 'Environment "self-1" cannot inherit from "self-1": that makes a cycle, self-1 → self-1',
      column: 'parent_id',
    });
  });

  it('refuses a parent that inherits from the environment, and names the chain', async () => {
    await line('chain', 4);
    const { code, message, hint, detail } = await refusal(database.rows(move('chain-1', 'chain-4')));
    expect({ code, message, hint, detail }).toEqual({
      code: 'FT001',
      message:
        'Environment "chain-1" cannot inherit from "chain-4": that makes a cycle, chain-1 → chain-4 → chain-3 → chain-2 → chain-1',
      hint: 'Choose a parent for "chain-1" that is neither itself nor below it.',
      detail: 'chain-1 chain-4 chain-3 chain-2 chain-1',
    });
  });

  it('refuses a cycle that one statement makes of several rows', async () => {
    await database.environments({ 'multi-1': null, 'multi-2': null, 'multi-3': null });
    const statement = `UPDATE flagtree.environments AS environment SET parent_id = next.id
      FROM (VALUES ('multi-1', 'multi-2'), ('multi-2', 'multi-3'), ('multi-3', 'multi-1')) AS moved (slug, parent)
      JOIN flagtree.environments AS next ON next.slug = moved.parent WHERE environment.slug = moved.slug`;
    expect((await refusal(database.rows(statement))).code).toBe('FT001');
    expect(await environmentsOnCycles()).toEqual([]);
  });

  it('judges a statement by the tree that it leaves: a chain may be turned around at once', async () => {
    await line('turn', 3);
    await database.rows(`UPDATE flagtree.environments AS environment
      SET parent_id = CASE environment.slug WHEN 'turn-1' THEN ${idOf('turn-2')} WHEN 'turn-2' THEN ${idOf('turn-3')} END
      WHERE environment.slug LIKE 'turn-%'`);
    const { path } = await database.row<{ path: string[] }>(
      `SELECT chain.path FROM flagtree.environment_chains AS chain WHERE chain.environment = 'turn-1' AND chain.depth = 2`,
    );
    expect(path).toEqual(['turn-1', 'turn-2', 'turn-3']);
  });

  it('refuses a cycle among rows that are inserted together', async () => {
    const statement = `WITH pair AS (SELECT gen_random_uuid() AS a, gen_random_uuid() AS b)
      INSERT INTO flagtree.environments (id, slug, parent_id)
      SELECT pair.a, 'pair-a', pair.b FROM pair UNION ALL SELECT pair.b, 'pair-b', pair.a FROM pair`;
    expect((await refusal(database.rows(statement))).code).toBe('FT001');
  });

  it('lets a cycle that was forced past the guard be undone', async () => {
    await line('forced', 3);
    await database.rows('ALTER TABLE flagtree.environments DISABLE TRIGGER t5_guard_tree');
    await database.rows(move('forced-1', 'forced-3'));
    await database.rows('ALTER TABLE flagtree.environments ENABLE TRIGGER t5_guard_tree');
    expect(await environmentsOnCycles()).toEqual(expect.arrayContaining(['forced-1', 'forced-2', 'forced-3']));
    await database.rows(move('forced-2', null));
    expect(await environmentsOnCycles()).toEqual([]);
  });

  it('is at most 10 deep', async () => {
    await line('deep', 10);
    const { code, message, hint } = await refusal(database.environments({ 'deep-11': 'deep-10' }));
    expect({ code, message, hint }).toEqual({
      code: 'FT002',
      message:
        'Environment "deep-11" cannot be below "deep-10": the tree would be 11 deep, and environment trees are at most 10 deep',
      hint: 'Choose a parent for "deep-11" that is nearer to its root: deep-1.',
    });
  });

  it('counts what is below an environment that moves', async () => {
    await line('upper', 6);
    await line('lower', 5);
    const { code, message } = await refusal(database.rows(move('lower-1', 'upper-6')));
    expect({ code, message }).toEqual({
      code: 'FT002',
      message:
        'Environment "lower-1" cannot be below "upper-6": the tree would be 11 deep, and environment trees are at most 10 deep',
    });
    await database.rows(move('lower-1', 'upper-5'));
    const { depth } = await database.row<{ depth: number }>(
      `SELECT max(chain.depth) AS depth FROM flagtree.environment_chains AS chain WHERE chain.environment = 'lower-5'`,
    );
    expect(depth).toBe(9);
  });

  it('refuses an unknown parent', async () => {
    const { code, constraint } = await refusal(
      database.rows(`INSERT INTO flagtree.environments (slug, parent_id) VALUES ('orphan', gen_random_uuid())`),
    );
    expect({ code, constraint }).toEqual({ code: '23503', constraint: 'fk_environments_parent' });
  });

  it('keeps an environment that has children, and lets a whole subtree go at once', async () => {
    await line('parent', 3);
    const { constraint } = await refusal(database.rows(`DELETE FROM flagtree.environments WHERE slug = 'parent-2'`));
    expect(constraint).toBe('fk_environments_parent');
    await database.rows(`DELETE FROM flagtree.environments WHERE slug IN ('parent-2', 'parent-3')`);
    const { left } = await database.row<{ left: number }>(
      `SELECT count(*)::int AS left FROM flagtree.environments WHERE slug LIKE 'parent-%'`,
    );
    expect(left).toBe(1);
  });
});

describe('two transactions that each are fine alone, and together make a cycle', () => {
  for (const isolation of ISOLATIONS) {
    it(`are not both committed in ${isolation}`, async () => {
      const name = `race-${isolation.toLowerCase().replace(' ', '-')}`;
      await database.environments({ [`${name}-a`]: null, [`${name}-b`]: null });
      const [one, two] = [await database.session(), await database.session()];
      await one.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      await two.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      // Both take their snapshot before either writes.
      await one.query('SELECT count(*) FROM flagtree.environments');
      await two.query('SELECT count(*) FROM flagtree.environments');
      await one.query(move(`${name}-a`, `${name}-b`));
      const second = refusal(two.query(move(`${name}-b`, `${name}-a`)));
      await one.query('COMMIT');
      expect((await second).code).toBe(isolation === 'READ COMMITTED' ? 'FT001' : '40001');
      await two.query('ROLLBACK');
      expect(await environmentsOnCycles()).toEqual([]);
    });
  }

  it('never do: 200 random pairs at once leave no cycle, and of each pair one is committed', async () => {
    const slugs = Array.from({ length: 40 }, (_, index) => `random-${index}`);
    await database.environments(Object.fromEntries(slugs.map((slug) => [slug, null])));
    const sessions = [await database.session(), await database.session()] as const;
    let committed = 0;
    for (let round = 0; round < 200; round++) {
      await database.rows(`UPDATE flagtree.environments SET parent_id = NULL WHERE slug LIKE 'random-%'`);
      const picks = [...slugs].sort(() => Math.random() - 0.5).slice(0, 5) as [string, string, string, string, string];
      const [a, b, ...between] = picks;
      // Chains of random length, so that a ← … ← b and b ← … ← a close over several links.
      const [above, below] = [between.slice(0, round % 3), between.slice(round % 3)];
      await chain([a, ...above]);
      await chain([b, ...below]);
      const isolation = ISOLATIONS[round % ISOLATIONS.length] as string;
      const outcomes = await Promise.all([
        commit(sessions[0], isolation, move(a, below.at(-1) ?? b)),
        commit(sessions[1], isolation, move(b, above.at(-1) ?? a)),
      ]);
      committed += outcomes.filter(Boolean).length;
      expect(await environmentsOnCycles()).toEqual([]);
    }
    expect(committed).toBe(200);
  });
});

async function chain([root, ...descendants]: string[]): Promise<void> {
  let parent = root as string;
  for (const child of descendants) {
    await database.rows(move(child, parent));
    parent = child;
  }
}

async function commit(session: pg.Client, isolation: string, statement: string): Promise<boolean> {
  await session.query(`BEGIN ISOLATION LEVEL ${isolation}`);
  try {
    await session.query(statement);
    await session.query('COMMIT');
    return true;
  } catch {
    await session.query('ROLLBACK');
    return false;
  }
}
