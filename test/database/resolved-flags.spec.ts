import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import {
  buildState,
  type EnvironmentFlag,
  type Flag,
  FLAG_FIELDS,
  type ResolvedFlag,
  resolveFlag,
  type Source,
  type StateRows,
} from '@flagtree/engine';
import { forestRows, runs } from '@flagtree/engine/testing';
import { idOf, TestDatabase } from './support.js';

const FORESTS = runs(75, 300);

let database: TestDatabase;
let session: pg.Client;
beforeAll(async () => {
  database = await TestDatabase.create();
  session = await database.session();
  // Compiling the plan takes far longer than running it on a few rows.
  await session.query('SET jit = off');
});
afterAll(() => database.drop());

type Row = Record<string, unknown>;

describe('the view resolved_flags', () => {
  it('agrees with the engine on random forests: every field with its value, source and state', async () => {
    const seen = new Set<string>();
    let pairs = 0;
    let deepest = 0;
    await fc.assert(
      fc.asyncProperty(forestRows({ environments: 12, flags: 4, segments: 1 }).map(withRepeats), async (rows) => {
        const state = buildState(rows);
        const flags = [...state.flags.values()].filter((flag) => flag.archivedAt === null);
        const expected = [...state.environments.values()].flatMap((environment) =>
          flags.map((flag) => inSql(resolveFlag(state, environment, flag))),
        );
        const { resolved, depth } = await resolvedInSql(rows);
        expect(byName(resolved)).toEqual(byName(expected));
        pairs += expected.length;
        deepest = Math.max(deepest, depth);
        for (const row of expected) for (const field of FLAG_FIELDS) seen.add(`${field} ${String(row[`${snake(field)}_state`])}`);
      }),
      // Biased towards small values, many forests would be one tree without flags.
      { numRuns: FORESTS, unbiased: true },
    );
    // It says something only of forests that were rich.
    expect(pairs).toBeGreaterThan(6 * FORESTS);
    expect(deepest).toBeGreaterThanOrEqual(10);
    expect(seen.size).toBe(FLAG_FIELDS.length * 3);
  }, 300_000);

  it('follows the parent at once', async () => {
    await database.environments({ production: null, staging: 'production', development: 'staging' });
    await database.flag('checkout');
    await database.override('staging', 'checkout');
    await database.rows(`UPDATE flagtree.environment_flags SET enabled = true, reason = 'beta test'`);
    const resolved = () =>
      database.rows(
        `SELECT resolved.environment, resolved.enabled, resolved.enabled_source, resolved.enabled_state, resolved.inherited_from, resolved.reason
           FROM flagtree.resolved_flags AS resolved WHERE resolved.flag = 'checkout' ORDER BY resolved.environment`,
      );
    const production = { enabled: false, enabled_source: 'flag', enabled_state: 'inherited', inherited_from: null, reason: null };
    const inherited = {
      enabled: true,
      enabled_source: 'staging',
      enabled_state: 'inherited',
      inherited_from: 'staging',
      reason: null,
    };
    const own = {
      enabled: true,
      enabled_source: 'staging',
      enabled_state: 'overridden',
      inherited_from: null,
      reason: 'beta test',
    };
    expect(await resolved()).toEqual([
      { environment: 'development', ...inherited },
      { environment: 'production', ...production },
      { environment: 'staging', ...own },
    ]);
    await database.rows(`UPDATE flagtree.flags SET enabled = true, archived_at = NULL`);
    await database.rows(`UPDATE flagtree.environments SET parent_id = ${idOf('production')} WHERE slug = 'development'`);
    expect(await resolved()).toEqual([
      { environment: 'development', ...production, enabled: true },
      { environment: 'production', ...production, enabled: true },
      { environment: 'staging', ...own, enabled_state: 'overridden-equal' },
    ]);
    await database.rows(`UPDATE flagtree.flags SET archived_at = now()`);
    expect(await resolved()).toEqual([]);
  });

  it('and environment_chains end where a restored dump has a cycle, and resolve the other environments', async () => {
    await database.environments({ a: null, b: 'a', c: 'b', root: null, leaf: 'root' });
    await database.flag('on-cycle');
    await session.query(
      `BEGIN; SET LOCAL session_replication_role = replica; UPDATE flagtree.environments SET parent_id = ${idOf('c')} WHERE slug = 'a'; COMMIT`,
    );
    const chains = await database.rows(
      `SELECT chain.environment, max(chain.path) AS path FROM flagtree.environment_chains AS chain
        WHERE chain.environment IN ('a', 'b', 'c', 'leaf') GROUP BY chain.environment ORDER BY chain.environment`,
    );
    expect(chains).toEqual([
      { environment: 'a', path: ['a', 'c', 'b'] },
      { environment: 'b', path: ['b', 'a', 'c'] },
      { environment: 'c', path: ['c', 'b', 'a'] },
      { environment: 'leaf', path: ['leaf', 'root'] },
    ]);
    const { count } = await database.row<{ count: number }>(
      `SELECT count(*)::int AS count FROM flagtree.resolved_flags AS resolved WHERE resolved.flag = 'on-cycle'`,
    );
    expect(count).toBe(8);
  });

  it('resolves only what is asked for', async () => {
    await database.rows(
      `INSERT INTO flagtree.environments (slug) SELECT 'many-' || number FROM generate_series(1, 200) AS number`,
    );
    await database.rows(`INSERT INTO flagtree.flags (key) SELECT 'many-' || number FROM generate_series(1, 500) AS number`);
    await database.rows('ANALYZE');
    const [plan] = await database.rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT * FROM flagtree.resolved_flags AS resolved
        WHERE resolved.environment IN ('many-7', 'many-8') AND resolved.flag = 'many-9'`,
    );
    const loops = nodesOf((plan as NonNullable<typeof plan>)['QUERY PLAN'][0].Plan).map((node) => node['Actual Loops']);
    expect(Math.max(...loops)).toBeLessThan(20);
  });
});

interface PlanNode {
  'Actual Loops': number;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Most flags are in use; every third override says again what the flag says, so that `overridden-equal` is met in every field. */
function withRepeats(rows: StateRows): StateRows & { flags: Flag[]; overrides: EnvironmentFlag[] } {
  const flags = [...rows.flags].map((flag, index) => (index % 4 === 3 ? flag : { ...flag, archivedAt: null }));
  const overrides = [...rows.overrides].map((row, index) => {
    const flag = flags.find(({ id }) => id === row.flagId) as Flag;
    if (index % 3 > 0) return row;
    const { enabled, percentage, rules, variants, defaultVariant, offVariant } = flag;
    return { ...row, enabled, percentage, rules, variants, defaultVariant, offVariant };
  });
  return { ...rows, flags, overrides };
}

/** The rows go in past the triggers (the generator makes trees deeper than 10), but not past the constraints. */
async function resolvedInSql(rows: StateRows): Promise<{ resolved: Row[]; depth: number }> {
  await session.query('BEGIN; SET LOCAL session_replication_role = replica');
  try {
    await insert('environments', rows.environments);
    await insert('flags', rows.flags);
    await insert('environment_flags', rows.overrides);
    const resolved = await session.query<{ row: Row }>(
      'SELECT to_jsonb(resolved) AS row FROM flagtree.resolved_flags AS resolved',
    );
    const chains = await session.query<{ depth: number }>(
      'SELECT max(chain.depth) + 1 AS depth FROM flagtree.environment_chains AS chain',
    );
    return {
      resolved: resolved.rows.map(({ row: { reason: _, environment_id, flag_id, ...row } }) => row),
      depth: chains.rows[0]?.depth ?? 0,
    };
  } finally {
    await session.query('ROLLBACK');
  }
}

async function insert(table: string, rows: Iterable<object>): Promise<void> {
  const stored = Array.from(rows, (row) => ({
    ...Object.fromEntries(Object.entries(row).map(([field, value]) => [snake(field), value as unknown])),
    ...('name' in row && row.name === '' ? { name: 'nameless' } : {}),
  }));
  await session.query(
    `INSERT INTO flagtree.${table} SELECT stored.* FROM jsonb_populate_recordset(NULL::flagtree.${table}, $1) AS stored`,
    [JSON.stringify(stored)],
  );
}

const snake = (field: string) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const sourceInSql = (source: Source) => (source.kind === 'flag' ? 'flag' : source.slug);

function inSql({ flag, environment, fields, ruleSources, inheritedFrom }: ResolvedFlag): Row {
  const row: Row = {
    environment,
    flag: flag.key,
    type: flag.type,
    rule_sources: ruleSources.map(sourceInSql),
    inherited_from: inheritedFrom,
  };
  for (const field of FLAG_FIELDS) {
    const { value, source, state } = fields[field];
    Object.assign(row, {
      [snake(field)]: value,
      [`${snake(field)}_source`]: sourceInSql(source),
      [`${snake(field)}_state`]: state,
    });
  }
  return row;
}

const byName = (rows: Row[]) => [...rows].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
const nameOf = (row: Row) => `${String(row['environment'])} ${String(row['flag'])}`;
