import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug } from '../state/chain.js';
import { flagValues } from '../compare/diff.js';
import { effect } from '../compare/effect.js';
import { deepEqual } from '../json/equal.js';
import { planPromotion } from './promotion-plan.js';
import { PROMOTION_MODES } from './promote-flag.js';
import { slicedRevert } from './revert-plan.js';
import { runToEnd } from '../interruptible.js';
import type { State } from '../state/state.js';
import { forest } from '../testing/arbitraries.js';
import { valuesIn } from '../testing/promotions.js';
import { type Environment, FLAG_FIELDS } from '../types.js';

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
        const back = runToEnd(slicedRevert(plan.after, plan.rows));
        expect(back.conflicts).toEqual([]);
        expect(resolvedAll(back.after)).toEqual(resolvedAll(at));
        expect(runToEnd(slicedRevert(back.after, plan.rows)).rows).toEqual([]);
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
