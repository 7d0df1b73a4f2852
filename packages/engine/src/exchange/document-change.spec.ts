import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from '../compile/snapshot.js';
import type { State } from '../state/state.js';
import { spoiling } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, segment, state as aState } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import { runs } from '../testing/runs.js';
import type { Condition } from '../types.js';
import { CompiledTree, keysThatMayDiffer } from '../tree/compiled-tree.js';
import { type DocumentChange, documentChange } from './document-change.js';
import { type SnapshotDocument, snapshotDocument } from './snapshot-document.js';

const sent = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

function keysOf(before: Snapshot, after: Snapshot): string[] {
  const candidates = keysThatMayDiffer(before, after) ?? new Set([...before.flags.keys(), ...after.flags.keys()]);
  return [...candidates].filter((key) => before.flags.get(key)?.digest !== after.flags.get(key)?.digest);
}

function applied(document: SnapshotDocument, change: DocumentChange, { revision, etag }: Snapshot): SnapshotDocument {
  const patched = <T>(rows: Record<string, T>, changes: Record<string, T | null>) =>
    Object.fromEntries(Object.entries({ ...rows, ...changes }).filter((row): row is [string, T] => row[1] !== null));
  const { flags, segments } = document;
  return { ...document, revision, etag, flags: patched(flags, change.flags), segments: patched(segments, change.segments) };
}

const histories = fc.oneof(
  spoiling().map(({ sound, spoilt }) => [sound, spoilt, sound]),
  journey({ environments: 3, flags: 4, segments: 2 }).map(({ from, to }) => [from, to, from]),
);

function snapshots(states: readonly State[], slug: string): Snapshot[] {
  let tree = CompiledTree.empty();
  return states.map((at) => (tree = tree.to(at)).snapshot(slug)).filter((at): at is Snapshot => at !== undefined && !(at instanceof Error)); // prettier-ignore
}

describe('a change of a document', () => {
  it('makes the document of what was before that of what is now', () => {
    fc.assert(
      fc.property(histories, (states) => {
        for (const { slug } of (states[0] as State).environments.values()) {
          const steps = snapshots(states, slug);
          for (const [place, after] of steps.entries()) {
            const before = steps[place - 1];
            if (before === undefined) continue;
            const change = documentChange(before, after, keysOf(before, after));
            if (change === null) continue;
            expect(applied(sent(snapshotDocument(before)), sent(change), after)).toEqual(sent(snapshotDocument(after)));
          }
        }
      }),
      { numRuns: runs(60, 200) },
    );
  });

  const uses = (key: string) => [{ id: 'r', conditions: [{ segment: key }], serve: { variant: 'on' } }];
  const mail = (value: string): Condition[] => [{ attribute: 'mail', operator: 'equals', values: [value] }];
  const environments = [environment('production')];
  const changeOf = (...states: State[]) => {
    const [before, after] = snapshots(states, 'production') as [Snapshot, Snapshot];
    return documentChange(before, after, keysOf(before, after));
  };

  it('names what is gone, and only what differs', () => {
    const before = aState({
      environments,
      flags: [flag('a', { rules: uses('staff') }), flag('b'), flag('c', { rules: uses('same') })],
      segments: [segment('staff', mail('x')), segment('same', mail('y'))],
    });
    const after = aState({ environments, flags: [flag('b'), flag('c', { rules: uses('same') }), flag('d')], segments: [segment('same', mail('y'))] }); // prettier-ignore
    expect(changeOf(before, after)).toMatchObject({ flags: { a: null, d: { type: 'boolean' } }, segments: { staff: null } });
    expect(Object.keys(changeOf(before, after)?.flags ?? {}).sort()).toEqual(['a', 'd']);
  });

  it('is none where the environment has another name as well', () => {
    const renamed = aState({ environments: [environment('production', null, { aliases: ['live'] })], flags: [flag('a')] });
    expect(changeOf(aState({ environments, flags: [flag('a')] }), renamed)).toBeNull();
  });
});
