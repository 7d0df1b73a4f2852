import { describe, expect, it } from '@jest/globals';
import { environmentBySlug } from '../state/chain.js';
import { segmentDifferences } from './segment-differences.js';
import type { State } from '../state/state.js';
import { PRO, serveOn } from '../testing/answers.js';
import { flag, override, segment, state, withoutInheritance } from '../testing/builders.js';
import type { Condition, Environment } from '../types.js';

const FREE: Condition = { attribute: 'plan', operator: 'equals', values: ['free'] };
const naming = (...keys: string[]) => keys.map((key) => ({ segment: key }));

const between = (then: State, now: State, slug = 'production') => {
  const side = (at: State) => ({ state: at, environment: environmentBySlug(at, slug) as Environment });
  return segmentDifferences(side(then), side(now));
};

describe('the segments that differ between two moments', () => {
  const flags = [flag('f', { rules: [serveOn('r', naming('payers', 'outer'))] })];

  it('are those behind the rules, directly or through another segment, of which the conditions are others, by key', () => {
    const then = state({
      flags,
      segments: [segment('payers', [PRO]), segment('outer', naming('inner')), segment('inner', [PRO])],
    });
    const now = state({
      flags,
      segments: [segment('payers', [FREE]), segment('outer', naming('inner')), segment('inner', [])],
    });
    expect(between(then, now)).toEqual([
      { segment: 'inner', from: [PRO], to: [] },
      { segment: 'payers', from: [PRO], to: [FREE] },
    ]);
  });

  it('have no conditions where they are not there', () => {
    const then = state({ flags, segments: [segment('payers', [PRO])] });
    const now = state({ flags, segments: [segment('outer', [FREE])] });
    expect(between(then, now)).toEqual([
      { segment: 'outer', from: null, to: [FREE] },
      { segment: 'payers', from: [PRO], to: null },
    ]);
    expect(between(state({ flags }), state({ flags }))).toEqual([]);
  });

  it('are none where only names are others, or no rule names what changed', () => {
    const then = state({ flags, segments: [segment('payers', [PRO]), segment('unused', [PRO])] });
    const now = state({ flags, segments: [{ ...segment('payers', [PRO]), name: 'Payers' }, segment('unused', [FREE])] });
    expect(between(then, now)).toEqual([]);
  });

  it('are told when the rules of one side alone name them', () => {
    const [then, now] = [{ segments: [segment('payers', [PRO])] }, { segments: [segment('payers', [FREE])] }];
    const difference = [{ segment: 'payers', from: [PRO], to: [FREE] }];
    expect(between(state({ ...then, flags }), state(now))).toEqual(difference);
    expect(between(state(then), state({ ...now, flags }))).toEqual(difference);
  });

  it('are not told for an archived flag', () => {
    const archived = flags.map((one) => ({ ...one, archivedAt: '2026-01-01T00:00:00Z' }));
    const then = state({ flags: archived, segments: [segment('payers', [PRO])] });
    expect(between(then, state({ flags: archived, segments: [segment('payers', [FREE])] }))).toEqual([]);
  });

  it('are looked for behind the rules that the environment resolves, inherited ones as long as it inherits', () => {
    const overrides = [override('production', 'f', { rules: [serveOn('r', naming('payers'))] })];
    const at = (conditions: Condition[]) => state({ flags: [flag('f')], overrides, segments: [segment('payers', conditions)] });
    const difference = [{ segment: 'payers', from: [PRO], to: [FREE] }];
    expect(between(at([PRO]), at([FREE]), 'staging')).toEqual(difference);
    expect(between(withoutInheritance(at([PRO])), withoutInheritance(at([FREE])), 'staging')).toEqual([]);
    expect(between(withoutInheritance(at([PRO])), withoutInheritance(at([FREE])), 'production')).toEqual(difference);
  });
});
