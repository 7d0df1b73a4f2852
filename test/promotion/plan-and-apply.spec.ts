import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildState, type EffectEntry, FLAG_FIELDS, type JsonValue, PROMOTION_MODES } from '@flagtree/engine';
import { exportStates } from '@flagtree/engine/states';
import { forestRows, runs } from '@flagtree/engine/testing';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;
/** Trees that were made: none is made twice. */
let round = 0;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const TREES = runs(6, 30);

const COLUMNS = {
  enabled: 'enabled',
  percentage: 'percentage',
  rules: 'rules',
  variants: 'variants',
  defaultVariant: 'default_variant',
  offVariant: 'off_variant',
} as const;

/** "environment flag field" → the value there, as the database resolves it. */
type Resolved = Map<string, JsonValue>;

/** Which of the environments and flags that there are; where it picks none, all of them. */
const picks = fc.record({
  from: fc.nat(),
  to: fc.uniqueArray(fc.nat({ max: 100 }), { minLength: 1, maxLength: 3 }),
  flags: fc.subarray([0, 1, 2, 3]),
  fields: fc.subarray([...FLAG_FIELDS], { minLength: 1 }),
  mode: fc.constantFrom(...PROMOTION_MODES),
  prune: fc.boolean(),
  keep: fc.boolean(),
  with: fc.constantFrom<object>(
    {},
    { percentage: 5 },
    { enabled: null, percentage: 100 },
    { rules: [] },
    { defaultVariant: 'nowhere' },
  ),
});

describe('for random trees, flags, overrides and promotions', () => {
  it('the database resolves exactly what the plan says, nothing else, and again what it was when that is taken back', async () => {
    const results: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        forestRows({ environments: 8, flags: 4, segments: 2 }),
        fc.array(picks, { minLength: 4, maxLength: 4 }),
        async (rows, orders) => {
          const { environments, flags } = await stored(rows, `r${round++}`);
          if (environments.length < 2 || flags.length === 0) return;
          for (const order of orders) {
            const result = await promoteAndTakeBack(requestOf(order, environments, flags), flags);
            results[result] = (results[result] ?? 0) + 1;
          }
        },
      ),
      { numRuns: TREES, unbiased: true, endOnFailure: true },
    );
    // It says something only where promotions were of every kind, and most of them did something.
    expect(Object.keys(results).sort()).toEqual(['applied', 'blocked', 'no-op', 'refused']);
    expect(results['applied']).toBeGreaterThan(TREES / 2);
  }, 300_000);
});

/** Brings random rows to the server, under names that no earlier ones have. */
async function stored(rows: Parameters<typeof buildState>[0], prefix: string) {
  const named = {
    ...rows,
    environments: Array.from(rows.environments, (row) => ({ ...row, name: row.slug, settings: {} })),
    segments: Array.from(rows.segments, (row) => ({ ...row, name: row.key })),
    flags: Array.from(rows.flags, (row) => ({ ...row, name: row.key })),
  };
  const document = exportStates(buildState(named), { selection: {}, sections: new Set(SECTIONS), archived: false });
  const text = JSON.stringify(document)
    .replaceAll('"env-', `"${prefix}-env-`)
    .replaceAll('"flag.', `"${prefix}.flag.`)
    .replaceAll('"seg-', `"${prefix}-seg-`);
  const { status, body } = await api.post('/api/admin/import', text);
  expect({ status, errors: body.errors as unknown }).toEqual({ status: 200, errors: undefined });
  const sent = JSON.parse(text) as { environments: { slug: string }[]; flags: { key: string }[] };
  return { environments: sent.environments.map(({ slug }) => slug), flags: sent.flags.map(({ key }) => key) };
}

const SECTIONS = ['environments', 'segments', 'flags', 'overrides'] as const;

type Picks = typeof picks extends fc.Arbitrary<infer T> ? T : never;

function requestOf({ from, to, flags, ...order }: Picks, environments: readonly string[], keys: readonly string[]) {
  const source = environments[from % environments.length] as string;
  const others = environments.filter((slug) => slug !== source);
  const chosen = flags.flatMap((index) => keys[index] ?? []);
  return {
    ...order,
    from: source,
    to: [...new Set(to.map((index) => others[index % others.length] as string))],
    flags: chosen.length > 0 ? chosen : keys,
    dependencies: 'ignore',
  };
}

async function promoteAndTakeBack(request: ReturnType<typeof requestOf>, all: readonly string[]): Promise<string> {
  const before = await resolved(all);
  const plan = await api.post('/api/admin/promotions', { ...request, dryRun: true });
  if (plan.status === 422) {
    expect(plan.body).toMatchObject({
      code: 'source-overrides-nothing',
      detail: expect.stringContaining(String(request.flags[0])),
    });
    return 'refused';
  }
  expect(plan).toMatchObject({ status: 200, body: { dryRun: true } });
  expect(await resolved(all)).toEqual(before);
  const done = await api.post('/api/admin/promotions', { ...request, plan: plan.body.plan.id });
  const after = await resolved(all);
  if (plan.body.result === 'blocked') {
    expect(done).toMatchObject({ status: 409, body: { code: 'promotion-blocked' } });
    expect(after).toEqual(before);
    return 'blocked';
  }
  expect(done).toMatchObject({ status: 200, body: { result: plan.body.result, effect: plan.body.effect } });
  expect(plan.body.effectCount).toBe(plan.body.effect.length);
  expect(inOrder(plan.body.effect)).toEqual(differences(before, after));
  if (done.body.result !== 'applied') return done.body.result as string;
  const back = await api.post(`/api/admin/promotions/${done.body.id}/revert`, {});
  expect(back).toMatchObject({ status: 200, body: { result: 'applied', conflicts: [] } });
  expect(await resolved(all)).toEqual(before);
  expect(inOrder(back.body.effect)).toEqual(differences(after, before));
  return 'applied';
}

/** By SQL, in every environment of the server. */
async function resolved(flags: readonly string[]): Promise<Resolved> {
  const rows = await sql(server.databaseUrl, 'SELECT * FROM flagtree.resolved_flags AS resolved WHERE resolved.flag = ANY ($1)', [
    flags,
  ]);
  return new Map(
    rows.flatMap((row) =>
      FLAG_FIELDS.map((field) => {
        const value = row[COLUMNS[field]] as JsonValue;
        return [`${String(row['environment'])} ${String(row['flag'])} ${field}`, field === 'percentage' ? Number(value) : value];
      }),
    ),
  );
}

function differences(before: Resolved, after: Resolved): [string, JsonValue, JsonValue][] {
  return [...before]
    .map(([place, value]): [string, JsonValue, JsonValue] => [place, value, after.get(place) as JsonValue])
    .filter(([, was, is]) => JSON.stringify(was) !== JSON.stringify(is))
    .sort(byPlace);
}

function inOrder(effect: readonly EffectEntry[]): [string, JsonValue, JsonValue][] {
  return effect
    .map(({ environment, flag, field, before, after }): [string, JsonValue, JsonValue] => [
      `${environment} ${flag} ${field}`,
      before,
      after,
    ])
    .sort(byPlace);
}

const byPlace = ([a]: readonly unknown[], [b]: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
