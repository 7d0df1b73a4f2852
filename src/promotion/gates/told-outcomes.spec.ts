import { describe, expect, it } from '@jest/globals';
import type { Branch, CheckOutcome } from '@flagtree/engine';
import { environment, state } from '@flagtree/engine/testing';
import { Caller, type Token } from '../../access/identity/caller.js';
import { failed, passed } from './standing-gates.js';
import { toldTo } from './told-outcomes.js';

const tree = state({ environments: [environment('production'), environment('staging', 'production')] });
const limitedTo = (environmentIds: string[] | null) =>
  new Caller({ name: 'ci', environmentIds, includeDescendants: false } as Token);
const at = (slug: string) => ({ environment: slug, flag: 'f', check: 'c', branch: 'default' }) as CheckOutcome & Branch;

const tried = {
  outcomes: [at('production'), at('staging')],
  branches: [at('production'), at('staging')],
  gates: [passed('valid', 'x'), passed('evaluation', 'x'), failed('checks', 'would get "on"'), passed('has-checks', 'x', { pipeline: 'main' })],
}; // prettier-ignore

describe('what is told of a promotion that was tried', () => {
  it('is all of it, to who may see all of it', () => {
    expect(toldTo(limitedTo(null), tree, tried)).toEqual(tried);
    expect(toldTo(limitedTo(['production', 'staging']), tree, tried)).toEqual(tried);
  });

  it('is nothing of an environment that the caller may not see, not by a gate either', () => {
    const told = toldTo(limitedTo(['staging']), tree, tried);
    expect(told.outcomes).toEqual([at('staging')]);
    expect(told.branches).toEqual([at('staging')]);
    expect(told.gates.map(({ gate, state, pipeline }) => [gate, state, pipeline])).toEqual([
      ['valid', 'passed', null],
      ['evaluation', 'failed', null],
      ['checks', 'failed', null],
      ['has-checks', 'failed', 'main'],
    ]);
    expect(told.gates.slice(1).every(({ reason }) => reason.startsWith('The token "ci" may not evaluate in every'))).toBe(true);
  });
});
