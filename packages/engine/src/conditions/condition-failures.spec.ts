import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileConditions } from './compile-conditions.js';
import { takeFailure } from './pending-failure.js';
import { createRecorder } from '../trace/recorder.js';
import type { Condition } from '../types.js';

const YES: Condition = { all: [] };
const NO: Condition = { any: [] };
/** Two ways to have no value, told apart by their reasons. */
const DIVIDES: Condition = { jsonLogic: { '/': [1, 0] } };
const ADDS: Condition = { jsonLogic: { '+': ['a', 1] } };
const BY_0 = 'it divides by 0';
const NO_NUMBER = 'it calculates with what is no number';

/** What they come to, and why an expression in them has no value, if that was reached. */
function outcomeOf(conditions: Condition[], recorder = false): [boolean, string | undefined] {
  const { test } = compileConditions(conditions, new Map());
  const holds = test.holds({}, 0, recorder ? createRecorder() : undefined);
  return [holds, takeFailure()?.why];
}

describe('an expression without a value, among conditions', () => {
  it.each<[string, Condition[], boolean, string | undefined]>([
    ['counts as not holding', [DIVIDES], false, BY_0],
    ['fails where it is reached', [YES, DIVIDES, YES], false, BY_0],
    ['is not reached after one that does not hold', [NO, DIVIDES], false, undefined],
    ['is not reached in "any" after one that holds', [{ any: [YES, DIVIDES] }], true, undefined],
    ['fails in "any" even if another holds after it', [{ any: [DIVIDES, YES] }], true, BY_0],
    ['fails in "not"', [{ not: DIVIDES }], true, BY_0],
    ['is not reached in "not" of a decided group', [{ not: { any: [YES, DIVIDES] } }], false, undefined],
    ['gives way to the first that fails', [{ any: [ADDS, DIVIDES] }], false, NO_NUMBER],
    ['stays the first where a later group would be decided', [{ any: [ADDS, { any: [DIVIDES, YES] }] }], true, NO_NUMBER],
    ['inside a group after the decision counts for nothing', [NO, { all: [DIVIDES, YES] }], false, undefined],
    ['before the decision counts though others come after it', [{ any: [ADDS, YES, DIVIDES, YES] }], true, NO_NUMBER],
  ])('%s', (_what, conditions, holds, why) => {
    expect(outcomeOf(conditions)).toEqual([holds, why]);
    expect(outcomeOf(conditions, true)).toEqual([holds, why]);
  });

  it('comes to the same with a recorder, which looks at everything', () => {
    const { node } = fc.letrec<{ node: Condition }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        { weight: 3, arbitrary: fc.constantFrom(YES, NO, DIVIDES, ADDS) },
        fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) }),
        fc.record({ not: tie('node') }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(node, { maxLength: 3 }), (conditions) => {
        expect(outcomeOf(conditions, true)).toEqual(outcomeOf(conditions));
      }),
      { numRuns: 500 },
    );
  });
});
