import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flagValues } from '../compare/diff.js';
import { runToEnd } from '../interruptible.js';
import { type OverrideContent, withRowEdits } from '../resolve/overrides.js';
import { descendantsOf, environmentBySlug } from '../state/chain.js';
import type { State } from '../state/state.js';
import { serveOn } from '../testing/answers.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, override, state } from '../testing/builders.js';
import type { Environment, EnvironmentFlag, Flag, Rule } from '../types.js';
import { type Kept, type KeepOrder, slicedKeep } from './keep.js';

const TREE = [
  environment('production'),
  environment('staging', 'production'),
  environment('development', 'staging'),
  environment('eu', 'production'),
];

/** Production writes `after` of the flag "f". */
function kept(
  { base, rows = [], after }: { base?: Partial<Flag>; rows?: EnvironmentFlag[]; after: OverrideContent },
  keep: KeepOrder['keep'],
): Kept {
  const before = state({ environments: TREE, flags: [flag('f', base)], overrides: rows });
  const written = withRowEdits(before, [{ environment: 'production', flag: 'f', before: null, after }]);
  return runToEnd(slicedKeep(before, written, { keep, written: ['production'], flags: ['f'], reason: 'kept from production' }));
}

const rowsOf = ({ rows }: Kept) => rows.map(({ environment: slug, after }) => [slug, after]);

describe('keep', () => {
  it('gives a named environment what it had, in the fields that would change and no other', () => {
    expect(rowsOf(kept({ after: { percentage: 5, enabled: true } }, ['staging']))).toEqual([
      ['staging', { percentage: 100, reason: 'kept from production' }],
    ]);
  });

  it('means with true the topmost environments that would change: what inherits from them needs no row', () => {
    expect(rowsOf(kept({ after: { percentage: 5 } }, true)).map(([slug]) => slug)).toEqual(['eu', 'staging']);
  });

  it('writes a child where its parent does not change', () => {
    const rows = [override('staging', 'f', { percentage: 20 }), override('development', 'f', { enabled: true })];
    expect(rowsOf(kept({ rows, after: { percentage: 5, enabled: false } }, true))).toEqual([
      ['eu', { percentage: 100, enabled: true, reason: 'kept from production' }],
      ['staging', { percentage: 20, enabled: true, reason: 'kept from production' }],
    ]);
    expect(rowsOf(kept({ rows, after: { enabled: false } }, ['development']))).toEqual([]);
  });

  it('writes nothing where the environment does not follow anyway, nor for the written one itself', () => {
    const rows = [override('staging', 'f', { percentage: 20 })];
    expect(rowsOf(kept({ rows, after: { percentage: 5 } }, ['production', 'staging', 'development']))).toEqual([]);
  });

  it('keeps rules as the whole list, and says that a layering ends', () => {
    const rows = [override('staging', 'f', { rules: [serveOn('own')], rulesMode: 'append' })];
    const plan = kept({ base: { rules: [serveOn('base')] }, rows, after: { rules: [serveOn('new')] } }, ['staging', 'eu']);
    expect(rowsOf(plan)).toEqual([
      ['eu', { rules: [serveOn('base')], rulesMode: 'replace', reason: 'kept from production' }],
      ['staging', { rules: [serveOn('base'), serveOn('own')], rulesMode: 'replace', reason: 'kept from production' }],
    ]);
    expect(plan.layeringsEnd).toEqual([{ environment: 'staging', flag: 'f' }]);
  });

  it('says what no override can keep: "none", and two rules of one id', () => {
    const none = kept({ base: { offVariant: null }, after: { offVariant: 'off', percentage: 5 } }, ['staging']);
    expect(none.obstacles).toMatchObject([{ environment: 'staging', flag: 'f', field: 'offVariant' }]);
    expect(none.obstacles[0]?.detail).toBe(
      'staging cannot keep the offVariant that it has for f: an override cannot say "none" where it would inherit one; or take staging out of keep',
    );
    expect(rowsOf(none)).toEqual([['staging', { percentage: 100, reason: 'kept from production' }]]);
    const rows = [override('staging', 'f', { rules: [serveOn('same')], rulesMode: 'append' })];
    const twice = kept({ base: { rules: [serveOn('same')] }, rows, after: { rules: [] } }, ['staging']);
    expect(twice.obstacles).toMatchObject([{ field: 'rules' }]);
    expect(twice.rows).toEqual([]);
    expect(twice.layeringsEnd).toEqual([]);
  });

  it('passes over environments that are not there, and archived flags', () => {
    expect(rowsOf(kept({ after: { percentage: 5 } }, ['nowhere']))).toEqual([]);
    expect(rowsOf(kept({ base: { archivedAt: '2026-01-01T00:00:00Z' }, after: { percentage: 5 } }, true))).toEqual([]);
  });

  it('leaves, in any forest, everything below the written environment as it was, unless it says why not', () => {
    const writes = forest({ environments: 6, flags: 2, segments: 1 })
      .filter((at) => at.environments.size > 1 && at.flags.size > 0)
      .chain((at) =>
        fc.record({
          at: fc.constant(at),
          top: fc.constantFrom(...at.environments.values()),
          content: fc.record(
            { enabled: fc.boolean(), percentage: fc.integer({ min: 0, max: 100 }), rules: fc.constant<Rule[]>([serveOn('x')]) },
            { requiredKeys: [] },
          ),
        }),
      );
    fc.assert(
      fc.property(writes, ({ at, top, content }) => {
        const flags = [...at.flags.values()].map(({ key }) => key);
        const edits = flags.map((key) => ({ environment: top.slug, flag: key, before: null, after: content }));
        const written = withRowEdits(at, edits);
        const order = { keep: true as const, written: [top.slug], flags, reason: 'kept' };
        const plan = runToEnd(slicedKeep(at, written, order));
        for (const { slug } of descendantsOf(at, top)) {
          if (plan.obstacles.some((one) => chainHas(at, slug, one.environment))) continue;
          expect(valuesOf(plan.after, slug)).toEqual(valuesOf(at, slug));
        }
        expect(valuesOf(plan.after, top.slug)).toEqual(valuesOf(written, top.slug));
      }),
      { numRuns: 200 },
    );
  });
});

const valuesOf = (at: State, slug: string) => [
  ...flagValues({ state: at, environment: environmentBySlug(at, slug) as Environment }),
];

function chainHas(at: State, slug: string, above: string): boolean {
  const top = environmentBySlug(at, above) as Environment;
  return slug === above || descendantsOf(at, top).some((one) => one.slug === slug);
}
