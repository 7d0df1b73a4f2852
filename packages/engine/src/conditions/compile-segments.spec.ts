import { describe, expect, it } from '@jest/globals';
import { compileConditions, segmentHolds, type Conditions } from './compile-conditions.js';
import { takeFailure } from './pending-failure.js';
import { PRO } from '../testing/answers.js';
import { segment } from '../testing/builders.js';
import type { Condition, EvaluationContext } from '../types.js';

const OWN: Condition = { jsonLogic: { '===': [{ var: '$flagd.flagKey' }, 'f'] } };
const FAILING: Condition = { jsonLogic: { '/': [1, { var: 'n' }] } };
const SEGMENTS = new Map(
  [
    segment('pros', [PRO]),
    segment('outer', [{ segment: 'pros' }, PRO]),
    segment('own', [OWN]),
    segment('around', [{ not: { segment: 'own' } }]),
    segment('failing', [FAILING]),
    segment('both', [PRO, FAILING]),
  ].map((one) => [one.key, one]),
);

const naming = (key: string, flagKey?: string, segments = SEGMENTS) => compileConditions([{ segment: key }], segments, flagKey);
const holds = ({ test }: Conditions, context: EvaluationContext = {}) => test.holds(context, 0, undefined);

describe('a segment', () => {
  it('is compiled once for all flags that name it, while the segments stay', () => {
    expect(naming('outer', 'g').test).toBe(naming('outer', 'f').test);
    expect(naming('pros', 'f').test).not.toBe(naming('outer', 'f').test);
    expect(naming('outer', 'f', new Map(SEGMENTS)).test).not.toBe(naming('outer', 'f').test);
  });

  it('with an expression is compiled once for each flag, whose key the expression may ask for', () => {
    for (const key of ['own', 'around']) {
      expect(naming(key, 'f').test).toBe(naming(key, 'f').test);
      expect(naming(key, 'g').test).not.toBe(naming(key, 'f').test);
    }
    expect([holds(naming('own', 'f')), holds(naming('own', 'g')), holds(naming('own'))]).toEqual([true, false, false]);
    expect([holds(naming('around', 'f')), holds(naming('around', 'g'))]).toEqual([false, true]);
  });

  it('keeps apart what flags have in other segments', () => {
    const own = naming('own', 'h').test;
    const around = naming('around', 'h').test;
    expect([naming('own', 'h').test, naming('around', 'h').test]).toEqual([own, around]);
    expect(around).not.toBe(own);
  });

  it('that is not there cannot be compiled', () => {
    expect(() => naming('nobody')).toThrow('there is no segment "nobody"');
  });
});

describe('conditions are fallible', () => {
  const fallible = (conditions: Condition[]) => compileConditions(conditions, new Map(SEGMENTS), 'f').fallible;

  it('when one of them is an expression, however deep', () => {
    expect(fallible([PRO, FAILING])).toBe(true);
    expect(fallible([{ all: [{ any: [{ not: FAILING }] }] }])).toBe(true);
    expect(fallible([{ segment: 'own' }])).toBe(true);
    expect(fallible([{ segment: 'around' }])).toBe(true);
  });

  it('also when the segment with the expression was compiled before', () => {
    const twice = [{ segment: 'around' }, { segment: 'around' }].map((condition) => naming(condition.segment, 'x').fallible);
    expect(twice).toEqual([true, true]);
  });

  it('not when they ask for attributes only', () => {
    expect(fallible([])).toBe(false);
    expect(fallible([PRO, { all: [PRO, { any: [{ not: PRO }] }] }, { segment: 'outer' }])).toBe(false);
  });
});

describe('a segment to which an expression refers', () => {
  const asked = (key: string, context: EvaluationContext) => segmentHolds(SEGMENTS, 'f')(key)(context, 0);

  it('holds when its conditions do', () => {
    expect([asked('pros', { plan: 'pro' }), asked('pros', {}), asked('own', {})]).toEqual([true, false, true]);
  });

  it('has no value when one of its expressions has none, and leaves no failure behind', () => {
    expect(() => asked('failing', { n: 0 })).toThrow('it divides by 0');
    expect(() => asked('both', { plan: 'pro', n: 0 })).toThrow('it divides by 0');
    expect(asked('both', { plan: 'free', n: 0 })).toBe(false);
    expect(takeFailure()).toBeUndefined();
  });
});
