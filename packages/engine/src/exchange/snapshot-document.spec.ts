import { describe, expect, it } from '@jest/globals';
import { compileEnvironment } from '../compile/compile-environment.js';
import { flag as aFlag, override as anOverride, segment as aSegment, state as aState, TREE } from '../testing/builders.js';
import type { Condition, Environment, Rule } from '../types.js';
import { following } from '../testing/arbitraries/trees.js';
import { snapshotDocument } from './snapshot-document.js';

const rule = (...conditions: Condition[]): Rule => ({ id: 'r', conditions, serve: { variant: 'on' } });
const documentOf = (state: ReturnType<typeof aState>, at = 1) =>
  snapshotDocument(compileEnvironment(state, TREE[at] as Environment));

describe('the snapshot document', () => {
  it('holds each flag as it is in the environment, and all that evaluation needs of it', () => {
    const prerequisites = [{ flag: 'a', variants: ['on'] }];
    const state = aState({
      revision: 12,
      flags: [
        aFlag('b', {
          salt: 'pepper',
          onMissingKey: 'off',
          metadata: { ticket: 42 },
          prerequisites,
          owner: 'team',
          description: 'why',
        }),
        aFlag('a', { enabled: false, offVariant: null }),
      ],
      overrides: [anOverride('production', 'b', { percentage: 12.5, reason: 'rollout' })],
    });
    const flag = { type: 'boolean', rules: [], variants: aFlag('a').variants, defaultVariant: 'on', bucketing: 'flagd-v2' };
    const document = documentOf(state);
    expect(document).toEqual({
      format: 1,
      environment: 'staging',
      aliases: [],
      chain: ['staging', 'production'],
      revision: 12,
      etag: expect.any(String),
      flags: {
        a: {
          ...flag,
          enabled: false,
          percentage: 100,
          offVariant: null,
          salt: 'a',
          onMissingKey: 'error',
          prerequisites: [],
          metadata: {},
          inheritedFrom: null,
        },
        b: {
          ...flag,
          enabled: true,
          percentage: 12.5,
          offVariant: 'off',
          salt: 'pepper',
          onMissingKey: 'off',
          prerequisites,
          metadata: { ticket: 42 },
          inheritedFrom: 'production',
        },
      },
      segments: {},
    });
    expect(Object.keys(document.flags)).toEqual(['a', 'b']);
  });

  it('holds the segments that its rules reach, and no others', () => {
    const state = aState({
      flags: [aFlag('a', { rules: [rule({ any: [{ segment: 'staff' }, { not: { segment: 'guests' } }] })] })],
      segments: [
        aSegment('staff', [{ segment: 'people' }]),
        aSegment('people', [{ attribute: 'id', operator: 'exists' }]),
        aSegment('guests', []),
        aSegment('unused', []),
      ],
    });
    expect(documentOf(state).segments).toEqual({
      guests: { conditions: [] },
      people: { conditions: [{ attribute: 'id', operator: 'exists' }] },
      staff: { conditions: [{ segment: 'people' }] },
    });
  });

  it('changes its etag with the conditions behind a segment', () => {
    const withTesters = (conditions: Condition[]) =>
      aState({ flags: [aFlag('a', { rules: [rule({ segment: 'testers' })] })], segments: [aSegment('testers', conditions)] });
    expect(documentOf(withTesters([])).etag).toBe(documentOf({ ...withTesters([]), revision: 2 }).etag);
    expect(documentOf(withTesters([])).etag).not.toBe(documentOf(withTesters([{ attribute: 'id', operator: 'exists' }])).etag);
  });

  it('leaves archived flags out', () => {
    const state = aState({ flags: [aFlag('a', { archivedAt: '2026-11-20T12:00:00.000Z' })] });
    expect(documentOf(state).flags).toEqual({});
  });

  it('says of a flag that nobody can evaluate that it is defective, and nothing else', () => {
    const base = aFlag('a', { rules: [rule({ segment: 'nowhere' })] });
    expect(documentOf(aState({ flags: [base] })).flags).toEqual({ a: { defect: expect.stringContaining('nowhere') } });
  });

  it('holds the last good version of a flag that goes on with it, and the segments of that time', () => {
    const staff = aSegment('staff', [{ attribute: 'id', operator: 'exists' }]);
    const uses = aFlag('a', { rules: [rule({ segment: 'staff' })] });
    const good = following(aState({ flags: [uses], segments: [staff] }), 'staging');
    const bad = following(aState({ flags: [uses], segments: [] }), 'staging', good);
    const [before, after] = [snapshotDocument(good), snapshotDocument(bad)];
    expect(after.flags['a']).toEqual({ ...before.flags['a'], segments: { staff: { conditions: staff.conditions } } });
    expect([after.segments, bad.flags.get('a')!.defect]).toEqual([{}, expect.stringContaining('staff')]);
    expect(after.etag).not.toBe(before.etag);
  });

  it('has another etag when the environment has other names or other ancestors, but not when these have other flags', () => {
    const state = aState({ flags: [aFlag('a')] });
    const etag = (...environments: Environment[]) => {
      const at = { ...state, environments: new Map(environments.map((one) => [one.id, one])) };
      return snapshotDocument(compileEnvironment(at, environments.at(-1)!)).etag;
    };
    const [production, staging] = TREE as [Environment, Environment];
    const before = etag(production, staging);
    expect(etag({ ...production, name: 'Live', aliases: ['live'] }, staging)).toBe(before);
    expect(etag(production, { ...staging, aliases: ['stage'] })).not.toBe(before);
    expect(etag({ ...staging, parentId: null })).not.toBe(before);
  });

  it('tells what only people want to know where details are asked for', () => {
    const own = { ...rule({ attribute: 'id', operator: 'exists' }), name: 'Everybody' };
    const variants = aFlag('a').variants.map((variant) => ({ ...variant, description: 'why' }));
    const state = aState({
      flags: [aFlag('a', { variants, rules: [own] })],
      overrides: [anOverride('production', 'a', { rules: [{ ...own, id: 's' }], rulesMode: 'prepend' })],
    });
    const snapshot = compileEnvironment(state, TREE[1] as Environment);
    const [plain, detailed] = [{}, { details: true }].map((options) => snapshotDocument(snapshot, options).flags['a']);
    expect(JSON.stringify(plain)).not.toMatch(/why|Everybody|sources/);
    expect(detailed).toMatchObject({
      variants,
      rules: [{ id: 's', name: 'Everybody' }, own],
      sources: { fields: { enabled: null, rules: 'production' }, rules: ['production', null] },
    });
  });
});
