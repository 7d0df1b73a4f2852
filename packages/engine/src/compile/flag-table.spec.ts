import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withFlags } from './flag-table.js';
import type { CompiledFlag, Snapshot } from './snapshot.js';
import { flag, snapshotOf } from '../testing/builders.js';

const KEYS = ['a', 'b', 'c', 'd'];
const flagsOf = (keys: readonly string[]) => snapshotOf(keys.map((key) => flag(key))).flags;
const newOnes = (keys: readonly string[]) => new Map(flagsOf(keys));

function expectSame(table: Snapshot['flags'], model: ReadonlyMap<string, CompiledFlag>): void {
  expect(table.size).toBe(model.size);
  expect([...table.keys()]).toEqual([...model.keys()]);
  for (const [key, value] of model) expect([key, table.get(key) === value, table.has(key)]).toEqual([key, true, true]);
  expect([table.get('none'), table.has('none')]).toEqual([undefined, false]);
  expect([...table].every(([key, value]) => model.get(key) === value)).toBe(true);
  const walked: (readonly [string, CompiledFlag])[] = [];
  table.forEach((value, key, map) => walked.push([key, map.get(key) === value ? value : undefined!]));
  expect(walked.map(([key]) => key)).toEqual([...model.keys()]);
  for (const list of [[...table.values()], [...table.entries()].map(([, value]) => value), walked.map(([, value]) => value)]) {
    expect(list.every((value, index) => value === [...model.values()][index])).toBe(true);
  }
}

describe('a table with changed flags', () => {
  it('is what a changed copy would be, before and after it is copied for those who use it, and leaves the table before it alone', () => {
    const edits = fc.array(
      fc.record({ keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1 }), reads: fc.constantFrom(0, 2000) }),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(edits, (steps) => {
        const base = flagsOf(KEYS);
        const tables: [Snapshot['flags'], Map<string, CompiledFlag>][] = [[base, new Map(base)]];
        for (const { keys, reads } of steps) {
          const [table, model] = tables.at(-1)!;
          for (let read = 0; read < reads; read++) table.get('a');
          const changed = newOnes(keys);
          tables.push([withFlags(table, changed), new Map([...model].map(([key, old]) => [key, changed.get(key) ?? old]))]);
        }
        for (const [table, model] of tables) expectSame(table, model);
        for (const [table, model] of tables) for (let time = 0; time < 5; time++) expectSame(table, model);
      }),
      { numRuns: 50 },
    );
  });

  it('stays right over many changes', () => {
    const keys = Array.from({ length: 200 }, (_, i) => `flag-${String(i).padStart(3, '0')}`);
    let table = flagsOf(keys);
    const model = new Map(table);
    for (const key of [...keys, ...keys.slice(0, 30)]) {
      const changed = newOnes([key]);
      table = withFlags(table, changed);
      model.set(key, changed.get(key)!);
    }
    expectSame(table, model);
  });
});
