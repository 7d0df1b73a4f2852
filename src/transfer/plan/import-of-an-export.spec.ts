import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PlannedEntry, slicedForesight } from '../../audit/change/write-entries.js';
import { emptyState, runToEnd, type State } from '@flagtree/engine';
import { checkDocument, CORE_SECTIONS, exportStates, printDocument, type StatesDocument } from '@flagtree/engine/states';
import { forest } from '@flagtree/engine/testing';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import { planImport } from './plan-import.js';

/** The arbitrary takes names as short as none; the database and the API do not. */
const forests = forest({ environments: 9, flags: 5, segments: 3 }).map((state) => {
  const named = <T extends { name: string }>(things: ReadonlyMap<string, T>) =>
    new Map(Array.from(things, ([id, thing]) => [id, { ...thing, name: thing.name === '' ? 'nameless' : thing.name }]));
  return { ...state, environments: named(state.environments), flags: named(state.flags), segments: named(state.segments) };
});
const everything = { selection: {}, sections: new Set(CORE_SECTIONS), archived: true };
const replace = { mode: 'replace', force: true, now: new Date('2026-11-20T12:00:00Z') } as const;

const printed = (state: State, archived = true) => printDocument(exportStates(state, { ...everything, archived }));
const foreseenState = (before: State, planned: readonly PlannedEntry[]) => runToEnd(slicedForesight(before, planned));

function read(text: string): StatesDocument {
  const { document, defects } = checkDocument(JSON.parse(text), new Map());
  if (!document) throw new Error(JSON.stringify(defects));
  return document;
}

describe('the import of an export', () => {
  it('finds nothing to write where it was exported', () => {
    fc.assert(
      fc.property(forests, (state) => {
        const { entries, counts } = planImport(state, read(printed(state)), replace);
        expect(entries).toEqual([]);
        expect(counts.flags?.unchanged).toBe(state.flags.size);
      }),
    );
  });

  it('makes an empty server export the same bytes', () => {
    fc.assert(
      fc.property(forests, (state) => {
        const { entries } = planImport(emptyState(), read(printed(state)), replace);
        expect(printed(foreseenState(emptyState(), entries))).toBe(printed(state));
      }),
    );
  });

  it('makes any other server export the same bytes when it replaces', () => {
    fc.assert(
      fc.property(forests, forests, (here, there) => {
        const text = printed(there, false).replaceAll('"flag.', '"other.');
        const { entries } = planImport(here, read(text), replace);
        expect(printed(foreseenState(here, entries), false)).toBe(text);
      }),
    );
  });

  it('that merges keeps all that it does not name, and done twice is done once', () => {
    fc.assert(
      fc.property(forests, forests, (here, there) => {
        const document = read(printed(there, false).replaceAll('"flag.', '"other.'));
        const merge = { ...replace, mode: 'merge' } as const;
        const after = withoutCycles(() => foreseenState(here, planImport(here, document, merge).entries));
        if (!after) return;
        const kept = exportStates(after, everything).flags?.filter(({ key }) => key.startsWith('flag.'));
        expect(kept).toEqual(exportStates(here, everything).flags);
        expect(planImport(after, document, merge).entries).toEqual([]);
      }),
    );
  });
});

/** Two trees put into one another can hang in a circle or too deep: that is refused, and no matter here. */
function withoutCycles(work: () => State): State | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unprocessable) return null;
    throw error;
  }
}
