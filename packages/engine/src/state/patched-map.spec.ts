import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differingKeys, IndexBy, MapDraft, PatchedMap } from './patched-map.js';

interface Thing {
  id: string;
  name: string;
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const edit = fc.record({ key, name: fc.option(fc.constantFrom('x', 'y', 'z')) });
const steps = fc.array(fc.array(edit, { maxLength: 4 }), { maxLength: 8 });

/** After each step the map as drafts make it, never copied, and as changes to a copy make it. */
function along(all: { key: string; name: string | null }[][]): [ReadonlyMap<string, Thing>, ReadonlyMap<string, Thing>][] {
  const first = new Map(['a', 'b', 'c', 'd'].map((id) => [id, { id, name: id }]));
  const maps: [ReadonlyMap<string, Thing>, ReadonlyMap<string, Thing>][] = [[first, new Map(first)]];
  for (const edits of all) {
    const [map, model] = maps.at(-1)!;
    const [draft, copy] = [new MapDraft(map, 0), new Map(model)];
    for (const { key: id, name } of edits) {
      const thing = name === null ? null : { id, name };
      if (thing) draft.put(id, thing);
      else draft.delete(id);
      if (thing) copy.set(id, thing);
      else copy.delete(id);
      expect(draft.get(id)).toBe(copy.get(id));
    }
    maps.push([draft.finish(), copy]);
  }
  return maps;
}

describe('a patched map', () => {
  it('is what a changed copy would be, in the same order, whatever comes after it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const [map, model] of along(all)) {
          expect([...map]).toEqual([...model]);
          expect([...map.keys()]).toEqual([...model.keys()]);
          expect([...map.values()]).toEqual([...model.values()]);
          expect(map.size).toBe(model.size);
          const told: string[] = [];
          map.forEach((value, id, whole) => told.push(whole.get(id) === value ? id : ''));
          expect(told).toEqual([...model.keys()]);
          for (const id of 'abcdefg') expect([map.get(id), map.has(id)]).toEqual([model.get(id), model.has(id)]);
        }
      }),
    );
  });

  it('differs from another one where the copies differ', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (all, one, other) => {
        const maps = along(all);
        const [[a, was], [b, is]] = [maps[one % maps.length]!, maps[other % maps.length]!];
        const expected = [...new Set([...was.keys(), ...is.keys()])].filter((id) => was.get(id) !== is.get(id));
        expect(differingKeys(a, b).sort()).toEqual(expected.sort());
        expect(differingKeys(was, is).sort()).toEqual(expected.sort());
      }),
    );
  });

  it('finds by another name what the copy has under it', () => {
    const byName = new IndexBy<Thing>(
      ({ id }) => id,
      ({ name }) => [name],
    );
    fc.assert(
      fc.property(steps, (all) => {
        for (const [map, model] of along(all)) {
          for (const name of 'abxyz') {
            const expected = [...model.values()].filter((thing) => thing.name === name);
            expect(new Set(byName.all(map, name))).toEqual(new Set(expected));
            expect(byName.last(map, name) === undefined).toBe(expected.length === 0);
          }
        }
      }),
    );
  });

  it('is not made where a copy costs no more, nor where much is different, and not at all where nothing is', () => {
    const large = new Map(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, { id: `k${i}` }]));
    const changed = (map: ReadonlyMap<string, { id: string }>, count: number) => {
      const draft = new MapDraft(map);
      for (let i = 0; i < count; i++) draft.put(`k${i}`, { id: 'x' });
      return draft.finish();
    };
    expect(changed(large, 1)).toBeInstanceOf(PatchedMap);
    expect(changed(changed(large, 1), 1)).toBeInstanceOf(PatchedMap);
    expect(changed(large, 65)).toBeInstanceOf(Map);
    expect(changed(new Map([['k0', { id: 'k0' }]]), 1)).toBeInstanceOf(Map);
    expect(changed(large, 0)).toBe(large);
  });
});
