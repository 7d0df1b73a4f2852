import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { snapshotDocument } from '../exchange/snapshot-document.js';
import { runToEnd } from '../interruptible.js';
import { utf8Length } from '../json/utf8.js';
import { serveOn } from '../testing/answers.js';
import { compile, environment, flag, override, segment, state, TREE } from '../testing/builders.js';
import type { State } from '../state/state.js';
import { oversized, type SizeLimits, slicedSizeChanges } from './size-changes.js';
import { slicedSizes, snapshotBytes } from './state-sizes.js';

type Rows = Parameters<typeof state>[0];

const changesOf = (before: State, after: State) => runToEnd(slicedSizeChanges(before, after));
const variant = (length: number) => [{ key: 'on', value: 'ü'.repeat(length / 2) }];
const rules = (id: string, length: number) => [
  serveOn(id, [{ attribute: 'x', operator: 'equals', values: ['a'.repeat(length)] }]),
];
const LIMITS: SizeLimits = { flags: 2, environments: 3, segments: 1, flag: 2_000, segment: 1_000, snapshot: 4_000 };
const tooLarge = (before: Rows, after: Rows) =>
  oversized(changesOf(state(before), state(after)), LIMITS).map(({ of, environment: slug, key }) => [of, slug, key]);

const randomFlags = fc
  .uniqueArray(fc.record({ key: fc.stringMatching(/^[a-z]{1,8}$/), length: fc.nat(50), archived: fc.boolean() }), {
    selector: ({ key }) => key,
    maxLength: 5,
  })
  .chain((flags) =>
    fc.record({
      flags: fc.constant(flags),
      overrides: fc.uniqueArray(
        fc.record({
          place: fc.constantFrom('production', 'staging', 'development', 'qa'),
          flag: fc.nat(4),
          length: fc.nat(50),
          mode: fc.constantFrom('replace' as const, 'prepend' as const, 'append' as const),
        }),
        { selector: ({ place, flag: index }) => `${place} ${index}`, maxLength: 8 },
      ),
      parent: fc.constantFrom('production', 'staging'),
      inheritance: fc.boolean(),
    }),
  )
  .map(({ flags, overrides, parent, inheritance }) => ({
    ...state({
      environments: [...TREE.slice(0, 3), environment('qa', parent)],
      flags: flags.map(({ key, length, archived }) =>
        flag(key, { rules: rules('r', length), archivedAt: archived ? '2026-01-01T00:00:00Z' : null }),
      ),
      overrides: overrides.flatMap(({ place, flag: index, length, mode }) => {
        const { key } = flags[index] ?? {};
        return key === undefined ? [] : [override(place, key, { rules: rules(`r-${place}`, length), rulesMode: mode })];
      }),
    }),
    inheritance,
  }));

describe('the sizes of a state', () => {
  it('are what the snapshots of its environments take, but for the slugs that they inherit from', () => {
    fc.assert(
      fc.property(randomFlags, (at) => {
        for (const [slug, bytes] of snapshotBytes(at, runToEnd(slicedSizes(at)))) {
          const { flags } = snapshotDocument(compile(at, slug), { details: true });
          const text = JSON.stringify(flags, (name, value: unknown) => (name === 'sources' ? undefined : value));
          const slugs = Object.values(flags).reduce(
            (sum, row) => sum + ('inheritedFrom' in row && row.inheritedFrom ? row.inheritedFrom.length - 2 : 0),
            0,
          );
          expect(bytes).toBeGreaterThanOrEqual(utf8Length(text) - slugs - 2);
          expect(bytes - utf8Length(text)).toBeLessThanOrEqual(12 * Object.keys(flags).length);
        }
      }),
    );
  });

  it('come to the same from what they were before', () => {
    fc.assert(
      fc.property(randomFlags, randomFlags, (before, after) => {
        const [from, to] = [{ ...before }, { ...after, inheritance: before.inheritance }];
        runToEnd(slicedSizes(from));
        expect(snapshotBytes(to, runToEnd(slicedSizes(to, from)))).toEqual(snapshotBytes(to, runToEnd(slicedSizes({ ...to }))));
      }),
    );
  });
});

describe('what is too large', () => {
  it('is a flag, where nobody overrides it and where somebody does', () => {
    expect(tooLarge({}, { flags: [flag('f', { variants: variant(2_000) })] })).toEqual([['flag', null, 'f']]);
    const small = { flags: [flag('f')] };
    expect(tooLarge(small, { ...small, overrides: [override('staging', 'f', { variants: variant(2_000) })] })).toEqual([
      ['flag', 'staging', 'f'],
    ]);
  });

  it('is a flag whose rules are small, and large with those that it inherits', () => {
    const above = [override('production', 'f', { rules: rules('a', 1_000) })];
    const below = override('staging', 'f', { rules: rules('b', 1_000), rulesMode: 'prepend' });
    const rows = { flags: [flag('f')], overrides: above };
    expect(tooLarge(rows, { ...rows, overrides: [...above, below] })).toEqual([['flag', 'staging', 'f']]);
    const alone = [environment('production'), environment('staging'), environment('development', 'staging')];
    const both = { flags: [flag('f')], overrides: [...above, below] };
    expect(tooLarge({ ...both, environments: alone }, both)).toEqual([['flag', 'staging', 'f']]);
    expect(tooLarge(both, both)).toEqual([]);
  });

  it('is a segment, a snapshot, and the number of rows', () => {
    const long = segment('s', [{ attribute: 'x', operator: 'equals', values: ['a'.repeat(1_000)] }]);
    expect(tooLarge({}, { segments: [long] })).toEqual([['segment', null, 's']]);
    expect(tooLarge({}, { segments: [segment('s', []), segment('t', [])] })).toEqual([['segments', null, null]]);
    const heavy = ['a', 'b', 'c'].map((key) => flag(key, { variants: variant(1_200), archivedAt: null }));
    expect(tooLarge({}, { flags: heavy.slice(0, 2) })).toEqual([]);
    const places = ['production', 'staging', 'development'].map((slug) => ['snapshot', slug, null]);
    expect(tooLarge({}, { flags: heavy })).toEqual([['flags', null, null], ...places]);
    expect(tooLarge({}, { environments: TREE })).toEqual([['environments', null, null]]);
  });

  it('is nothing that was so before, or is smaller now, nor what a new environment inherits', () => {
    const large = flag('f', { variants: variant(5_000) });
    expect(tooLarge({ flags: [large] }, { flags: [{ ...large, enabled: false }] })).toEqual([]);
    expect(tooLarge({ flags: [large] }, { flags: [flag('f', { variants: variant(4_000) })] })).toEqual([]);
    const grown = tooLarge({ flags: [large] }, { flags: [flag('f', { variants: variant(5_002) })] });
    expect(grown).toContainEqual(['flag', null, 'f']);
    const [root] = TREE;
    const one = { flags: [large], environments: root ? [root] : [] };
    expect(tooLarge(one, { ...one, environments: TREE.slice(0, 2) })).toEqual([]);
  });
});
