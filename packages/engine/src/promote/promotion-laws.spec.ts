import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { descendantsOf, environmentBySlug } from '../state/chain.js';
import { flagValues } from '../compare/diff.js';
import { effect } from '../compare/effect.js';
import { deepEqual } from '../json/equal.js';
import { planPromotion } from './promotion-plan.js';
import { PROMOTION_MODES, promotedOf, type TargetValues } from './promote-flag.js';
import { slicedRevert } from './revert-plan.js';
import { runToEnd } from '../interruptible.js';
import type { State } from '../state/state.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { valuesIn } from '../testing/promotions.js';
import { contentOf, withField, withRowEdits } from '../resolve/overrides.js';
import { runs } from '../testing/runs.js';
import { type Environment, type Flag, FLAG_FIELDS, type Rule, RULES_MODES } from '../types.js';

const ruleNamed = (id: string): Rule => ({ id, conditions: [], serve: { variant: 'on' } });

/** Values that may stand for the source's, each of its own type; null: inherit. */
const values: fc.Arbitrary<TargetValues> = fc
  .record(
    {
      enabled: fc.constantFrom(true, false, null),
      percentage: fc.constantFrom(0, 5, 100, null),
      rules: fc.constantFrom<Rule[] | null>(null, [], [ruleNamed('given')]),
      rulesMode: fc.constantFrom(...RULES_MODES),
      offVariant: fc.constantFrom('off', null),
    },
    { requiredKeys: [] },
  )
  .chain((all) => fc.constantFrom<TargetValues>({}, all));

/** A forest, two different environments of it, and an order for its flags in use. */
const promotions = forest({ environments: 6, flags: 3, segments: 2 })
  .filter((at) => at.environments.size > 1 && [...at.flags.values()].some(({ archivedAt }) => archivedAt === null))
  .chain((at) => {
    const slugs = [...at.environments.values()].map(({ slug }) => slug);
    const flags = [...at.flags.values()].filter(({ archivedAt }) => archivedAt === null).map(({ key }) => key);
    return fc
      .record({
        places: fc.shuffledSubarray(slugs, { minLength: 2, maxLength: Math.min(3, slugs.length) }),
        mode: fc.constantFrom(...PROMOTION_MODES),
        fields: fc.subarray([...FLAG_FIELDS], { minLength: 1 }),
        with: values,
        keep: fc.oneof(fc.constant(true as const), fc.subarray(slugs)),
        prune: fc.boolean(),
        reason: fc.option(fc.constant('because'), { nil: null }),
      })
      .map(({ places, ...rest }) => ({
        at,
        order: { from: places[0] as string, to: places.slice(1), flags, dependencies: 'ignore' as const, ...rest },
      }));
  });

const flagCalled = (at: State, key: string) => [...at.flags.values()].find((one) => one.key === key) as Flag;

const rowIn = (at: State, slug: string, key: string) =>
  contentOf(at.overrides.get(flagCalled(at, key).id)?.get(environmentBySlug(at, slug)?.id ?? ''));

/** The state in which the environment inherits these fields of the flag. */
function withoutOwn(at: State, slug: string, key: string, fields: readonly (typeof FLAG_FIELDS)[number][]): State {
  const before = rowIn(at, slug, key);
  if (!before) return at;
  const after = fields.reduce((content, field) => withField(content, field, null), before);
  return withRowEdits(at, [{ environment: slug, flag: key, before, after }]);
}

const layers = ({ rules, rulesMode = 'replace' }: TargetValues, inherited: readonly Rule[]): Rule[] => {
  const own = rules ?? [];
  return { replace: own, prepend: [...own, ...inherited], append: [...inherited, ...own] }[rulesMode];
};

describe('for any forest and any promotion in it', () => {
  const resolvedAll = (at: State) =>
    new Map(
      [...at.environments.values()].map((one) => [one.slug, Object.fromEntries(flagValues({ state: at, environment: one }))]),
    );

  it('promote then revert is the identity on resolved values, and on the rows themselves', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const plan = planPromotion(at, asked);
        const back = runToEnd(slicedRevert(plan.after, plan.rows));
        expect(back.conflicts).toEqual([]);
        expect(resolvedAll(back.after)).toEqual(resolvedAll(at));
        expect(runToEnd(slicedRevert(back.after, plan.rows)).rows).toEqual([]);
      }),
      { numRuns: runs(50, 200) },
    );
  });

  it('resolved leaves no difference between the source and any target in the promoted fields, unless something is said to stand in the way', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const plan = planPromotion(at, { ...asked, mode: 'resolved', with: {} });
        for (const key of asked.flags) {
          const { id } = flagCalled(at, key);
          if (plan.obstacles.some((one) => one.flag === key)) continue;
          const source = valuesIn(plan.after, asked.from, id);
          expect(source).toEqual(valuesIn(at, asked.from, id));
          for (const to of asked.to)
            for (const field of asked.fields) expect(valuesIn(plan.after, to, id)[field]).toEqual(source[field]);
        }
      }),
      { numRuns: runs(37, 150) },
    );
  });

  it("resolved gives one target the values that stand for the source's, and the source's in the other promoted fields", () => {
    fc.assert(
      fc.property(promotions, values, ({ at, order: asked }, given) => {
        const [to] = asked.to as [string];
        const plan = planPromotion(at, { ...asked, to: [to], mode: 'resolved', with: given, prune: false });
        for (const key of asked.flags) {
          const { id } = flagCalled(at, key);
          const without = withoutOwn(plan.after, to, key, promotedOf(FLAG_FIELDS, {}));
          const [wanted, got, inherited] = [
            valuesIn(at, asked.from, id),
            valuesIn(plan.after, to, id),
            valuesIn(without, to, id),
          ];
          for (const field of promotedOf(asked.fields, given)) {
            if (plan.obstacles.some((one) => one.flag === key && one.field === field)) continue;
            const value = given[field] === undefined ? wanted[field] : given[field];
            if (value === null && given[field] === null) expect(got[field]).toEqual(inherited[field]);
            else if (field === 'rules' && given.rules) expect(got[field]).toEqual(layers(given, inherited.rules as Rule[]));
            else expect(got[field]).toEqual(value);
          }
        }
      }),
      { numRuns: runs(37, 150) },
    );
  });

  it('exact makes the override of each target what that of the source is, field by field', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const plan = planPromotion(at, { ...asked, mode: 'exact', with: {}, prune: false, keep: [] });
        for (const key of asked.flags) {
          const [own, ...others] = [asked.from, ...asked.to].map((slug) => rowIn(plan.after, slug, key));
          const before = rowIn(at, asked.from, key);
          expect(own).toEqual(before);
          const isSkipped = FLAG_FIELDS.every((field) => (before?.[field] ?? null) === null);
          expect(plan.skipped.includes(key)).toBe(isSkipped);
          if (isSkipped) expect(plan.rows.filter((row) => row.flag === key)).toEqual([]);
          else for (const other of others) for (const field of asked.fields) expect(other?.[field]).toEqual(before?.[field]);
        }
      }),
      { numRuns: runs(50, 200) },
    );
  });

  it('leaves what is kept as it was, and each target as it would be without that', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const plan = planPromotion(at, asked);
        if (plan.obstacles.length > 0) return;
        const below = asked.to.flatMap((slug) => descendantsOf(at, environmentBySlug(at, slug) as Environment));
        const kept = below.filter(({ slug }) => !asked.to.includes(slug) && (asked.keep === true || asked.keep.includes(slug)));
        const [before, after] = [resolvedAll(at), resolvedAll(plan.after)];
        for (const { slug } of kept) expect(after.get(slug)).toEqual(before.get(slug));
        const [first] = asked.to as [string];
        const alone = { ...asked, to: [first] };
        expect(resolvedAll(planPromotion(at, alone).after).get(first)).toEqual(
          resolvedAll(planPromotion(at, { ...alone, keep: [] }).after).get(first),
        );
      }),
      { numRuns: runs(50, 200) },
    );
  });

  it('leaves no target a field of its own, among those that it gets, that it would inherit the same, but with exact', () => {
    fc.assert(
      fc.property(promotions, fc.constantFrom('resolved' as const, 'override' as const), ({ at, order: asked }, mode) => {
        const [to] = asked.to as [string];
        const plan = planPromotion(at, { ...asked, to: [to], mode, prune: false });
        for (const { flag: key, environment, after } of plan.rows) {
          if (environment !== to) continue;
          const { id } = flagCalled(at, key);
          const isGot = (field: (typeof FLAG_FIELDS)[number]) =>
            mode === 'resolved' || asked.with[field] !== undefined || rowIn(at, asked.from, key)?.[field] !== undefined;
          for (const field of promotedOf(asked.fields, asked.with).filter(isGot)) {
            if (after?.[field] === undefined || plan.obstacles.some((one) => one.flag === key && one.field === field)) continue;
            const without = withoutOwn(plan.after, to, key, [field]);
            expect(valuesIn(without, to, id)[field]).not.toEqual(valuesIn(plan.after, to, id)[field]);
          }
        }
      }),
      { numRuns: runs(50, 200) },
    );
  });

  it('is a no-op the second time', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const once = { ...asked, to: asked.to.slice(0, 1), mode: 'resolved' as const, with: {}, prune: false };
        const source = environmentBySlug(at, asked.from) as Environment;
        const { after } = planPromotion(at, once);
        // A source below its target has other values by now when it inherits from it; what it gave was promoted.
        const valuesOf = (state: State) => [...flagValues({ state, environment: source })];
        fc.pre(deepEqual(valuesOf(at), valuesOf(after)));
        expect(planPromotion(after, once).rows).toEqual([]);
      }),
      { numRuns: runs(50, 200) },
    );
  });

  it('tells the whole effect: what differs afterwards is what it says, and nothing else', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const plan = planPromotion(at, asked);
        expect(plan.effect).toEqual(effect(at, plan.after));
        const [before, after] = [resolvedAll(at), resolvedAll(plan.after)];
        for (const { environment: slug, flag: key, field, after: value } of plan.effect) {
          (before.get(slug)?.[key] as Record<string, unknown>)[field] = value;
        }
        expect(before).toEqual(after);
      }),
      { numRuns: runs(25, 100) },
    );
  });
});
