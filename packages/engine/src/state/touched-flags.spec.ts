import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { State } from './state.js';
import { flag, override, state } from '../testing/builders.js';
import { touchedFlags } from './touched-flags.js';

const [a, b, c] = [flag('a'), flag('b'), flag('c')];
const keys = (before: State, after: State) => touchedFlags(before, after).map(({ key }) => key);
const of = (...flags: (typeof a)[]) => state({ flags });

describe('touchedFlags', () => {
  it('are none between states that hold the same rows', () => {
    expect(keys(of(a, b), of(a, b))).toEqual([]);
    const one = of(a, b);
    expect(keys(one, { ...one, revision: 2 })).toEqual([]);
  });

  it('are those that came, went, were written or moved', () => {
    expect(keys(of(a), of(a, b, c))).toEqual(['b', 'c']);
    expect(keys(of(a, b, c), of(a))).toEqual(['b', 'c']);
    expect(keys(of(a, b, c), of(b, c))).toEqual(['a']);
    expect(keys(of(b, c), of(a, b, c))).toEqual(['a']);
    expect(keys(of(a, b, c), of(a, flag('b'), c))).toEqual(['b']);
    expect(keys(of(a, b), of(flag('c'), flag('a')))).toEqual(['c', 'a', 'b']);
    expect(keys(of(), of(a))).toEqual(['a']);
    expect(keys(of(a), of())).toEqual(['a']);
  });

  it('are as the later state has them, or as they last were', () => {
    const [old, young] = [flag('a', { name: 'old' }), flag('a', { name: 'young' })];
    expect(touchedFlags(of(old, b), of(young))).toEqual([young, b]);
  });

  it('are those of which an override came, went or was written, too', () => {
    const rows = override('production', 'b');
    const with_ = state({ flags: [a, b, c], overrides: [rows] });
    expect(keys(of(a, b, c), with_)).toEqual(['b']);
    expect(keys(with_, of(a, b, c))).toEqual(['b']);
    expect(keys(with_, state({ flags: [a, b, c], overrides: [{ ...rows }] }))).toEqual(['b']);
    expect(keys(of(a, b), state({ flags: [a, flag('b')], overrides: [rows] }))).toEqual(['b']);
  });

  it('are not those of which only an override without a flag is left', () => {
    const orphan = state({ overrides: [override('production', 'gone')] });
    expect(keys(of(), orphan)).toEqual([]);
  });

  it('are found anew for each pair of states, and once for the same', () => {
    const [before, after, other] = [of(a), of(a, b), of(a, c)];
    const first = touchedFlags(before, after);
    expect(touchedFlags(before, after)).toBe(first);
    expect(keys(before, other)).toEqual(['c']);
    expect(keys(other, after)).toEqual(['b', 'c']);
    expect(keys(before, after)).toEqual(['b']);
  });

  it('are all of which the row or the overrides differ, in whatever order each state has them', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const versions = (id: string) => [0, 1].map((version) => ({ id, row: flag(id, { version }), overrides: new Map() }));
    const pool = ids.map(versions);
    const side = fc
      .tuple(fc.shuffledSubarray(pool), fc.infiniteStream(fc.nat(1)))
      .map(([some, picks]) => some.map((two) => two[picks.next().value as number]!));
    fc.assert(
      fc.property(side, side, side, side, (flags, overrides, laterFlags, laterOverrides) => {
        const of = (rows: typeof flags, more: typeof flags): State => ({
          ...state({}),
          flags: new Map(rows.map(({ id, row }) => [id, row])),
          overrides: new Map(more.map(({ id, overrides }) => [id, overrides])),
        });
        const [before, after] = [of(flags, overrides), of(laterFlags, laterOverrides)];
        const isKnown = (id: string) => before.flags.has(id) || after.flags.has(id);
        const differs = (id: string) =>
          before.flags.get(id) !== after.flags.get(id) || before.overrides.get(id) !== after.overrides.get(id);
        expect(keys(before, after).sort()).toEqual(ids.filter((id) => isKnown(id) && differs(id)));
      }),
    );
  });
});
