import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug } from '../state/chain.js';
import { applyDifferences, diff, flagValues } from './diff.js';
import type { State } from '../state/state.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';
import type { Environment } from '../types.js';

const side = (at: State, slug: string) => ({ state: at, environment: environmentBySlug(at, slug) as Environment });

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

  it('tells each value with where it comes from, and of what no environment overrides only the value', () => {
    const then = state({ flags: [flag('f', { salt: 's' })], overrides: [override('production', 'f', { percentage: 20 })] });
    const now = state({
      flags: [flag('f', { prerequisites: [{ flag: 'g', variants: ['on'] }] })],
      overrides: [override('staging', 'f', { percentage: 50, enabled: true }), override('production', 'f', { enabled: false })],
    });
    const [production, staging] = ['production', 'staging'].map((slug) => ({ kind: 'environment', slug }));
    const base = (value: unknown) => ({ value, source: null, state: null });
    const percentage = {
      flag: 'f',
      field: 'percentage',
      from: { value: 20, source: production, state: 'inherited' },
      to: { value: 50, source: staging, state: 'overridden' },
    };
    expect(diff(side(then, 'staging'), side(now, 'staging'))).toEqual([
      percentage,
      { flag: 'f', field: 'prerequisites', from: base([]), to: base([{ flag: 'g', variants: ['on'] }]) },
      { flag: 'f', field: 'salt', from: base('s'), to: base('f') },
    ]);
    expect(diff(side(withoutInheritance(then), 'staging'), side(withoutInheritance(now), 'staging'))[0]).toEqual({
      ...percentage,
      from: { value: 100, source: { kind: 'flag' }, state: 'inherited' },
    });
  });

  it('says of a flag on one side that it exists there, then each of its fields; an archived one does not', () => {
    const none = side(state({ flags: [flag('f', { archivedAt: '2026-01-01T00:00:00Z' })] }), 'staging');
    const one = side(state({ flags: [flag('f')] }), 'staging');
    const { enabled, percentage, rules, variants, defaultVariant, offVariant, ...rest } = flag('f');
    const { prerequisites, bucketing, onMissingKey, metadata } = rest;
    const base = { prerequisites, bucketing, salt: 'f', onMissingKey, metadata };
    const nothing = { value: null, source: null, state: null };
    const fields = { enabled, percentage, rules, variants, defaultVariant, offVariant };
    const told = [
      ...Object.entries(fields).map(([field, value]) => ({ field, is: { value, source: { kind: 'flag' }, state: 'inherited' } })),
      ...Object.entries(base).map(([field, value]) => ({ field, is: { ...nothing, value } })),
    ];
    const exists = (value: boolean) => ({ ...nothing, value });
    expect(diff(none, one)).toEqual([
      { flag: 'f', field: 'exists', from: exists(false), to: exists(true) },
      ...told.map(({ field, is }) => ({ flag: 'f', field, from: nothing, to: is })),
    ]);
    expect(diff(one, none)).toEqual([
      { flag: 'f', field: 'exists', from: exists(true), to: exists(false) },
      ...told.map(({ field, is }) => ({ flag: 'f', field, from: is, to: nothing })),
    ]);
    expect(flagValues(none)).toEqual(new Map());
    expect(flagValues(one)).toEqual(new Map([['f', { ...fields, ...base }]]));
  });

  it('takes the environment as the state has it, with the parent that it has there', () => {
    const at = state({ flags: [flag('f')], overrides: [override('production', 'f', { enabled: false })] });
    const apart = { ...at, environments: new Map(at.environments).set('staging', environment('staging')) };
    expect(diff({ state: at, environment: apart.environments.get('staging')! }, side(at, 'production'))).toEqual([]);
    const unknown = { state: at, environment: environment('new', 'production') };
    expect(diff(unknown, side(at, 'production'))).toEqual([]);
  });

  it('keeps a stable order: by flag, then by field', () => {
    const start = state({
      flags: [flag('b'), flag('a')],
      overrides: [override('staging', 'a', { percentage: 5, enabled: false }), override('staging', 'b', { enabled: false })],
    });
    expect(diff(side(start, 'staging'), side(start, 'production')).map((one) => [one.flag, one.field])).toEqual([
      ['a', 'enabled'],
      ['a', 'percentage'],
      ['b', 'enabled'],
    ]);
  });
});
