import { describe, expect, it } from '@jest/globals';
import { CircularEnvironmentInheritanceError, environmentBySlug } from '../state/chain.js';
import { compileEnvironment } from './compile-environment.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { Snapshot } from './snapshot.js';
import { type State } from '../state/state.js';
import { compile, environment, flag, override, segment, state, withoutInheritance } from '../testing/builders.js';
import { CompiledTree } from '../tree/compiled-tree.js';
import type { Rule } from '../types.js';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({ id, conditions: [], serve: { variant: 'on' }, ...more });
const rows = {
  flags: [flag('a'), flag('b'), flag('c', { rules: [rule('r', { conditions: [{ segment: 's' }] })] })],
  segments: [segment('s', [])],
};
const ask = (snapshot: Snapshot, key: string) => evaluate(snapshot, key, { targetingKey: 'u' }, 0);

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
    const snapshot = compileEnvironment(withoutInheritance(at), environmentBySlug(at, 'staging')!);
    expect([...snapshot.flags.keys()]).toEqual(['b']);
    expect(snapshot.chain).toEqual(['staging']);
    expect(ask(snapshot, 'b')).toMatchObject({ reason: 'STATIC' });
  });

  it('leaves out a row without a key, whether it was there or comes', () => {
    const keyless = flag('', { id: 'keyless' });
    const [without, withIt] = [state({ flags: [flag('a')] }), state({ flags: [keyless, flag('a')] })];
    const first = compile(withIt, 'production');
    expect([...first.flags.keys()]).toEqual(['a']);
    const next = CompiledTree.empty()
      .to(without)
      .to({ ...without, flags: new Map(without.flags).set('keyless', keyless) })
      .snapshot('production') as Snapshot;
    expect([...next.flags.keys()]).toEqual(['a']);
    expect(next.etag).toBe(first.etag);
  });

  it('names the flags whose prerequisites have no end, and what leads into these', () => {
    const requires = (key: string, other: string) => flag(key, { prerequisites: [{ flag: other, variants: ['on'] }] });
    const at = state({ flags: [requires('a', 'b'), requires('b', 'c'), requires('c', 'b'), requires('d', 'e'), flag('e')] });
    expect(compile(at, 'production').endless).toEqual(new Set(['a', 'b', 'c']));
  });

  it('cannot be changed', () => expect(Object.isFrozen(compile(state(rows), 'staging'))).toBe(true));

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
