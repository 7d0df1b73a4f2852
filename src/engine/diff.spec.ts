import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug } from './chain.js';
import { applyDifferences, diff, flagValues } from './diff.js';
import { forest } from './testing/arbitraries.js';
import { flag, override, state } from './testing/builders.js';
import type { Environment } from './types.js';

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
