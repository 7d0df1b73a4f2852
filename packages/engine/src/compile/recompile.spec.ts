import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentsInTreeOrder } from '../state/chain.js';
import { compileEnvironment } from './compile-environment.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { Snapshot } from './snapshot.js';
import { applyEntries } from '../state/state.js';
import { compile, environment, flag, override, segment, state } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import type { Rule } from '../types.js';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({ id, conditions: [], serve: { variant: 'on' }, ...more });
const rows = {
  flags: [flag('a'), flag('b'), flag('c', { rules: [rule('r', { conditions: [{ segment: 's' }] })] })],
  segments: [segment('s', [])],
};
const ask = (snapshot: Snapshot, key: string) => evaluate(snapshot, key, { targetingKey: 'u' }, 0);
/** What can be compared of a snapshot: not closures. */
const outline = (snapshot: Snapshot) => ({
  ...snapshot,
  flags: Array.from(snapshot.flags.values(), ({ program, ...rest }) => ({
    ...rest,
    constant: program.constant,
    rules: program.rules.length,
  })),
});

describe('compiling from a previous snapshot', () => {
  it('keeps the same object for each flag that did not change', () => {
    const before = state({ ...rows, revision: 1 });
    const first = compile(before, 'staging');
    const after = { ...before, revision: 2, flags: new Map(before.flags).set('a', flag('a', { percentage: 5 })) };
    const second = compile(after, 'staging', first);
    expect(second.revision).toBe(2);
    expect(second.flags.get('a')).not.toBe(first.flags.get('a'));
    expect(second.flags.get('b')).toBe(first.flags.get('b'));
    expect(second.flags.get('c')).toBe(first.flags.get('c'));
    expect(first.flags.get('a')!.resolved.fields.percentage.value).toBe(100);
    expect(second.etag).not.toBe(first.etag);
  });

  it('keeps them also when every row was read anew', () => {
    const first = compile(state(rows), 'staging');
    const second = compile(structuredClone(state(rows)), 'staging', first);
    for (const [key, compiled] of second.flags) expect(compiled).toBe(first.flags.get(key));
    expect(second.etag).toBe(first.etag);
  });

  it('makes a new one for a new name, with the same digest', () => {
    const first = compile(state(rows), 'staging');
    const renamed = state({ ...rows, flags: [flag('a', { name: 'Renamed' }), ...rows.flags.slice(1)] });
    const second = compile(renamed, 'staging', first);
    expect(second.flags.get('a')!.resolved.flag.name).toBe('Renamed');
    expect(second.flags.get('a')!.digest).toBe(first.flags.get('a')!.digest);
    expect(second.etag).toBe(first.etag);
  });

  it('does not take over from the snapshot of another environment', () => {
    const at = state({ ...rows, overrides: [override('staging', 'a', { enabled: false })] });
    expect(outline(compile(at, 'production', compile(at, 'staging')))).toEqual(outline(compile(at, 'production')));
  });

  it('follows a flag that is archived, restored, or replaced by another of its key', () => {
    const before = state({ flags: [flag('a'), flag('b')] });
    const first = compile(before, 'production');
    const archived = { ...before, flags: new Map(before.flags).set('a', flag('a', { archivedAt: '2026-01-01T00:00:00Z' })) };
    const second = compile(archived, 'production', first);
    expect(ask(second, 'a')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    expect([...compile(before, 'production', second).flags.keys()]).toEqual(['a', 'b']);
    const replaced = {
      ...before,
      flags: new Map([
        ['b', flag('b')],
        ['new', flag('a', { id: 'new', enabled: false })],
      ]),
    };
    expect(ask(compile(replaced, 'production', first), 'a')).toMatchObject({ reason: 'DISABLED' });
  });

  it('follows an environment that was replaced by another of its slug, and a parent that has another slug', () => {
    const before = state({ ...rows, overrides: [override('other', 'a', { enabled: false }), override('production', 'b')] });
    const first = compile(before, 'staging');
    const environments = new Map([
      ['production', environment('production')],
      ['other', environment('staging', 'production', { id: 'other' })],
    ]);
    expect(ask(compile({ ...before, environments }, 'staging', first), 'a')).toMatchObject({ reason: 'DISABLED' });
    const renamed = new Map(before.environments).set('production', environment('live', null, { id: 'production' }));
    expect(compile({ ...before, environments: renamed }, 'staging', first).chain).toEqual(['staging', 'live']);
  });

  it('has the flags by key, however they come', () => {
    const before = state({ flags: [flag('b'), flag('d')] });
    const added = { ...before, flags: new Map(before.flags).set('c', flag('c')).set('a', flag('a')) };
    const next = compile(added, 'production', compile(before, 'production'));
    expect([...next.flags.keys()]).toEqual(['a', 'b', 'c', 'd']);
    const less = { ...added, flags: new Map(added.flags) };
    less.flags.delete('b');
    const last = compile(less, 'production', next);
    expect([...last.flags.keys()]).toEqual(['a', 'c', 'd']);
    expect(last.etag).toBe(compile(structuredClone(less), 'production').etag);
    expect(next.etag).toBe(compile(structuredClone(added), 'production').etag);
  });

  it('takes over the whole table when nothing here changed, at a later revision and after changes elsewhere', () => {
    const before = state({ ...rows, revision: 1 });
    const first = compile(before, 'staging');
    const overrides = new Map([['a', new Map([['development', override('development', 'a', { enabled: false })]])]]);
    const second = compile({ ...before, revision: 2, overrides }, 'staging', first);
    expect(second.flags).toBe(first.flags);
    expect([second.revision, second.etag]).toEqual([2, first.etag]);
    expect(second.endless).toBe(first.endless);
  });

  it('follows prerequisites that a flag loses, with the flag or without', () => {
    const requires = (key: string, other: string) => flag(key, { prerequisites: [{ flag: other, variants: ['on'] }] });
    const before = state({ flags: [requires('a', 'b'), requires('b', 'a')] });
    const first = compile(before, 'production');
    expect(first.endless).toEqual(new Set(['a', 'b']));
    const freed = { ...before, flags: new Map(before.flags).set('b', flag('b')) };
    expect(compile(freed, 'production', first).endless).toEqual(new Set());
    const gone = { ...before, flags: new Map(before.flags) };
    gone.flags.delete('b');
    expect(compile(gone, 'production', first).endless).toEqual(new Set());
  });

  it('follows a parent that was given another parent, and a segment that changed', () => {
    const before = state({ ...rows, overrides: [override('production', 'a', { enabled: false })] });
    const first = compile(before, 'development');
    const moved = { ...before, environments: new Map(before.environments).set('staging', environment('staging')) };
    expect(ask(compile(moved, 'development', first), 'a')).toMatchObject({ reason: 'STATIC' });
    const narrowed = { ...before, segments: new Map([['s', segment('s', [{ attribute: 'x', operator: 'exists' }])]]) };
    expect(ask(first, 'c')).toMatchObject({ reason: 'TARGETING_MATCH' });
    const second = compile(narrowed, 'development', first);
    expect(ask(second, 'c')).toMatchObject({ reason: 'DEFAULT' });
    expect(second.flags.get('b')).toBe(first.flags.get('b'));
  });

  it('follows prerequisites into a cycle and out of it', () => {
    const requires = (key: string, other: string) => flag(key, { prerequisites: [{ flag: other, variants: ['on'] }] });
    const before = state({ flags: [requires('a', 'b'), flag('b'), flag('c')] });
    const first = compile(before, 'production');
    expect(ask(first, 'a')).toMatchObject({ reason: 'STATIC' });
    const second = compile({ ...before, flags: new Map(before.flags).set('b', requires('b', 'a')) }, 'production', first);
    expect(ask(second, 'a')).toMatchObject({ reason: 'DISABLED' });
    const third = compile(before, 'production', second);
    expect(ask(third, 'a')).toMatchObject({ reason: 'STATIC' });
    expect(third.endless).toEqual(new Set());
  });

  it('goes on through any number of edits of an override', () => {
    let at = state(rows);
    let snapshot = compile(at, 'staging');
    for (let edit = 0; edit < 300; edit++) {
      const row = override('staging', 'a', { enabled: edit % 2 === 0, rules: [rule(`r${edit}`)] });
      at = { ...at, overrides: new Map([['a', new Map([['staging', row]])]]) };
      snapshot = compile(at, 'staging', snapshot);
      expect(ask(snapshot, 'a')).toMatchObject({ reason: edit % 2 === 0 ? 'TARGETING_MATCH' : 'DISABLED' });
      expect(snapshot.etag).toBe(compile(structuredClone(at), 'staging').etag);
    }
  });

  it('comes to what compiling from nothing comes to, along any way', () => {
    fc.assert(
      fc.property(journey({ environments: 3, flags: 4, segments: 2 }), ({ from, entries }) => {
        let at = from;
        const snapshots = new Map(environmentsInTreeOrder(at).map((one) => [one.slug, compileEnvironment(at, one)]));
        for (const revision of new Set(entries.map((entry) => entry.revision))) {
          at = applyEntries(
            at,
            entries.filter((entry) => entry.revision === revision),
          );
          for (const one of environmentsInTreeOrder(at)) {
            const previous = snapshots.get(one.slug);
            const next = compileEnvironment(at, one, { previous });
            const fresh = compileEnvironment(structuredClone(at), one);
            // a flag that is unsound on the way goes on as it last was, which a fresh start cannot know
            if ([...fresh.flags.values()].every((compiled) => compiled.defect === null)) {
              expect(outline(next)).toEqual(outline(fresh));
            }
            if (previous?.etag === next.etag) expect([...next.flags.keys()]).toEqual([...previous.flags.keys()]);
            snapshots.set(one.slug, next);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
