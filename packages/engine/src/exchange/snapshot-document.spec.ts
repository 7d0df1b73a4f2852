import { describe, expect, it } from '@jest/globals';
import { compileEnvironment } from '../compile/compile-environment.js';
import { flag as aFlag, override as anOverride, segment as aSegment, state as aState, TREE } from '../testing/builders.js';
import type { Condition, Environment, Rule } from '../types.js';
import { snapshotDocument } from './snapshot-document.js';

const rule = (...conditions: Condition[]): Rule => ({ id: 'r', conditions, serve: { variant: 'on' } });
const documentOf = (state: ReturnType<typeof aState>, at = 1) =>
  snapshotDocument(compileEnvironment(state, TREE[at] as Environment), state.segments);

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
      environment: 'staging',
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
});
