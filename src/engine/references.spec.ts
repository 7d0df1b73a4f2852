import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dependentsOf, segmentsNamedIn, segmentsReachedBy } from './references.js';
import { flag, segment, state } from './testing/builders.js';
import type { Condition, Rule } from './types.js';

const rule = (...conditions: Condition[]): Rule => ({ id: 'r', conditions, serve: { variant: 'on' } });

describe('references', () => {
  it('name the segments at any depth of the conditions', () => {
    const conditions: Condition[] = [
      { segment: 'a' },
      { all: [{ any: [{ segment: 'b' }] }, { not: { segment: 'c' } }] },
      { attribute: 'segment', operator: 'exists' },
    ];
    expect(segmentsNamedIn(conditions)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('reach the segments behind segments, also round a circle and where one is missing', () => {
    const { segments } = state({
      segments: [segment('a', [{ segment: 'b' }]), segment('b', [{ segment: 'a' }, { segment: 'gone' }]), segment('z', [])],
    });
    expect(segmentsReachedBy(segments, [rule({ segment: 'a' }), rule()])).toEqual(new Set(['a', 'b', 'gone']));
    expect(segmentsReachedBy(segments, [])).toEqual(new Set());
  });

  it('find the live flags that require a flag', () => {
    const requires = { prerequisites: [{ flag: 'base', variants: ['on'] }] };
    const rows = state({
      flags: [flag('base'), flag('a', requires), flag('b', { ...requires, archivedAt: '2026-01-01T00:00:00Z' }), flag('c')],
    });
    expect(dependentsOf(rows, 'base').map(({ key }) => key)).toEqual(['a']);
  });

  it('pass over what is no condition', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (junk) => {
        segmentsNamedIn(junk as never);
        segmentsReachedBy(new Map(), junk as never);
        dependentsOf(state({ flags: [flag('a', { prerequisites: junk as never })] }), 'x');
      }),
    );
  });
});
