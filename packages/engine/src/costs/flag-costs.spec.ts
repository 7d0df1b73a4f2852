import { describe, expect, it } from '@jest/globals';
import { effect } from '../compare/effect.js';
import { defectsAcross } from '../defects/defects-across.js';
import { runToEnd } from '../interruptible.js';
import { environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import { serveOn } from '../testing/answers.js';
import { flag, override, segment, state } from '../testing/builders.js';
import type { Condition, Flag } from '../types.js';
import { slicedCosts } from './flag-costs.js';

const matching = (...values: string[]): Condition => ({ attribute: 'x', operator: 'matches', values });
const ruled = (key: string, ...conditions: Condition[]) => flag(key, { rules: [serveOn('r', conditions)] });
const costsOf = (before: Parameters<typeof state>[0], after: Parameters<typeof state>[0]) => {
  const [from, to] = [state(before), state(after)];
  return runToEnd(slicedCosts(from, to, effect(from, to)));
};

describe('the costs that a change changes', () => {
  it('are told wherever the flag is another, the dearest first', () => {
    const rules = [serveOn('r', [matching('a+b')]), serveOn('s', [matching('c')])];
    const costs = costsOf({ flags: [flag('f')] }, { flags: [ruled('f', matching('a'))], overrides: [override('staging', 'f', { rules })] });
    expect(costs.map(({ environment, before }) => [environment, before])).toEqual([['staging', 0], ['development', 0], ['production', 0]]);
    expect(costs[0]?.after).toBeGreaterThan(costs[2]?.after ?? 0);
  }); // prettier-ignore

  it('are told of flags that are new, and of those whose segments are others', () => {
    expect(costsOf({}, { flags: [ruled('f', matching('a'))] })).toMatchObject([{ before: null }, { before: null }, { before: null }]);
    const named = { flags: [ruled('f', { segment: 's' })] };
    const costs = costsOf({ ...named, segments: [segment('s', [matching('a')])] }, { ...named, segments: [segment('s', [matching('a{9}')])] });
    expect(costs).toHaveLength(3);
    expect(costs[0]?.after).toBeGreaterThan(costs[0]?.before ?? 0);
  }); // prettier-ignore

  it('are not told where they stay, and never of more than 20', () => {
    expect(costsOf({ flags: [flag('f')] }, { flags: [flag('f', { enabled: false })] })).toEqual([]);
    const many = (...conditions: Condition[]) => Array.from({ length: 40 }, (_, i) => ruled(`f.${i}`, ...conditions));
    expect(costsOf({ flags: many() }, { flags: many(matching('a')) })).toHaveLength(20);
  });
});

describe('a flag whose rules may cost too much', () => {
  const defectsOf = (one: Flag, segments = [segment('s', [matching('\\p{L}{1,999}')])]) => {
    const at = state({ flags: [one], segments });
    return defectsAcross(at, flagByKey(at, one.key) as Flag, environmentsInTreeOrder(at)).map(({ code }) => code);
  };

  it('has a defect', () => {
    const large = Array.from({ length: 4 }, (_, i) => `\\p{L}{1,${500 - i}}\\p{N}`);
    expect(defectsOf(ruled('f', matching(...large)))).toEqual(['too-costly', 'too-costly', 'too-costly']);
    expect(defectsOf(ruled('f', matching(...large.slice(2))))).not.toEqual([]);
    expect(defectsOf(ruled('f', matching(...large.slice(3))))).toEqual([]);
  });

  it('with what its segments cost, as often as it names them', () => {
    expect(defectsOf(ruled('f', { segment: 's' }, { segment: 's' }))).toContain('too-costly');
  });
});
