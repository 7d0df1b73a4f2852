import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug, environmentsInTreeOrder } from '../state/chain.js';
import { compileEnvironment } from '../compile/compile-environment.js';
import type { Snapshot } from '../compile/snapshot.js';
import { CompiledTree, keysThatMayDiffer } from './compiled-tree.js';
import { evaluate } from '../evaluate/evaluate.js';
import { applyEntries, type State } from '../state/state.js';
import { environment, flag, override, segment, state } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import { following as compile } from '../testing/arbitraries/trees.js';
import { runs } from '../testing/runs.js';
import type { Rule } from '../types.js';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({ id, conditions: [], serve: { variant: 'on' }, ...more });
const rows = {
  flags: [flag('a'), flag('b'), flag('c', { rules: [rule('r', { conditions: [{ segment: 's' }] })] })],
  segments: [segment('s', [])],
};
const ask = (snapshot: Snapshot, key: string) => evaluate(snapshot, key, { targetingKey: 'u' }, 0);
/** What can be compared of a snapshot: not closures. */
const outline = (snapshot: Snapshot) => ({
  environment: snapshot.environment,
  revision: snapshot.revision,
  etag: snapshot.etag,
  chain: snapshot.chain,
  endless: snapshot.endless,
  flags: Array.from(snapshot.flags.values(), ({ program, segments, ...rest }) => ({
    ...rest,
    // what a segment is called changes no answer, and no flag is compiled for it
    segments: Array.from(segments, ([key, segment]) => [key, segment?.conditions]),
    constant: program.constant,
    rules: program.rules.length,
  })),
});

describe('a compiled tree', () => {
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
    for (let edit = 0; edit < 60; edit++) {
      const row = override('staging', 'a', { enabled: edit % 2 === 0, rules: [rule(`r${edit}`)] });
      at = { ...at, overrides: new Map([['a', new Map([['staging', row]])]]) };
      snapshot = compile(at, 'staging', snapshot);
      expect(ask(snapshot, 'a')).toMatchObject({ reason: edit % 2 === 0 ? 'TARGETING_MATCH' : 'DISABLED' });
      expect(snapshot.etag).toBe(compile(structuredClone(at), 'staging').etag);
    }
  });

  it('comes to what compiling each environment alone comes to, along any way, whatever was asked for on it', () => {
    fc.assert(
      fc.property(journey({ environments: 4, flags: 4, segments: 2 }), fc.func(fc.boolean()), ({ from, entries }, isAskedFor) => {
        let at = from;
        let tree = CompiledTree.empty().to(at);
        for (const revision of new Set(entries.map((entry) => entry.revision))) {
          const news = entries.filter((entry) => entry.revision === revision);
          const before = tree;
          at = applyEntries(at, news);
          tree = tree.to(at);
          for (const { slug } of environmentsInTreeOrder(at)) {
            if (!isAskedFor(slug, revision)) continue;
            const snapshot = tree.snapshot(slug) as Snapshot;
            const fresh = compileEnvironment(structuredClone(at), environmentBySlug(at, slug)!);
            // a flag that is unsound on the way goes on as it last was, which a fresh start cannot know
            if (tree.broken.size > 0 || [...fresh.flags.values()].some(({ defect }) => defect !== null)) continue;
            expect(outline(snapshot)).toEqual(outline(fresh));
            for (const [key, flag] of fresh.flags) expect(snapshot.flags.get(key)!.digest).toBe(flag.digest);
            const last = before.snapshot(slug);
            if (!last || last instanceof Error) continue;
            if (last.etag === snapshot.etag) expect([...last.flags.keys()]).toEqual([...snapshot.flags.keys()]);
            const differing = [...snapshot.flags.keys(), ...last.flags.keys()].filter(
              (key) => snapshot.flags.get(key) !== last.flags.get(key),
            );
            const named = keysThatMayDiffer(last, snapshot);
            if (named) expect([...named]).toEqual(expect.arrayContaining(differing));
          }
        }
      }),
      { numRuns: runs(40, 120) },
    );
  });

  it('compiles nothing for a new environment, which shares the table of the one above it', () => {
    const at = state({ ...rows, overrides: [override('staging', 'a', { enabled: false })] });
    const tree = CompiledTree.empty().to(at);
    const environments = new Map(at.environments)
      .set('pr-1', environment('pr-1', 'development'))
      .set('pr-2', environment('pr-2', 'development'));
    const next = tree.to({ ...at, environments });
    expect(next.forms).toBe(tree.forms);
    const [above, one, other] = ['development', 'pr-1', 'pr-2'].map((slug) => next.snapshot(slug) as Snapshot);
    expect([one!.flags, other!.flags]).toEqual([above!.flags, above!.flags]);
    expect(one!.flags).toBe(above!.flags);
    expect(new Set([above, one, other].map((each) => each!.etag)).size).toBe(3);
  });

  it('looks at one flag, wherever it is overridden, when one flag is written', () => {
    const many = Array.from({ length: 40 }, (_, i) => environment(`pr-${i}`, 'development'));
    const flags = Array.from({ length: 50 }, (_, i) => flag(`f${i}`));
    const overrides = many.map(({ slug }) => override(slug, 'f1', { enabled: false }));
    const environments = [environment('production'), environment('development', 'production'), ...many];
    const at = state({ environments, flags, overrides });
    const tree = CompiledTree.empty().to(at);
    const steps = (to: State) => [...tree.slicedTo(to)].length;
    const base = steps({ ...at, flags: new Map(at.flags).set('f2', flag('f2', { enabled: false })) });
    const overridden = steps({ ...at, flags: new Map(at.flags).set('f1', flag('f1', { percentage: 5 })) });
    const row = new Map(at.overrides.get('f1')).set('pr-0', override('pr-0', 'f1', { enabled: true }));
    const leaf = steps({ ...at, overrides: new Map([['f1', row]]) });
    expect([base, overridden, leaf]).toEqual([2, 42, 3]);
  });
});
