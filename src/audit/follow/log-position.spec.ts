import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEntries } from '@flagtree/engine';
import { runs } from '@flagtree/engine/testing';
import type { LoggedEntry } from './ledger.queries.js';
import { advanced, isSameLog, type LogPosition, START } from './log-position.js';

/** A log of `sizes.length` revisions, which creates or edits one of a few flags with each entry. */
function logOf(sizes: readonly number[]): LoggedEntry[] {
  const versions = new Map<string, number>();
  let id = 0;
  return sizes.flatMap((size, index) =>
    Array.from({ length: size }, () => {
      const key = `flag-${String(id++ % 4)}`;
      const version = versions.get(key) ?? 0;
      versions.set(key, version + 1);
      const row = (number: number) => (number === 0 ? null : { id: key, key, version: number });
      return {
        id,
        revision: index + 1,
        table: 'flags' as const,
        before: row(version),
        after: row(version + 1),
        hash: `hash-${String(id)}`,
      };
    }),
  );
}

/** What a read finds when it starts at `from` while the log ends with revision `upTo`. */
const read = (log: readonly LoggedEntry[], from: number, upTo: number) =>
  log.filter(({ id, revision }) => id >= from && revision <= upTo);

const scenario = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }).chain((sizes) => {
  const log = logOf(sizes);
  const arrival = fc
    .record({ from: fc.integer({ min: 0, max: log.length }), upTo: fc.integer({ min: 0, max: sizes.length }) })
    .chain(({ from, upTo }) => fc.shuffledSubarray(read(log, from, upTo), { minLength: read(log, from, upTo).length }));
  return fc.record({ log: fc.constant(log), arrivals: fc.array(arrival, { maxLength: 30 }) });
});

describe('a position in the log', () => {
  it('never goes back, skips nothing and applies nothing twice, whatever arrives late, early, twice, shuffled or not at all', () => {
    fc.assert(
      fc.property(scenario, ({ log, arrivals }) => {
        let position: LogPosition = START;
        for (const arrival of arrivals) {
          const before = position;
          position = advanced(position, [...arrival, ...arrival.slice(0, 2)]).position;
          if (position === before) continue;
          expect(position.state.revision).toBeGreaterThan(before.state.revision);
          const prefix = log.slice(0, position.lastEntry);
          expect(position).toEqual({
            state: applyEntries(START.state, prefix),
            lastEntry: prefix.length,
            hash: prefix.at(-1)?.hash,
          });
        }
        const caughtUp = advanced(position, read(log, position.lastEntry, log.length)).position;
        expect(caughtUp.lastEntry).toBe(log.length);
      }),
      { numRuns: runs(1_000, 10_000) },
    );
  });

  it('keeps its identity when nothing new arrives', () => {
    const log = logOf([2, 1]);
    const { position, fresh } = advanced(START, log);
    expect(fresh).toEqual(log);
    expect(advanced(position, log)).toEqual({ position, fresh: [] });
    expect(advanced(position, log).position).toBe(position);
  });

  it('waits for what is missing in between', () => {
    const log = logOf([1, 1, 1]);
    const { position } = advanced(START, log.slice(0, 1));
    expect(advanced(position, log.slice(2)).fresh).toEqual([]);
    expect(advanced(position, log).fresh).toEqual(log.slice(1));
  });
});

describe('whether a log is the one that was followed', () => {
  const log = logOf([1, 1, 1]);
  const position = advanced(START, log).position;
  const last = log.at(-1) as LoggedEntry;

  it.each([
    ['it is, while it holds the last entry that was seen', last, true],
    ['it is not when it ends before that entry', undefined, false],
    ['it is not when it has another entry in its place', { ...last, hash: 'of another history' }, false],
  ])('%s', (_what, anchor, same) => {
    expect(isSameLog(position, anchor)).toBe(same);
  });

  it('cannot be told, so it is, before anything was seen', () => {
    expect(isSameLog(START, undefined)).toBe(true);
  });
});
