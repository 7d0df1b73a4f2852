import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  dependentsOf,
  prerequisiteKeys,
  referencesIn,
  segmentsNamedBy,
  segmentsNamedIn,
  segmentsReachedBy,
} from './references.js';
import { flag, segment, state } from '../testing/builders.js';
import type { Condition, Rule } from '../types.js';

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

  it('name the segments that an expression refers to, in a rule or in a condition', () => {
    const expression = { if: [{ $ref: 'a' }, { '!': { $ref: 'b' } }, { cat: ['$ref', { var: '$ref' }, null] }] };
    expect(referencesIn(expression)).toEqual(new Set(['a', 'b']));
    expect(referencesIn({ $ref: 7, or: [{ $ref: 'c' }] })).toEqual(new Set(['c']));
    expect(referencesIn('$ref')).toEqual(new Set());
    expect(segmentsNamedIn([{ not: { jsonLogic: expression } }, { segment: 'd' }])).toEqual(new Set(['a', 'b', 'd']));
    expect(segmentsNamedBy({ id: 'r', targeting: expression })).toEqual(new Set(['a', 'b']));
    expect(segmentsNamedBy(rule({ segment: 'd' }))).toEqual(new Set(['d']));
    const { segments } = state({ segments: [segment('a', [{ segment: 'z' }]), segment('z', [])] });
    expect(segmentsReachedBy(segments, [{ id: 'r', targeting: expression }])).toEqual(new Set(['a', 'b', 'z']));
  });

  it('name no segment where the key is no text or what should be a condition is none', () => {
    const junk = [null, 'segment', 7, { segment: 7 }, { segment: null }, [{ all: 'x' }, { any: null }], { segment: 'a', not: 7 }];
    expect(segmentsNamedIn(junk as never)).toEqual(new Set(['a']));
    expect(segmentsNamedIn(null as never)).toEqual(new Set());
    expect(segmentsReachedBy(new Map(), [null, 'x', 7, rule({ segment: 'a' })] as never)).toEqual(new Set(['a']));
    expect(segmentsReachedBy(new Map(), { 0: rule({ segment: 'a' }) } as never)).toEqual(new Set());
  });

  it('find the live flags that require a flag', () => {
    const requires = { prerequisites: [{ flag: 'base', variants: ['on'] }] };
    const rows = state({
      flags: [flag('base'), flag('a', requires), flag('b', { ...requires, archivedAt: '2026-01-01T00:00:00Z' }), flag('c')],
    });
    expect(dependentsOf(rows, 'base').map(({ key }) => key)).toEqual(['a']);
    expect(dependentsOf(rows, 'base')).toBe(dependentsOf(rows, 'base'));
    expect(dependentsOf(rows, 'c')).toEqual([]);
  });

  it('find each dependent once, in the order of the flags', () => {
    const requires = (...keys: string[]) => ({ prerequisites: keys.map((key) => ({ flag: key, variants: ['on'] })) });
    const rows = state({ flags: [flag('z', requires('base', 'base')), flag('a', requires('other', 'base')), flag('base')] });
    expect(dependentsOf(rows, 'base').map(({ key }) => key)).toEqual(['z', 'a']);
    expect(dependentsOf(rows, 'other').map(({ key }) => key)).toEqual(['a']);
    const later = state({ flags: [...rows.flags.values(), flag('m', requires('base'))] });
    expect(dependentsOf(later, 'base').map(({ key }) => key)).toEqual(['z', 'a', 'm']);
  });

  it('take for a prerequisite only what names a flag', () => {
    const junk = [null, undefined, 7, {}, { flag: 7 }, { flag: 'a' }, { flag: 'a' }];
    expect(prerequisiteKeys(flag('f', { prerequisites: junk as never }))).toEqual(['a', 'a']);
    expect(prerequisiteKeys(flag('f', { prerequisites: { flag: 'a' } as never }))).toEqual([]);
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
