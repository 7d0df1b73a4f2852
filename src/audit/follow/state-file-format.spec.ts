import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildState, runToEnd } from '@flagtree/engine';
import { forest } from '@flagtree/engine/testing';
import { type KeptState, keptState, slicedKeptText } from './state-file-format.js';
import { hasStateFiles, newestPosition, newestStateFile, writeStateFile } from './state-files.js';

const keptText = (kept: KeptState, now: Date) => runToEnd(slicedKeptText(kept, now)).join('');
const NOW = new Date('2026-11-20T12:00:00.000Z');
const holds = () => Promise.resolve(true);
const nothing = { environments: [], flags: [], overrides: [], segments: [] };
const hashOf = (revision: number) => (revision + 0xabc_000).toString(16).padStart(64, '0').split('').reverse().join('');
const at = (revision: number): KeptState => ({
  position: { state: buildState({ revision, ...nothing }), lastEntry: revision * 2, hash: hashOf(revision) },
  tokens: [{ id: 't', secret_sha256: '\\xab', public_id: 'p' }],
});

describe('a state as text', () => {
  it('is read as what it was', () => {
    fc.assert(
      fc.property(forest({ environments: 5, flags: 4, segments: 2 }), fc.nat(), (state, lastEntry) => {
        const kept: KeptState = { position: { state, lastEntry, hash: 'ab' }, tokens: at(1).tokens };
        expect(keptState(keptText(kept, NOW))).toEqual({ ...kept, writtenAt: NOW.toISOString() });
      }),
      { numRuns: 200 },
    );
  });

  it('is refused when any part of it is missing or altered', () => {
    const text = keptText(at(7), NOW);
    fc.assert(
      fc.property(fc.nat(text.length - 3), fc.boolean(), (place, cut) => {
        const damaged = cut ? text.slice(0, place) : `${text.slice(0, place)}\u0001${text.slice(place + 1)}`;
        fc.pre(damaged !== text);
        const header = place < text.indexOf('\n') && !cut;
        // the header holds the checksum, not what evaluation depends on
        if (header) return;
        expect(() => keptState(damaged)).toThrow();
      }),
    );
  });

  it('of another format is refused by name', () => {
    const [, body] = keptText(at(7), NOW).split('\n');
    expect(() => keptState(`{"format":"flagtree-state/9"}\n${String(body)}\n`)).toThrow('"flagtree-state/9"');
  });
});

describe('states on disk', () => {
  let directory: string;
  let notices: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'flagtree-states-'));
    notices = [];
  });
  const names = () => readdirSync(join(directory, 'snapshots')).sort();
  const newest = async () => (await newestStateFile(directory, (line) => notices.push(line)))?.position.state.revision ?? null;

  it('are none at first', async () => {
    expect([await hasStateFiles(directory), await newest(), notices]).toEqual([false, null, []]);
  });

  it('are five generations, readable by their owner alone', async () => {
    for (let revision = 1; revision <= 8; revision++) await writeStateFile(directory, at(revision), NOW, holds);
    expect(names().map((name) => Number(/revision-(\d+)/.exec(name)?.[1]))).toEqual([4, 5, 6, 7, 8]);
    expect(await hasStateFiles(directory)).toBe(true);
    for (const name of names()) expect(statSync(join(directory, 'snapshots', name)).mode & 0o777).toBe(0o600);
    expect(await newest()).toBe(8);
  });

  it('are in the order in which they were written, also when the revision or the clock went back', async () => {
    await writeStateFile(directory, at(90), NOW, holds);
    await writeStateFile(directory, at(12), new Date(0), holds);
    expect(await newest()).toBe(12);
  });

  it('give way to the one before when the newest is damaged, and say so', async () => {
    for (let revision = 1; revision <= 3; revision++) await writeStateFile(directory, at(revision), NOW, holds);
    const [, second = '', third = ''] = names().map((name) => join(directory, 'snapshots', name));
    writeFileSync(third, '');
    writeFileSync(second, readFileSync(second, 'utf8').replace(hashOf(2), hashOf(9)));
    expect(await newest()).toBe(1);
    expect(notices).toEqual([expect.stringContaining(third), expect.stringMatching(/revision-2\.\w+\.json .*checksum/)]);
  });

  it('of another history are never pushed out', async () => {
    for (let revision = 1; revision <= 2; revision++) await writeStateFile(directory, at(revision), NOW, holds);
    const isNew = ({ revision }: { revision: number }) => Promise.resolve(revision >= 100);
    for (let revision = 100; revision <= 108; revision++) await writeStateFile(directory, at(revision), NOW, isNew);
    expect(names().map((name) => Number(/revision-(\d+)/.exec(name)?.[1]))).toEqual([1, 2, 104, 105, 106, 107, 108]);
    expect(await newestPosition(directory)).toEqual({ revision: 108, hash: at(108).position.hash?.slice(0, 6) });
  });

  it('are not disturbed by what a killed writer has left', async () => {
    await writeStateFile(directory, at(1), NOW, holds);
    writeFileSync(join(directory, 'snapshots', '000000000002-revision-2.json.4711.tmp'), '{"half');
    expect(await newest()).toBe(1);
    await writeStateFile(directory, at(2), NOW, holds);
    expect(names().map((name) => name.slice(0, 23))).toEqual(['000000000001-revision-1', '000000000002-revision-2']);
  });
});
