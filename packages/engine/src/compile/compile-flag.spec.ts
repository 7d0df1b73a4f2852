import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileEnvironment } from './compile-environment.js';
import { CompiledTree } from '../tree/compiled-tree.js';
import { following } from '../testing/arbitraries/trees.js';
import { evaluate } from '../evaluate/evaluate.js';
import { explain } from '../evaluate/explain.js';
import type { Snapshot } from './snapshot.js';
import { buildState } from '../state/state.js';
import { context as anyContext, forestRows, garbageState, moment } from '../testing/arbitraries/arbitraries.js';
import { compile, flag, segment, state } from '../testing/builders.js';
import type { Rule } from '../types.js';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({ id, conditions: [], serve: { variant: 'on' }, ...more });
const ask = (snapshot: Snapshot, key: string) => evaluate(snapshot, key, { targetingKey: 'u' }, 0);

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
    const first = following(state({ flags: [flag('a'), flag('b')] }), 'production');
    const second = following(state({ flags: [flag('a'), bad] }), 'production', first);
    expect(ask(second, 'b')).toMatchObject({ reason: 'STATIC', variant: 'on' });
    expect(second.flags.get('b')!.defect).toContain('"none"');
    expect(second.etag).toBe(first.etag);
    const third = following(state({ flags: [flag('a', { enabled: false }), bad] }), 'production', second);
    expect(third.flags.get('b')).toBe(second.flags.get('b'));
    const mended = following(state({ flags: [flag('a'), flag('b', { enabled: false })] }), 'production', third);
    expect(mended.flags.get('b')).toMatchObject({ defect: null });
    expect(ask(mended, 'b')).toMatchObject({ reason: 'DISABLED' });
  });

  it('stays without an answer when it never had a good one', () => {
    const first = following(state({ flags: [bad] }), 'production');
    const worse = following(state({ flags: [flag('b', { rules: 'x' as never })] }), 'production', first);
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
    const snapshot = compile(state({ flags: [flag('f', fields)] }), 'production');
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
    let runs = 0;
    fc.assert(
      fc.property(
        garbageState(),
        forestRows({ environments: 4, flags: 4 }),
        anyContext,
        moment,
        (garbage, sound, context, now) => {
          runs++;
          for (const one of garbage.environments.values()) {
            const before = CompiledTree.empty().to(buildState({ ...sound, environments: garbage.environments.values() }));
            for (const snapshot of [compileEnvironment(garbage, one), before.to(garbage).snapshot(one.slug) as Snapshot]) {
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
    expect(failed / runs).toBeGreaterThan(1 / 3);
  });
});
