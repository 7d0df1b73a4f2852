import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug } from './chain.js';
import { applyDifferences, diff, flagValues } from './diff.js';
import { effect } from './effect.js';
import { deepEqual } from './equal.js';
import { type PromotionOrder, planPromotion } from './promotion-plan.js';
import { PROMOTION_MODES } from './promote-flag.js';
import { resolveFlag } from './resolve.js';
import { slicedRevert } from './revert-plan.js';
import { inOneGo } from './sliced.js';
import type { State } from './state.js';
import { forest } from './testing/arbitraries.js';
import { environment, flag, override, state } from './testing/builders.js';
import { type Environment, FLAG_FIELDS, type Flag, type Rule } from './types.js';

const rule = (id: string): Rule => ({
  id,
  conditions: [{ attribute: 'plan', operator: 'equals', values: [id] }],
  serve: { variant: 'on' },
});

const order = (fields: Partial<PromotionOrder> & Pick<PromotionOrder, 'from' | 'to'>): PromotionOrder => ({
  flags: ['f'],
  fields: FLAG_FIELDS,
  mode: 'override',
  prune: false,
  dependencies: 'block',
  reason: null,
  ...fields,
});

const valuesIn = (at: State, slug: string, key = 'f') => {
  const { fields } = resolveFlag(at, environmentBySlug(at, slug) as Environment, at.flags.get(key) as Flag);
  return Object.fromEntries(FLAG_FIELDS.map((field) => [field, fields[field].value]));
};

describe('a planned promotion', () => {
  it('moves up the tree when production is the base, and reports what the child no longer needs', () => {
    const start = state({ flags: [flag('f', { enabled: false })], overrides: [override('development', 'f', { enabled: true })] });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(plan.changes).toEqual([
      { environment: 'staging', flag: 'f', field: 'enabled', action: 'set', before: null, after: true },
    ]);
    expect(plan.redundant).toEqual([{ environment: 'development', flag: 'f', field: 'enabled', pruned: false }]);
    expect(plan.effect).toEqual([{ environment: 'staging', flag: 'f', field: 'enabled', before: false, after: true }]);
  });

  it('prunes on request, and leaves the source as it resolved', () => {
    const start = state({
      flags: [flag('f', { enabled: false })],
      overrides: [override('development', 'f', { enabled: true, percentage: 20 })],
    });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'], prune: true, fields: ['enabled'] }));
    expect(plan.rows).toEqual([
      { environment: 'staging', flag: 'f', before: null, after: { enabled: true } },
      { environment: 'development', flag: 'f', before: { enabled: true, percentage: 20 }, after: { percentage: 20 } },
    ]);
    expect(valuesIn(plan.after, 'development')).toEqual(valuesIn(start, 'development'));
  });

  it('prunes nothing when the target is a sibling, or a leaf below the source', () => {
    const environments = [
      environment('base'),
      environment('east', 'base'),
      environment('west', 'base'),
      environment('leaf', 'east'),
    ];
    const start = state({
      environments,
      flags: [flag('f')],
      overrides: [override('east', 'f', { percentage: 20 }), override('leaf', 'f', { percentage: 90 })],
    });
    const sideways = planPromotion(start, order({ from: 'east', to: ['west'], prune: true }));
    expect(sideways.rows).toEqual([{ environment: 'west', flag: 'f', before: null, after: { percentage: 20 } }]);
    expect(sideways.redundant).toEqual([]);
    const down = planPromotion(start, order({ from: 'east', to: ['leaf'], prune: true }));
    expect(down.rows).toEqual([{ environment: 'leaf', flag: 'f', before: { percentage: 90 }, after: null }]);
  });

  it('clears an override where the target would inherit the value, instead of setting it', () => {
    const start = state({
      flags: [flag('f', { percentage: 20 })],
      overrides: [override('staging', 'f', { percentage: 50, enabled: false }), override('development', 'f', { percentage: 20 })],
    });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(plan.changes).toEqual([
      { environment: 'staging', flag: 'f', field: 'percentage', action: 'clear', before: 50, after: null },
    ]);
  });

  it('takes only what the source itself overrides, or with mode resolved all that it gives', () => {
    const environments = [environment('a'), environment('a1', 'a'), environment('b')];
    const start = state({
      environments,
      flags: [flag('f')],
      overrides: [override('a', 'f', { percentage: 20 }), override('a1', 'f', { enabled: false })],
    });
    const own = planPromotion(start, order({ from: 'a1', to: ['b'] }));
    expect(own.rows).toEqual([{ environment: 'b', flag: 'f', before: null, after: { enabled: false } }]);
    const all = planPromotion(start, order({ from: 'a1', to: ['b'], mode: 'resolved' }));
    expect(all.rows).toEqual([{ environment: 'b', flag: 'f', before: null, after: { enabled: false, percentage: 20 } }]);
  });

  it('keeps rules that were added to inherited ones added, and those that the target has itself', () => {
    const start = state({
      flags: [flag('f', { rules: [rule('base')] })],
      overrides: [override('development', 'f', { rules: [rule('new')], rulesMode: 'append' })],
    });
    const plain = planPromotion(start, order({ from: 'development', to: ['staging'], prune: true }));
    expect(plain.rows).toEqual([
      { environment: 'staging', flag: 'f', before: null, after: { rules: [rule('new')], rulesMode: 'append' } },
      { environment: 'development', flag: 'f', before: { rules: [rule('new')], rulesMode: 'append' }, after: null },
    ]);
    const busy = state({
      flags: [flag('f', { rules: [rule('base')] })],
      overrides: [
        override('staging', 'f', { rules: [rule('own')], rulesMode: 'replace' }),
        override('development', 'f', { rules: [rule('new')], rulesMode: 'append' }),
      ],
    });
    const merged = planPromotion(busy, order({ from: 'development', to: ['staging'] }));
    expect(merged.rows[0]?.after).toEqual({ rules: [rule('own'), rule('new')], rulesMode: 'replace' });
  });

  it('says when an id of a rule would be in one override twice', () => {
    const environments = [environment('a'), environment('a1', 'a'), environment('b')];
    const start = state({
      environments,
      flags: [flag('f')],
      overrides: [
        override('a', 'f', { rules: [rule('same')], rulesMode: 'replace' }),
        override('a1', 'f', { rules: [{ ...rule('same'), serve: { variant: 'off' } }, rule('more')], rulesMode: 'prepend' }),
      ],
    });
    const plan = planPromotion(start, order({ from: 'a1', to: ['b'], mode: 'resolved', fields: ['rules'] }));
    expect(plan).toMatchObject({ rows: [], obstacles: [{ environment: 'b', flag: 'f', field: 'rules' }] });
    expect(plan.obstacles[0]?.detail).toContain('two rules of the same id');
    expect(planPromotion(start, order({ from: 'a1', to: ['b'], fields: ['rules'] })).obstacles).toEqual([]);
  });

  it('says when the source has no variant where the target inherits one', () => {
    const environments = [environment('a'), environment('b'), environment('b1', 'b')];
    const start = state({
      environments,
      flags: [flag('f', { offVariant: null })],
      overrides: [override('b', 'f', { offVariant: 'off' })],
    });
    const plan = planPromotion(start, order({ from: 'a', to: ['b1'], mode: 'resolved' }));
    expect(plan.rows).toEqual([]);
    expect(plan.obstacles).toMatchObject([{ environment: 'b1', flag: 'f', field: 'offVariant' }]);
  });

  it('names prerequisites that the target has differently, and promotes them on request', () => {
    const start = state({
      flags: [flag('f', { prerequisites: [{ flag: 'p', variants: ['on'] }] }), flag('p', { enabled: false })],
      overrides: [override('development', 'f', { percentage: 5 }), override('development', 'p', { enabled: true })],
    });
    const blocked = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(blocked.dependencies).toEqual([
      { environment: 'staging', flag: 'f', kind: 'prerequisite', key: 'p', state: 'differs', fields: ['enabled'] },
    ]);
    const included = planPromotion(start, order({ from: 'development', to: ['staging'], dependencies: 'include' }));
    expect(included.flags).toEqual(['f', 'p']);
    expect(included.dependencies).toMatchObject([{ key: 'p', state: 'same' }]);
  });

  it('finds what would newly be broken, in descendants too', () => {
    const start = state({
      flags: [flag('f')],
      overrides: [
        override('development', 'f', { rules: [{ id: 'r', conditions: [], serve: { variant: 'other' } }] }),
        override('staging', 'f', { defaultVariant: 'off' }),
      ],
    });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(plan.defects).toMatchObject([{ environment: 'staging', flag: 'f', field: 'rules' }]);
  });
});

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
        prune: fc.boolean(),
        reason: fc.option(fc.constant('because'), { nil: null }),
      })
      .map(({ places, ...rest }) => ({
        at,
        order: { from: places[0] as string, to: places.slice(1), flags, dependencies: 'ignore' as const, ...rest },
      }));
  });

describe('for any forest and any promotion in it', () => {
  const resolvedAll = (at: State) =>
    new Map(
      [...at.environments.values()].map((one) => [one.slug, Object.fromEntries(flagValues({ state: at, environment: one }))]),
    );

  it('promote then revert is the identity on resolved values, and on the rows themselves', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const plan = planPromotion(at, asked);
        const back = inOneGo(slicedRevert(plan.after, plan.rows));
        expect(back.conflicts).toEqual([]);
        expect(resolvedAll(back.after)).toEqual(resolvedAll(at));
        expect(inOneGo(slicedRevert(back.after, plan.rows)).rows).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('one target has afterwards, in the promoted fields, what the source had, unless something is said to stand in the way', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const [to] = asked.to as [string];
        const plan = planPromotion(at, { ...asked, to: [to], mode: 'resolved', prune: false });
        for (const key of asked.flags) {
          const id = [...at.flags.values()].find((one) => one.key === key)?.id as string;
          const [wanted, got] = [valuesIn(at, asked.from, id), valuesIn(plan.after, to, id)];
          for (const field of asked.fields) {
            const isObstacle = plan.obstacles.some((one) => one.flag === key && one.field === field);
            if (!isObstacle) expect(got[field]).toEqual(wanted[field]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is a no-op the second time', () => {
    fc.assert(
      fc.property(promotions, ({ at, order: asked }) => {
        const once = { ...asked, to: asked.to.slice(0, 1), mode: 'resolved' as const, prune: false };
        const source = environmentBySlug(at, asked.from) as Environment;
        const { after } = planPromotion(at, once);
        // A source below its target has other values by now when it inherits from it; what it gave was promoted.
        const valuesOf = (state: State) => [...flagValues({ state, environment: source })];
        fc.pre(deepEqual(valuesOf(at), valuesOf(after)));
        expect(planPromotion(after, once).rows).toEqual([]);
      }),
      { numRuns: 200 },
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
      { numRuns: 100 },
    );
  });
});

describe('diff', () => {
  const sides = forest({ environments: 5, flags: 4, segments: 2 }).chain((at) =>
    fc.tuple(fc.constant(at), fc.constantFrom(...at.environments.values()), fc.constantFrom(...at.environments.values())),
  );

  it('of a side with itself is empty', () => {
    fc.assert(
      fc.property(sides, ([at, one]) =>
        expect(diff({ state: at, environment: one }, { state: at, environment: one })).toEqual([]),
      ),
    );
  });

  it('applied to the one side gives the other', () => {
    fc.assert(
      fc.property(sides, ([at, a, b]) => {
        const [from, to] = [
          { state: at, environment: a },
          { state: at, environment: b },
        ];
        expect(applyDifferences(flagValues(from), diff(from, to))).toEqual(flagValues(to));
      }),
    );
  });

  it('applied to the past gives the present, with flags that came and went', () => {
    const two = fc.tuple(forest({ environments: 3, flags: 4 }), forest({ environments: 3, flags: 4 }));
    fc.assert(
      fc.property(two, ([then, now]) => {
        const [from, to] = [
          { state: then, environment: [...then.environments.values()][0] as Environment },
          { state: now, environment: [...now.environments.values()][0] as Environment },
        ];
        expect(applyDifferences(flagValues(from), diff(from, to))).toEqual(flagValues(to));
      }),
    );
  });

  it('keeps a stable order: by flag, then by field', () => {
    const start = state({
      flags: [flag('b'), flag('a')],
      overrides: [override('staging', 'a', { percentage: 5, enabled: false }), override('staging', 'b', { enabled: false })],
    });
    const at = (slug: string) => ({ state: start, environment: environmentBySlug(start, slug) as Environment });
    expect(diff(at('staging'), at('production')).map((one) => [one.flag, one.field])).toEqual([
      ['a', 'enabled'],
      ['a', 'percentage'],
      ['b', 'enabled'],
    ]);
  });
});
