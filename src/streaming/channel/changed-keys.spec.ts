import { describe, expect, it } from '@jest/globals';
import { flag as aFlag, override as anOverride, segment as aSegment, state as stateOf, TREE } from '@flagtree/engine/testing';
import { compileEnvironment, type Environment, type State } from '@flagtree/engine';
import { changedKeys } from './changed-keys.js';

/** In it, qa stands beside staging. */
const aState = (rows: Parameters<typeof stateOf>[0]) => stateOf({ environments: TREE, ...rows });

const staging = (state: State) => compileEnvironment(state, TREE[1] as Environment);
const changed = (before: State, after: State) => changedKeys(staging(before), staging(after));

const uses = (segment: string) => [{ id: 'r', conditions: [{ segment }], serve: { variant: 'on' } }];
const flags = [aFlag('a'), aFlag('b'), aFlag('c', { rules: uses('staff') })];
const segments = [aSegment('staff', [])];
const state = aState({ flags, segments });

describe('the flags that a change changes in an environment', () => {
  it.each([
    ['none, when nothing did', aState({ flags, segments, revision: 9 }), []],
    [
      'none, when only what nobody evaluates did',
      aState({ flags: [aFlag('a', { description: 'new' }), ...flags.slice(1)], segments }),
      [],
    ],
    [
      'none, when it changed another environment',
      aState({ flags, segments, overrides: [anOverride('development', 'a', { enabled: false })] }),
      [],
    ],
    [
      'those that a parent made different',
      aState({ flags, segments, overrides: [anOverride('production', 'b', { enabled: false })] }),
      ['b'],
    ],
    [
      'those that are new, gone or archived',
      aState({ flags: [aFlag('z'), aFlag('a', { archivedAt: '2026-11-20T12:00:00.000Z' }), ...flags.slice(2)], segments }),
      ['a', 'b', 'z'],
    ],
    [
      'those behind whose rules a segment changed',
      aState({ flags, segments: [aSegment('staff', [{ attribute: 'mail', operator: 'exists' }])] }),
      ['c'],
    ],
  ])('are %s', (_what, after, keys) => {
    expect(changed(state, after)).toEqual(keys);
  });
});
