import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEntries, buildState, emptyState, rewindEntries, type Entry, type State } from './state.js';
import { environment, flag, override, segment, state } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import { rowOf } from './rows.js';

const base = state({
  revision: 5,
  flags: [flag('f'), flag('g')],
  overrides: [override('staging', 'f', { enabled: false }), override('production', 'g', { enabled: false })],
  segments: [segment('s', [])],
});

function entry(revision: number, table: Entry['table'], before: object | null, after: object | null): Entry {
  return { revision, table, before: before && rowOf(before), after: after && rowOf(after) };
}

const all = (of: State): unknown[] => [of.environments, of.flags, of.overrides, of.segments];

describe('a state of no rows', () => {
  it('is at revision 0', () => {
    expect(emptyState()).toEqual({
      revision: 0,
      inheritance: true,
      environments: new Map(),
      flags: new Map(),
      overrides: new Map(),
      segments: new Map(),
    });
  });

  it('says whether environments inherit, and so do all states that come of it', () => {
    const row = { id: 'f', key: 'f' };
    const entries: Entry[] = [{ revision: 1, table: 'flags', before: null, after: row }];
    const later = applyEntries(emptyState(false), entries);
    expect([emptyState(false), later, rewindEntries(later, entries, 0)].map(({ inheritance }) => inheritance)).toEqual([
      false,
      false,
      false,
    ]);
    expect(buildState({ revision: 1, environments: [], flags: [], overrides: [], segments: [] }).inheritance).toBe(true);
  });
});

describe('applyEntries', () => {
  it('builds from nothing what the rows say', () => {
    const rows = [
      entry(1, 'environments', null, environment('production')),
      entry(2, 'flags', null, flag('f')),
      entry(3, 'environment_flags', null, override('production', 'f', { percentage: 0 })),
      entry(4, 'segments', null, segment('s', [{ attribute: 'a', operator: 'exists' }])),
    ];
    expect(applyEntries(emptyState(), rows)).toEqual(
      buildState({
        revision: 4,
        environments: [environment('production')],
        flags: [flag('f')],
        overrides: [override('production', 'f', { percentage: 0 })],
        segments: [segment('s', [{ attribute: 'a', operator: 'exists' }])],
      }),
    );
  });

  it('ignores entries that the state already holds', () => {
    const old = entry(5, 'flags', flag('f'), null);
    expect(applyEntries(base, [old, entry(4, 'flags', flag('g'), null)])).toEqual(base);
    expect(applyEntries(base, [old, entry(6, 'flags', flag('g'), null)]).flags).toEqual(new Map([['f', flag('f')]]));
  });

  it('leaves the state that it is given as it was, and shares what did not change', () => {
    const next = applyEntries(base, [
      entry(6, 'environment_flags', override('staging', 'f', { enabled: false }), override('staging', 'f', { enabled: true })),
    ]);
    expect(base.overrides.get('f')?.get('staging')?.enabled).toBe(false);
    expect(next.overrides.get('f')?.get('staging')?.enabled).toBe(true);
    expect(next.overrides.get('g')).toBe(base.overrides.get('g'));
    expect([next.environments, next.flags, next.segments]).toEqual([base.environments, base.flags, base.segments]);
    expect(next.environments).toBe(base.environments);
    expect(next.flags).toBe(base.flags);
    expect(next.segments).toBe(base.segments);
  });

  it('changes nothing but the revision for a token', () => {
    const next = applyEntries(base, [{ revision: 9, table: 'tokens', before: null, after: { id: 't' } }]);
    expect(next).toEqual({ ...base, revision: 9 });
    expect(next.flags).toBe(base.flags);
  });

  it.each(['tokens', 'checks', 'pipelines', 'promotions'] as const)('shares everything after a change of %s', (table) => {
    const next = applyEntries(base, [{ revision: 9, table, before: { id: 't' }, after: { id: 't' } }]);
    expect(next).toEqual({ ...base, revision: 9 });
    for (const [index, map] of all(next).entries()) expect(map).toBe(all(base)[index]);
  });

  it('finds a row under its new key only, and another of the same key in its place', () => {
    const renamed = applyEntries(base, [entry(6, 'segments', segment('s', []), segment('t', []))]);
    expect(renamed.segments).toEqual(new Map([['t', segment('t', [])]]));
    const moved = applyEntries(base, [entry(6, 'environment_flags', override('staging', 'f'), override('development', 'f'))]);
    expect([...moved.overrides.get('f')!.keys()]).toEqual(['development']);
    const edited = applyEntries(base, [entry(6, 'flags', flag('f'), flag('f', { percentage: 5 }))]);
    expect([...edited.flags.keys()]).toEqual(['f', 'g']);
    expect(edited.flags.get('f')).toEqual(flag('f', { percentage: 5 }));
  });

  it('takes out what was removed, of every kind', () => {
    const next = applyEntries(base, [
      entry(6, 'segments', segment('s', []), null),
      entry(6, 'flags', flag('f'), null),
      entry(6, 'environments', environment('development', 'staging'), null),
    ]);
    expect([next.segments, next.flags, next.environments].map((map) => [...map.keys()])).toEqual([
      [],
      ['g'],
      ['production', 'staging'],
    ]);
    expect([base.segments, base.flags, base.environments].map((map) => map.size)).toEqual([1, 2, 3]);
  });

  it('copies the overrides of a flag once, however many entries there are for it', () => {
    const next = applyEntries(base, [
      entry(6, 'environment_flags', null, override('production', 'f', { percentage: 1 })),
      entry(7, 'environment_flags', null, override('development', 'f', { percentage: 2 })),
    ]);
    expect([...next.overrides.get('f')!.keys()]).toEqual(['staging', 'production', 'development']);
    expect([...base.overrides.get('f')!.keys()]).toEqual(['staging']);
  });

  it('takes out the last override of a flag with its map', () => {
    const next = applyEntries(base, [entry(6, 'environment_flags', override('staging', 'f'), null)]);
    expect([...next.overrides.keys()]).toEqual(['g']);
  });

  it('follows a row through several entries of one batch', () => {
    const next = applyEntries(base, [
      entry(6, 'environment_flags', override('staging', 'f'), null),
      entry(6, 'environment_flags', null, override('staging', 'f', { percentage: 1 })),
      entry(7, 'environment_flags', override('staging', 'f', { percentage: 1 }), override('staging', 'f', { percentage: 2 })),
      entry(7, 'environment_flags', null, override('development', 'f', { percentage: 3 })),
    ]);
    expect(Array.from(next.overrides.get('f')!, ([slug, row]) => [slug, row.percentage])).toEqual([
      ['staging', 2],
      ['development', 3],
    ]);
    expect(next.revision).toBe(7);
  });

  it('reads numeric columns that arrive as text', () => {
    const row = { ...rowOf(flag('f')), percentage: '12.500' };
    expect(
      applyEntries(emptyState(), [{ revision: 1, table: 'flags', before: null, after: row }]).flags.get('f')?.percentage,
    ).toBe(12.5);
  });
});

describe('rewindEntries', () => {
  it('is the inverse of applyEntries', () => {
    fc.assert(
      fc.property(journey(), ({ from, to, entries }) => {
        const applied = applyEntries(from, entries);
        expect(applied).toEqual({ ...to, revision: entries.at(-1)!.revision });
        const rewound = rewindEntries(applied, entries, from.revision);
        expect(rewound).toEqual(from);
        expect(applyEntries(rewound, entries)).toEqual(applied);
      }),
      { numRuns: 200 },
    );
  });

  it('stops at any revision on the way where applying up to there stops', () => {
    fc.assert(
      fc.property(journey(), fc.nat(), ({ from, entries }, pick) => {
        const revision = entries[pick % entries.length]!.revision;
        const upToThere = applyEntries(
          from,
          entries.filter((one) => one.revision <= revision),
        );
        expect(rewindEntries(applyEntries(from, entries), entries, revision)).toEqual(upToThere);
      }),
      { numRuns: 200 },
    );
  });

  it('goes no further forward than the state is', () => {
    expect(rewindEntries(base, [], 9)).toEqual(base);
    expect(rewindEntries(base, [], 3)).toEqual({ ...base, revision: 3 });
  });

  it('passes over entries that the state does not hold yet', () => {
    const later = entry(9, 'flags', null, flag('h'));
    expect(rewindEntries(base, [entry(5, 'flags', null, flag('g')), later], 4).flags).toEqual(new Map([['f', flag('f')]]));
    expect(rewindEntries(base, [later], 7)).toEqual(base);
  });
});
