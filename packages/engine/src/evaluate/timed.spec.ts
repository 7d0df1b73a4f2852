import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from '../compile/snapshot.js';
import { context, moment } from '../testing/arbitraries/arbitraries.js';
import { flag, segment, snapshotOf } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import { runs } from '../testing/runs.js';
import { CompiledTree } from '../tree/compiled-tree.js';
import type { Condition, JsonValue, Rule } from '../types.js';
import { evaluate } from './evaluate.js';
import { isTimed } from './timed.js';

const when = (...conditions: Condition[]): Rule[] => [{ id: 'r', conditions, serve: { variant: 'on' } }];
const targeting = (expression: JsonValue): Rule[] => [{ id: 't', targeting: { if: [expression, 'on', 'off'] } }];
const AFTER: Condition = { attribute: '$now', operator: 'after', values: ['2026-03-01T00:00:00Z'] };

describe('a flag is timed', () => {
  it.each<[string, Rule[], boolean]>([
    ['no rules', [], false],
    ['the time of day', when(AFTER), true],
    ['the contrary of a time', when({ not: AFTER }), true],
    ['an attribute', when({ attribute: 'now', operator: 'equals', values: ['x'] }), false],
    ['a segment with a time in it', when({ segment: 'later' }), true],
    ['a segment without one', when({ segment: 'pro' }), false],
    ['a segment of a segment', when({ segment: 'outer' }), true],
    ['the moment that flagd gives', targeting({ '>': [{ var: '$flagd.timestamp' }, 9] }), true],
    ['all that flagd gives', targeting({ '!!': { var: ['$flagd'] } }), true],
    ['the key that flagd gives', targeting({ '==': [{ var: '$flagd.flagKey' }, 'f'] }), false],
    ['an attribute in an expression', targeting({ '==': [{ var: 'plan' }, '$flagd.timestamp'] }), false],
    ['a path that is worked out', targeting({ '!!': { var: { cat: ['$fl', 'agd.timestamp'] } } }), true],
    ['everything at once', targeting({ '!!': { var: '' } }), true],
    ['an element of a list', targeting({ some: [{ var: 'groups' }, { '==': [{ var: '' }, 'a'] }] }), false],
    ['a list that depends on the time', targeting({ some: [{ if: [{ var: '$flagd.timestamp' }, [1], []] }, true] }), true],
    ['a segment named by an expression', targeting({ $ref: 'later' }), true],
  ])('by %s', (_by, rules, expected) => {
    const segments = [
      segment('later', [AFTER]),
      segment('outer', [{ segment: 'later' }]),
      segment('pro', [{ attribute: 'plan', operator: 'equals', values: ['pro'] }]),
    ];
    const snapshot = snapshotOf(
      [flag('f', { rules }), flag('g', { prerequisites: [{ flag: 'f', variants: ['on'] }] })],
      segments,
    );
    expect([isTimed(snapshot, 'f'), isTimed(snapshot, 'g')]).toEqual([expected, expected]);
    expect(isTimed(snapshot, 'nothing')).toBe(false);
  });

  it('wherever time alone changes an answer', () => {
    const states = journey({ environments: 2, flags: 4, segments: 2 });
    fc.assert(
      fc.property(states, context, moment, moment, ({ to }, each, one, other) => {
        const tree = CompiledTree.empty().to(to);
        for (const { slug } of to.environments.values()) {
          const snapshot = tree.snapshot(slug) as Snapshot;
          for (const key of snapshot.flags.keys()) {
            if (isTimed(snapshot, key)) continue;
            expect(evaluate(snapshot, key, each, one)).toEqual(evaluate(snapshot, key, each, other));
          }
        }
      }),
      { numRuns: runs(60, 300) },
    );
  });
});
