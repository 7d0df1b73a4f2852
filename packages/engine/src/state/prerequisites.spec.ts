import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endlessPrerequisites, MAX_PREREQUISITE_DEPTH } from './prerequisites.js';

const graph = fc.dictionary(fc.constantFrom(...'abcdefgh'), fc.array(fc.constantFrom(...'abcdefghxyz'), { maxLength: 3 }));

/** Walks on from a key for as long as the limit allows and longer. */
function walksOn(required: ReadonlyMap<string, readonly string[]>, key: string, hops = 0): boolean {
  if (hops > 9) return true;
  return (required.get(key) ?? []).some((other) => walksOn(required, other, hops + 1));
}

describe('endlessPrerequisites', () => {
  it('are those from which one can walk on for ever', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const required = new Map(Object.entries(edges));
        expect(endlessPrerequisites(required)).toEqual(new Set([...required.keys()].filter((key) => walksOn(required, key))));
      }),
      { numRuns: 2000 },
    );
  });

  it('are those that go deeper than the limit, too', () => {
    const chain = new Map(Array.from({ length: MAX_PREREQUISITE_DEPTH + 1 }, (_, index) => [`f${index}`, [`f${index + 1}`]]));
    expect(endlessPrerequisites(chain)).toEqual(new Set(['f0']));
    chain.delete('f0');
    expect(endlessPrerequisites(chain)).toEqual(new Set());
  });
});
