import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEntries, buildState, emptyState, rewindEntries, type Entry } from './state.js';
import { environment, flag, override, segment, state } from './testing/builders.js';
import { journey, rowOf } from './testing/entries.js';

const base = state({
  revision: 5,
  flags: [flag('f'), flag('g')],
  overrides: [override('staging', 'f', { enabled: false }), override('production', 'g', { enabled: false })],
  segments: [segment('s', [])],
});

function entry(revision: number, table: Entry['table'], before: object | null, after: object | null): Entry {
  return { revision, table, before: before && rowOf(before as never), after: after && rowOf(after as never) };
}

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

  it('passes over entries that the state does not hold yet', () => {
    const later = entry(9, 'flags', null, flag('h'));
    expect(rewindEntries(base, [entry(5, 'flags', null, flag('g')), later], 4).flags).toEqual(new Map([['f', flag('f')]]));
    expect(rewindEntries(base, [later], 7)).toEqual(base);
  });
});
