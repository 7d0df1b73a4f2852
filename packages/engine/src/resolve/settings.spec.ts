import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf, environmentBySlug } from '../state/chain.js';
import type { State } from '../state/state.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, state } from '../testing/builders.js';
import type { Environment } from '../types.js';
import { effectiveSettings, KNOWN_SETTINGS, resolveGuard, resolveSettings } from './settings.js';

const named = (at: State, slug: string) => environmentBySlug(at, slug) as Environment;

const tree = state({
  environments: [
    environment('production', null, { settings: { protected: true, team: 'core', limits: { rps: 5 }, mode: 'x' } }),
    environment('staging', 'production', { settings: { protected: false, require_approval: true, team: 'core' } }),
    environment('development', 'staging', { settings: { mode: 'y' } }),
  ],
});

describe('settings', () => {
  it('resolve key by key to the nearest environment that sets one, with where it comes from', () => {
    expect(resolveSettings(tree, named(tree, 'staging'))).toEqual({
      limits: { value: { rps: 5 }, source: { kind: 'environment', slug: 'production' }, state: 'inherited' },
      mode: { value: 'x', source: { kind: 'environment', slug: 'production' }, state: 'inherited' },
      protected: { value: false, source: { kind: 'environment', slug: 'staging' }, state: 'overridden' },
      require_approval: { value: true, source: { kind: 'environment', slug: 'staging' }, state: 'overridden' },
      team: { value: 'core', source: { kind: 'environment', slug: 'staging' }, state: 'overridden-equal' },
    });
  });

  it('are equal to what is inherited by the nearest environment above alone', () => {
    const rows = state({
      environments: [
        environment('a', null, { settings: { k: 1 } }),
        environment('b', 'a', { settings: { k: 2 } }),
        environment('c', 'b', { settings: { k: 1 } }),
      ],
    });
    expect(resolveSettings(rows, named(rows, 'c'))['k']?.state).toBe('overridden');
  });

  it('free a child that says false below a guarded parent, and what is below that child', () => {
    expect(effectiveSettings(tree, named(tree, 'production'))).toMatchObject({ protected: true, require_approval: false });
    expect(effectiveSettings(tree, named(tree, 'development'))).toEqual({
      limits: { rps: 5 },
      mode: 'y',
      protected: false,
      require_approval: true,
      team: 'core',
    });
    expect(resolveGuard(tree, named(tree, 'development'), 'protected')).toEqual({ holds: false, by: 'staging' });
    expect(resolveGuard(tree, named(tree, 'production'), 'require_approval')).toEqual({ holds: false, by: null });
  });

  it('guard an environment that inherits from itself, since nobody can tell', () => {
    const circle = state({ environments: [environment('one', 'two'), environment('two', 'one'), environment('below', 'two')] });
    for (const slug of ['one', 'two', 'below'])
      expect(resolveGuard(circle, named(circle, slug), 'protected')).toEqual({ holds: true, by: null });
  });

  it('take only true for true, and pass over what a hand wrote past the guards', () => {
    const rows = state({
      environments: [
        environment('root', null, { settings: { protected: true, note: 'kept' } }),
        environment('odd', 'root', { settings: { protected: 'yes', require_approval: null, note: null } as never }),
        environment('none', 'root', { settings: null as never }),
      ],
    });
    for (const slug of ['odd', 'none'])
      expect(effectiveSettings(rows, named(rows, slug))).toEqual({ protected: true, require_approval: false, note: 'kept' });
  });

  it('are, in any forest, each the value of the first link of the chain that has the key', () => {
    fc.assert(
      fc.property(forest({ environments: 6, flags: 1, segments: 1 }), (at) => {
        for (const one of at.environments.values()) {
          const resolved = resolveSettings(at, one);
          for (const key of KNOWN_SETTINGS) {
            const nearest = chainOf(at, one).find(({ settings }) => settings[key] !== undefined);
            expect(resolved[key]?.value).toEqual(nearest?.settings[key]);
            expect(resolved[key]?.source).toEqual(nearest && { kind: 'environment', slug: nearest.slug });
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
