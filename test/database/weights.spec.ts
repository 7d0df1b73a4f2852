import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateVariants } from '@flagtree/engine';
import { migrateDown } from '../../src/platform/database/migrations/migrations.js';
import { readMigrations } from '../../src/platform/database/migrations/sql-migration.js';
import { refusal, TestDatabase } from './support.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(() => database.drop());

const digits = fc.constantFrom('0', '1', '9', '25', '50', '75', '99', '100', '101', '007', '');
const decimals = fc.constantFrom('', '', '.', '.0', '.5', '.25', '.999', '.001', '.000', '.0001');
const written = fc
  .tuple(fc.constantFrom('', '', '', '', ' ', '-', '+'), digits, decimals, fc.constantFrom(' %', '%', '  %', '', ' % ', '%\n', 'e1 %', ' ％'))
  .map((parts) => parts.join('')); // prettier-ignore
const weight = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(0, 1, 50, 100, 2 ** 31 - 1, 2 ** 31, -1, 0.5, 1e300) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>('50 %', '50%', '25 %', '100 %', '0 %', '33.3 %', '33.4 %', '12.5 %') },
  { weight: 2, arbitrary: written },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, [], [1], ['50 %'], {}, '') },
);
/** One in three is 100 together, so that what is accepted is seen, too. */
const lists = fc.oneof(
  { weight: 2, arbitrary: fc.array(fc.oneof(weight, fc.constant(undefined)), { minLength: 1, maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.nat(100_000), { maxLength: 3 }).map((cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), 100_000];
      return ends.map((end, i): unknown => `${String((end - (ends[i - 1] ?? 0)) / 1000)} %`);
    }),
  },
);
const variants = (weights: readonly unknown[]) =>
  weights.map((given, i) => ({ key: `v${String(i)}`, value: true, ...(given !== undefined && { weight: given }) }));

describe('the guard of weights', () => {
  it('[004-27] takes exactly the lists that the validator takes', async () => {
    const met = { taken: 0, percentages: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(lists, { minLength: 20, maxLength: 20 }), async (all) => {
        const found = await database.rows<{ fits: boolean }>(
          `SELECT flagtree.have_whole_weights(list.value) AS fits
             FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS list (value, place) ORDER BY list.place`,
          [JSON.stringify(all.map(variants))],
        );
        const expected = all.map((weights) => validateVariants(variants(weights)).length === 0);
        expect(found.map(({ fits }) => fits)).toEqual(expected);
        all.forEach((weights, i) => {
          met[expected[i] ? 'taken' : 'refused']++;
          if (expected[i] && typeof weights[0] === 'string') met.percentages++;
        });
      }),
      { numRuns: 100 },
    );
    expect(Math.min(...Object.values(met))).toBeGreaterThan(200);
  });

  it('refuses in the name of its constraint', async () => {
    const list = JSON.stringify(variants(['50 %', '49.9 %']));
    const error = await refusal(database.rows(`INSERT INTO flagtree.flags (key, variants) VALUES ('refused', $1)`, [list]));
    expect([error.code, error.constraint]).toEqual(['23514', 'ck_flags_variant_weights_are_whole']);
  });
});

describe('going back to a version without percentages', () => {
  it('makes them thousandths: the same shares of the same users', async () => {
    const since = readMigrations().filter(({ name }) => name >= '1795132800371').length;
    const other = await TestDatabase.create();
    try {
      const split = [{ variant: 'v0', weight: '33.3 %' }, { variant: 'v1', weight: '66.7%' }]; // prettier-ignore
      const written = JSON.stringify(variants(['0.5 %', '99.5%', undefined]));
      const rules = JSON.stringify([
        { id: 'r', serve: { split } },
        { id: 's', serve: { variant: 'v0' } },
      ]);
      await other.environments({ production: null });
      await other.flag('f');
      await other.override('production', 'f');
      for (const table of ['flags', 'environment_flags'])
        await other.rows(`UPDATE flagtree.${table} SET variants = $1, rules = $2`, [written, rules]);
      await migrateDown(other.dataSource, since);
      for (const table of ['flags', 'environment_flags'])
        expect(await other.row(`SELECT own.variants, own.rules FROM flagtree.${table} AS own`)).toEqual({
          variants: variants([500, 99_500, undefined]),
          rules: [
            { id: 'r', serve: { split: [{ variant: 'v0', weight: 33_300 }, { variant: 'v1', weight: 66_700 }] } },
            { id: 's', serve: { variant: 'v0' } },
          ],
        }); // prettier-ignore
    } finally {
      await other.drop();
    }
  });
});
