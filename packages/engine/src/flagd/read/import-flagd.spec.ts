import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileEnvironment } from '../../compile/compile-environment.js';
import type { State } from '../../state/state.js';
import { environment, flag, override, segment, state } from '../../testing/builders.js';
import type { Flag, JsonObject } from '../../types.js';
import { exportFlagd } from '../write/export-flagd.js';
import { forest } from '../testing/forests.js';
import { ForestTally } from '../testing/tally.js';
import { importFlagd } from './import-flagd.js';

const slugs = (at: State) => [...at.environments.values()].map(({ slug }) => slug);

function exported(at: State, slug: string) {
  const found = [...at.environments.values()].find((one) => one.slug === slug)!;
  return JSON.parse(JSON.stringify(exportFlagd(compileEnvironment(at, found), at.segments))) as ReturnType<typeof exportFlagd>;
}

const itemOf = ({ id: _id, createdAt: _created, updatedAt: _updated, version: _version, ...item }: Flag) => item;

/** A server that had nothing, after an import. */
function imported(document: object): State {
  const { states, defects } = importFlagd(document, state({}), null);
  expect(defects).toEqual([]);
  return state({
    flags: states.flags.map((item) => flag(item['key'] as string, { ...item, offVariant: null })),
    segments: states.segments.map((item) => segment(item['key'] as string, item['conditions'] as never)),
  });
}

const served = (document: ReturnType<typeof exportFlagd>) => JSON.stringify([document.$evaluators, document.flags]);

describe('an import of flagd definitions', () => {
  it('has nothing to write of what was exported, into the environment or into the flags themselves', () => {
    fc.assert(
      fc.property(forest, (at) => {
        for (const slug of slugs(at)) {
          const document = exported(at, slug);
          const there = importFlagd(document, at, slug);
          expect([there.defects, there.states.flags, there.states.segments, there.states.overrides]).toEqual([[], [], [], []]);
          expect(there.unchanged.overrides).toBe(Object.keys(document.flags).length);
          const base = importFlagd(document, at, null);
          expect([base.defects, base.states.segments]).toEqual([[], []]);
          for (const item of base.states.flags) expect(item).toEqual(itemOf(at.flags.get(item['key'] as string)!));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is exported again, from wherever it went, byte for byte', () => {
    const tally = new ForestTally();
    fc.assert(
      fc.property(forest, (at) => {
        for (const slug of slugs(at)) {
          const document = exported(at, slug);
          const again = exported(imported(document), 'production');
          expect(served(again)).toBe(served(document));
          expect(served(exported(imported(again), 'staging'))).toBe(served(document));
          for (const { state: is, targeting } of Object.values(document.flags)) tally.count(is, targeting ? 'targeting' : 'none');
        }
      }),
      { numRuns: 40 },
    );
    expect(tally.rarerThan(20, ['ENABLED', 'DISABLED', 'targeting', 'none'])).toEqual([]);
  });

  const document = (targeting: JsonObject, more: JsonObject = {}) => ({
    flags: { f: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting, ...more } },
  });

  it.each([
    { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on', null] },
    { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on'] },
    { fractional: [['on', 5], ['off', 95]] },
  ])('is exported as it was written: %j, also while the flag is disabled', (targeting) => {
    expect(exported(imported(document(targeting)), 'production').flags['f']?.targeting).toEqual(targeting);
    const off = exported(imported(document(targeting, { state: 'DISABLED' })), 'production').flags['f'];
    expect(off).toMatchObject({ state: 'DISABLED', defaultVariant: 'off', targeting });
  }); // prettier-ignore

  const RULE = { id: 'r', conditions: [{ segment: 'staff' }], serve: { variant: 'on' } };
  const at = state({
    flags: [flag('f', { rules: [RULE], percentage: 25, description: 'of a team' })],
    segments: [segment('staff', [{ segment: 'people' }]), segment('people', [{ attribute: 'id', operator: 'exists' }])],
    overrides: [override('production', 'f', { enabled: false })],
  });

  it('writes what the base serves over the flag, but leaves alone what the exported environment serves', () => {
    const { states, notKept } = importFlagd(exported(at, 'production'), at, null);
    expect(states.flags).toEqual([itemOf(at.flags.get('f')!)]);
    expect(notKept).toEqual([{ flag: 'f', detail: expect.stringContaining('what production serves') }]);
    const { metadata: _metadata, ...elsewhere } = exported(at, 'production');
    expect(importFlagd(elsewhere, at, null).states.flags[0]).toMatchObject({ rules: [], percentage: 100 });
  });

  it('changes a segment when one that it names is another one, and the flag not', () => {
    const from = exported(at, 'staging');
    const there = state({ flags: [...at.flags.values()].map((one) => ({ ...one })), segments: [...at.segments.values()] });
    const changed = { ...exported(there, 'staging'), $evaluators: { staff: { '!!': [{ var: 'staff' }] } } };
    expect(Object.keys(from.flags)).toEqual(['f']);
    const { states, unchanged } = importFlagd(changed, there, 'staging');
    expect(states.segments).toEqual([
      expect.objectContaining({ key: 'staff', conditions: [{ jsonLogic: { '!!': [{ var: 'staff' }] } }] }),
    ]);
    expect([states.overrides, unchanged.overrides]).toEqual([[], 1]);
  });

  it('leaves what people have said of a flag, names it, and takes the rest', () => {
    const there = flag('f', { description: 'mine', owner: '', tags: ['x'], metadata: { ticket: 1 } });
    const facts = { description: 'leak', owner: 'ops', tags: ['a'], metadata: { ticket: 2 } };
    const { states, notKept } = importFlagd(document({}, facts), state({ flags: [there] }), null);
    expect(states.flags[0]).toMatchObject({ description: 'mine', owner: 'ops', tags: ['x'], metadata: { ticket: 2 } });
    expect(notKept).toEqual([{ flag: 'f', detail: 'its description, tags: the flag has its own, which stays' }]);
    const same = importFlagd(document({}, { description: 'mine', tags: 'x' }), state({ flags: [there] }), null);
    expect([same.states.flags[0], same.notKept]).toEqual([expect.objectContaining({ description: 'mine', tags: ['x'] }), []]);
  });

  it('keeps description, owner and tags, of the flag or of its metadata, and names what is left', () => {
    const { states, notKept } = importFlagd(
      {
        $comment: 'x',
        metadata: { team: 'web' },
        ...document({}, { description: 'leak', owner: 'ops', tags: ['a', 'b'], _comment: 'y', metadata: { ticket: 1 } }),
      },
      state({}),
      null,
    );
    expect(states.flags).toEqual([
      expect.objectContaining({ description: 'leak', owner: 'ops', tags: ['a', 'b'], metadata: { ticket: 1 } }),
    ]);
    expect(notKept).toEqual([
      { flag: null, detail: 'its $comment; its metadata: team' },
      { flag: 'f', detail: 'its _comment' },
    ]);
    const facts = { description: 'leak', owner: 'ops', tags: 'a,b' };
    expect(exported(state({ flags: [flag('f', { ...facts, tags: ['a', 'b'] })] }), 'production').flags['f']?.metadata).toEqual(
      facts,
    );
    expect(importFlagd(document({}, { metadata: facts }), state({}), null).states.flags[0]).toMatchObject({
      ...facts,
      tags: ['a', 'b'],
    });
  });

  it('keeps metadata, also what gives way to words of the flag itself, when its own export comes back', () => {
    const metadata = { team: 'web', owner: 'of the metadata', beta: true };
    for (const owner of [null, 'ops']) {
      const there = state({ flags: [flag('f', { metadata, owner, tags: ['a,b'] })] });
      const document = exported(there, 'production');
      expect(document.flags['f']?.metadata).toEqual({ ...metadata, owner: owner ?? metadata.owner, tags: 'a,b' });
      expect(document.inexact).toHaveLength(owner === null ? 0 : 1);
      expect(importFlagd(document, there, null).states.flags).toEqual([itemOf(there.flags.get('f')!)]);
      expect(importFlagd(document, there, 'staging').notKept).toEqual([]);
    }
  });

  it('takes a FeatureFlag resource of Kubernetes, and says where its definitions belong', () => {
    const resource = (spec: object) => ({
      apiVersion: 'core.openfeature.dev/v1beta1',
      kind: 'FeatureFlag',
      metadata: { name: 'x' },
      spec,
    });
    const { states, defects, notKept } = importFlagd(resource({ flagSpec: document({}) }), state({}), null);
    expect([defects, notKept, states.flags.map(({ key }) => key)]).toEqual([[], [], ['f']]);
    const wrong = importFlagd(resource({ flagSpec: document({ exec: [] }) }), state({}), null);
    expect(wrong.defects).toMatchObject([{ pointer: '/spec/flagSpec/flags/f/targeting/exec' }]);
    expect(importFlagd(resource({ flags: {} }), state({}), null).defects).toMatchObject([
      { pointer: '/spec/flagSpec', detail: expect.stringContaining('spec.flagSpec') },
    ]);
  });

  it('says in an environment that what is told of a flag is its own', () => {
    const { notKept, states } = importFlagd(document({}, { description: 'other' }), at, 'staging');
    expect(notKept).toEqual([
      { flag: 'f', detail: expect.stringContaining('its description: that is the flag’s own'.replace('’', "'")) },
    ]);
    expect(states.flags).toEqual([]);
  });

  it('refuses what no flag can keep when it is to be strict', () => {
    const { defects } = importFlagd({ $comment: 'x', ...document({}, { foo: 1, metadata: { bar: 2 } }) }, state({}), null, {
      strict: true,
    });
    expect(defects.map(({ pointer }) => pointer)).toEqual(['/$comment', '/flags/f/foo']);
  });

  it('leaves out by name, when it is to be lenient, what flagd or a flag here does not allow', () => {
    const { flags } = document({});
    const wrong = {
      $evaluators: { odd: { exec: [1] } },
      flags: {
        ...flags,
        unknown: { ...flags.f, targeting: { exec: [1] } },
        lost: { ...flags.f, targeting: { if: [{ $ref: 'odd' }, 'on'] } },
        nobody: { ...flags.f, defaultVariant: 'nobody' },
        'ä ': flags.f,
        mixed: { ...flags.f, variants: { on: true, off: 0 } },
      },
    };
    const { states, notKept, defects } = importFlagd(wrong, state({}), null, { lenient: true });
    expect([defects, states.segments, states.flags.map(({ key }) => key)]).toEqual([[], [], ['f']]);
    expect(notKept.map(({ flag: key }) => key)).toEqual(['odd', 'unknown', 'mixed', 'lost', 'nobody', 'ä ']);
    expect(notKept[1]?.detail).toMatch(
      /^it is left out: flagd has no operator "exec".* \(at \/flags\/unknown\/targeting\/exec\)$/,
    );
    expect(importFlagd(wrong, state({}), null).defects).toHaveLength(5);
  });

  describe('of files that hold only what differs', () => {
    const base = state({ flags: [flag('f', { rules: [RULE], percentage: 25 })], segments: [...at.segments.values()] });
    const partly = (definition: JsonObject, to = base) => importFlagd({ flags: { f: definition } }, to, 'development');

    it('sets these members of the override, and leaves the others', () => {
      expect(partly({ state: 'DISABLED', defaultVariant: 'off' }).states.overrides).toEqual([
        expect.objectContaining({
          environment: 'development',
          enabled: false,
          defaultVariant: 'off',
          percentage: null,
          rules: null,
          variants: null,
        }),
      ]);
      const before = override('development', 'f', { percentage: 5, reason: 'slowly' });
      const edited = { ...base, overrides: new Map([['f', new Map([['development', before]])]]) };
      expect(partly({ state: 'ENABLED' }, edited).states.overrides).toEqual([
        expect.objectContaining({ enabled: true, percentage: 5, reason: 'slowly', defaultVariant: null }),
      ]);
    });

    it('lets an expression decide alone', () => {
      const targeting = { if: [{ '!!': [{ var: 'id' }] }, 'on'] };
      expect(partly({ targeting }).states.overrides).toEqual([
        expect.objectContaining({
          rules: [{ id: 'targeting', targeting }],
          rulesMode: 'replace',
          percentage: 100,
          enabled: null,
        }),
      ]);
      expect(partly({ targeting: {} }).states.overrides).toEqual([expect.objectContaining({ rules: [] })]);
    });

    it.each<[JsonObject, string, string]>([
      [{ defaultVariant: 'onn' }, '/flags/f/defaultVariant', 'unknown-variant'],
      [{ defaultVariant: null, state: 'ENABLED' }, '/flags/f/defaultVariant', 'not-expressible'],
      [{ variants: { on: true } }, '/flags/f/state', 'required'],
    ])('refuses %j', (definition, pointer, code) => {
      expect(partly(definition).defects).toEqual([expect.objectContaining({ pointer, code })]);
    });

    it('asks for the flag itself, and for all of it without an environment', () => {
      expect(importFlagd({ flags: { g: { state: 'ENABLED' } } }, base, 'development').defects).toMatchObject([
        { pointer: '/flags/g', code: 'flag-not-found' },
      ]);
      expect(importFlagd({ flags: { f: { state: 'ENABLED' } } }, base, null).defects).toMatchObject([
        { pointer: '/flags/f/variants' },
      ]);
    });
  });

  it('leads from its document of states into the definitions', () => {
    const { pointerOf } = importFlagd(
      { $evaluators: { e: { '!!': [1] } }, ...document({}) },
      state({ environments: [environment('a')] }),
      null,
    );
    const all = [
      '/flags/0/variants/1/value/x',
      '/flags/0/rules/0/targeting/if/0',
      '/flags/0/enabled',
      '/flags/0/name',
      '/segments/0/conditions/0/jsonLogic/!!',
      '',
    ];
    expect(all.map(pointerOf)).toEqual([
      '/flags/f/variants/off/x',
      '/flags/f/targeting/if/0',
      '/flags/f/state',
      '/flags/f',
      '/$evaluators/e/!!',
      '',
    ]);
  });
});
