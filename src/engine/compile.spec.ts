import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CircularEnvironmentInheritanceError, environmentBySlug, environmentsInTreeOrder } from './chain.js';
import { compileEnvironment } from './compile.js';
import { evaluate } from './evaluate.js';
import { explain } from './explain.js';
import type { Snapshot } from './snapshot.js';
import { applyEntries, buildState, type State } from './state.js';
import { context as anyContext, forestRows, garbageState, moment } from './testing/arbitraries.js';
import { compile, environment, flag, override, segment, state } from './testing/builders.js';
import { journey } from './testing/entries.js';
import type { Rule } from './types.js';

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

describe('compileEnvironment', () => {
  it('makes a snapshot of the environment at the revision, with its flags by key', () => {
    const at = state({
      flags: [flag('b'), flag('a', { id: '9', type: 'string', variants: [{ key: 'on', value: 'x' }], offVariant: null })],
      overrides: [override('production', 'b', { enabled: false })],
      revision: 7,
    });
    const snapshot = compile(at, 'staging');
    expect(snapshot).toMatchObject({ environment: 'staging', revision: 7, chain: ['staging', 'production'] });
    expect([...snapshot.flags.keys()]).toEqual(['a', 'b']);
    expect(snapshot.flags.get('a')).toMatchObject({ key: 'a', type: 'string', inheritedFrom: null, defect: null });
    expect(snapshot.flags.get('b')).toMatchObject({ inheritedFrom: 'production', defect: null });
    expect(ask(snapshot, 'b')).toMatchObject({ reason: 'DISABLED' });
  });

  it('leaves archived flags out, and takes the chain to be the environment alone without inheritance', () => {
    const at = state({
      flags: [flag('a', { archivedAt: '2026-01-01T00:00:00Z' }), flag('b')],
      overrides: [override('production', 'b', { enabled: false })],
    });
    const snapshot = compileEnvironment(at, environmentBySlug(at, 'staging')!, { inheritance: false });
    expect([...snapshot.flags.keys()]).toEqual(['b']);
    expect(snapshot.chain).toEqual(['staging']);
    expect(ask(snapshot, 'b')).toMatchObject({ reason: 'STATIC' });
  });

  it('raises the cycle above an environment, and still compiles the others', () => {
    const at = state({ environments: [environment('a', 'b'), environment('b', 'a'), environment('c')], flags: [flag('f')] });
    expect(() => compile(at, 'a')).toThrow(CircularEnvironmentInheritanceError);
    expect(ask(compile(at, 'c'), 'f')).toMatchObject({ reason: 'STATIC' });
  });

  it('lets environments that resolve a flag to the same share its program', () => {
    const at = state({
      ...rows,
      overrides: [override('staging', 'a', { enabled: false }), override('development', 'b', { reason: 'only a note' })],
    });
    const [production, staging, development] = ['production', 'staging', 'development'].map((slug) => compile(at, slug).flags);
    expect(development!.get('a')!.program).toBe(staging!.get('a')!.program);
    expect(production!.get('a')!.program).not.toBe(staging!.get('a')!.program);
    expect(development!.get('b')!.program).toBe(production!.get('b')!.program);
  });
});

describe('the etag', () => {
  const at = state(rows);
  const etag = (other: State, slug = 'development') => compile(other, slug).etag;

  it('does not depend on the revision, on the order of rows, or on who compiled it', () => {
    expect(etag({ ...at, revision: 99 })).toBe(etag(at));
    expect(etag(state({ ...rows, flags: rows.flags.toReversed() }))).toBe(etag(at));
    expect(etag(structuredClone(at))).toBe(etag(at));
    expect(etag(at)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('stays the same when a write elsewhere changes nothing here', () => {
    expect(etag(state({ ...rows, overrides: [override('development', 'a', { enabled: false })] }), 'staging')).toBe(
      etag(at, 'staging'),
    );
    expect(
      etag(
        state({ ...rows, flags: [flag('a', { name: 'Other', owner: 'me', tags: ['x'], version: 9 }), ...rows.flags.slice(1)] }),
      ),
    ).toBe(etag(at));
    expect(etag(state({ ...rows, segments: [...rows.segments, segment('unused', [])] }))).toBe(etag(at));
  });

  it.each<[string, State]>([
    ['a field of a flag', state({ ...rows, flags: [flag('a', { percentage: 99.999 }), ...rows.flags.slice(1)] })],
    ['the salt', state({ ...rows, flags: [flag('a', { salt: 'x' }), ...rows.flags.slice(1)] })],
    [
      'a prerequisite',
      state({ ...rows, flags: [flag('a', { prerequisites: [{ flag: 'b', variants: ['on'] }] }), ...rows.flags.slice(1)] }),
    ],
    ['an override above', state({ ...rows, overrides: [override('production', 'a', { offVariant: 'on' })] })],
    ['a flag more', state({ ...rows, flags: [...rows.flags, flag('d')] })],
    ['a flag less', state({ ...rows, flags: rows.flags.slice(1) })],
    ['a segment behind a rule', state({ ...rows, segments: [segment('s', [{ attribute: 'x', operator: 'exists' }])] })],
    [
      'the type of a value',
      state({
        ...rows,
        flags: [flag('a', { type: 'json', variants: [{ key: 'on', value: 'true' }], offVariant: null }), ...rows.flags.slice(1)],
      }),
    ],
  ])('changes with %s', (_what, other) => expect(etag(other)).not.toBe(etag(at)));

  it('tells environments apart', () => expect(etag(at, 'staging')).not.toBe(etag(at, 'development')));

  it('takes an explicit salt that is the key for what it is', () => {
    expect(etag(state({ ...rows, flags: [flag('a', { salt: 'a' }), ...rows.flags.slice(1)] }))).toBe(etag(at));
  });
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

describe('a flag that cannot be compiled', () => {
  const bad = flag('b', { rules: [{ id: 'r', conditions: [], serve: { variant: 'none' } }] });

  it('answers PARSE_ERROR and says why; the others go on', () => {
    const snapshot = compile(state({ flags: [flag('a'), bad] }), 'production');
    expect(ask(snapshot, 'a')).toMatchObject({ reason: 'STATIC' });
    expect(ask(snapshot, 'b')).toEqual({
      ok: false,
      reason: 'ERROR',
      errorCode: 'PARSE_ERROR',
      errorDetails: 'flag "b" cannot be evaluated: rules: rule "r" names variant "none"; there are on, off',
    });
    expect(snapshot.flags.get('b')!.defect).toBe('rules: rule "r" names variant "none"; there are on, off');
  });

  it('goes on as it last was, and says why', () => {
    const first = compile(state({ flags: [flag('a'), flag('b')] }), 'production');
    const second = compile(state({ flags: [flag('a'), bad] }), 'production', first);
    expect(ask(second, 'b')).toMatchObject({ reason: 'STATIC', variant: 'on' });
    expect(second.flags.get('b')!.defect).toContain('"none"');
    expect(second.etag).toBe(first.etag);
    const third = compile(state({ flags: [flag('a', { enabled: false }), bad] }), 'production', second);
    expect(third.flags.get('b')).toBe(second.flags.get('b'));
    const mended = compile(state({ flags: [flag('a'), flag('b', { enabled: false })] }), 'production', third);
    expect(mended.flags.get('b')).toMatchObject({ defect: null });
    expect(ask(mended, 'b')).toMatchObject({ reason: 'DISABLED' });
  });

  it('stays without an answer when it never had a good one', () => {
    const first = compile(state({ flags: [bad] }), 'production');
    const worse = compile(state({ flags: [flag('b', { rules: 'x' as never })] }), 'production', first);
    expect(ask(worse, 'b')).toMatchObject({
      errorCode: 'PARSE_ERROR',
      errorDetails: expect.stringContaining('rules are a list'),
    });
  });

  it.each<[string, object]>([
    ['type', { type: 'colour' }],
    ['bucketing', { bucketing: 'md5' }],
    ['salt', { salt: 7 }],
    ['enabled', { enabled: 'yes' }],
    ['percentage', { percentage: 101 }],
    ['rules', { rules: null }],
    ['rules', { rules: [null] }],
    ['rules', { rules: [rule('r', { conditions: [{ attribute: 'a', operator: 'matches', values: ['('] }] })] }],
    ['rules', { rules: [rule('r', { conditions: [{ segment: 'none' }] })] }],
    ['variants', { variants: [{ key: 'on', value: 'yes' }] }],
    ['variants', { variants: {} }],
    ['defaultVariant', { defaultVariant: 'none' }],
    ['offVariant', { offVariant: {} }],
    ['prerequisites', { prerequisites: [{ flag: 'x' }] }],
  ])('names the field %s for %j', (field, fields) => {
    const snapshot = compile(state({ flags: [flag('f', fields as never)] }), 'production');
    expect(snapshot.flags.get('f')!.defect).toMatch(new RegExp(`^${field}: `));
  });

  it('is one in a circle of segments, and in one whose segments would take too long', () => {
    const uses = (key: string) => flag('f', { rules: [rule('r', { conditions: [{ segment: key }] })] });
    const circle = [segment('a', [{ segment: 'b' }]), segment('b', [{ not: { segment: 'a' } }])];
    expect(compile(state({ flags: [uses('a')], segments: circle }), 'production').flags.get('f')!.defect).toContain('a → b → a');
    const tower = Array.from({ length: 12 }, (_, level) =>
      segment(`s${level}`, level === 0 ? [] : Array(10).fill({ segment: `s${level - 1}` })),
    );
    expect(compile(state({ flags: [uses('s11')], segments: tower }), 'production').flags.get('f')!.defect).toContain(
      'more than 100000',
    );
    const ladder = Array.from({ length: 40 }, (_, level) =>
      segment(`s${level}`, level === 0 ? [] : [{ segment: `s${level - 1}` }]),
    );
    expect(compile(state({ flags: [uses('s39')], segments: ladder }), 'production').flags.get('f')!.defect).toContain('16 deep');
    expect(compile(state({ flags: [uses('s15')], segments: ladder }), 'production').flags.get('f')!.defect).toBeNull();
  });

  it('never makes compiling, evaluating or explaining throw, whatever JSON the rows hold', () => {
    let failed = 0;
    fc.assert(
      fc.property(
        garbageState(),
        forestRows({ environments: 4, flags: 4 }),
        anyContext,
        moment,
        (garbage, sound, context, now) => {
          for (const one of garbage.environments.values()) {
            const before = compileEnvironment(buildState({ ...sound, environments: garbage.environments.values() }), one);
            for (const previous of [undefined, before]) {
              const snapshot = compileEnvironment(garbage, one, { previous });
              for (const key of snapshot.flags.keys()) {
                const answer = evaluate(snapshot, key, context, now);
                if (!answer.ok && answer.errorCode === 'PARSE_ERROR') failed++;
                expect(explain(garbage, snapshot, key, context, now).evaluation).toEqual(answer);
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(failed).toBeGreaterThan(100);
  });
});
