import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEntries, defectsAcross, type Entry, environmentsInTreeOrder, runToEnd, type State } from '@flagtree/engine';
import { entry, environment, flag, journey, override, runs, state as stateOf } from '@flagtree/engine/testing';
import { introducedBy } from './new-defects.js';

const introduced = (before: State, entries: readonly Entry[]) =>
  runToEnd(introducedBy({ before, state: applyEntries(before, entries), entries }));

/** Of every flag in every environment, whatever a change touches. */
const allDefects = (state: State) =>
  [...state.flags.values()]
    .filter(({ archivedAt }) => archivedAt === null)
    .flatMap((one) => defectsAcross(state, one, environmentsInTreeOrder(state)));

describe('what a change newly breaks', () => {
  it('is all that is broken after it and was not before, in no environment where one is new', () => {
    fc.assert(
      fc.property(journey({ environments: 4, flags: 4, segments: 2 }), ({ from, entries }) => {
        let before = from;
        for (const revision of new Set(entries.map((one) => one.revision))) {
          const news = entries.filter((one) => one.revision === revision);
          const after = applyEntries(before, news);
          const isOld = new Set([...before.environments.values()].map(({ slug }) => slug));
          const sign = (where: string | null, { flag: key, field, code, detail }: ReturnType<typeof allDefects>[number]) =>
            JSON.stringify([where, key, field, code, detail]);
          const known = new Set(allDefects(before).flatMap((one) => [sign(one.environment, one), sign(null, one)]));
          const expected = allDefects(after).filter(
            (one) => !known.has(sign(isOld.has(one.environment) ? one.environment : null, one)),
          );
          const told = introduced(before, news).map((one) => sign(one.environment, one));
          expect(new Set(told)).toEqual(new Set(expected.map((one) => sign(one.environment, one))));
          before = after;
        }
      }),
      { numRuns: runs(75, 300) },
    );
  });

  it('costs what is touched: nothing for a new environment below another, one flag for its override, all flags for a new root', () => {
    const before = stateOf({ flags: Array.from({ length: 50 }, (_, i) => flag(`f${i}`)) });
    const steps = (...entries: Entry[]) => {
      const state = applyEntries(before, entries);
      return [...introducedBy({ before, state, entries })].length;
    };
    const leaf = entry(2, 'environments', null, environment('pr-1', 'development'));
    const own = entry(2, 'environment_flags', null, override('pr-1', 'f1', { enabled: false }));
    expect(steps(leaf)).toBe(1);
    expect(steps(leaf, own)).toBe(3);
    expect(steps(entry(2, 'environments', null, environment('root')))).toBe(51);
  });
});
