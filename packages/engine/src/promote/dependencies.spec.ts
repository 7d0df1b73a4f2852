import { describe, expect, it } from '@jest/globals';
import { prerequisitesOf } from '../state/prerequisites.js';
import { type PromotionOrder, planPromotion } from './promotion-plan.js';
import type { State } from '../state/state.js';
import { PRO, serveOn } from '../testing/answers.js';
import { flag, override, segment, state, withoutInheritance } from '../testing/builders.js';
import { promotionOrder } from '../testing/promotions.js';

const requiring = (key: string, ...required: string[]) =>
  flag(key, { prerequisites: required.map((other) => ({ flag: other, variants: ['on'] })) });
const archived = { archivedAt: '2026-01-01T00:00:00Z' };

describe('what flags require', () => {
  it('is found through others, each once, without the flags themselves', () => {
    const at = state({ flags: [requiring('a', 'b', 'c'), requiring('b', 'd'), requiring('c', 'd', 'a'), flag('d'), flag('e')] });
    expect(prerequisitesOf(at, ['a']).sort()).toEqual(['b', 'c', 'd']);
    expect(prerequisitesOf(at, ['b', 'd'])).toEqual([]);
    expect(prerequisitesOf(at, ['c']).sort()).toEqual(['a', 'b', 'd']);
    expect(prerequisitesOf(at, [])).toEqual([]);
  });

  it('is neither an archived flag nor one that is not there, nor what these require', () => {
    const at = state({ flags: [requiring('a', 'old', 'gone'), { ...requiring('old', 'd'), ...archived }, flag('d')] });
    expect(prerequisitesOf(at, ['a', 'gone'])).toEqual([]);
  });
});

describe('the dependencies of a promotion', () => {
  const from = (at: State, more: Partial<PromotionOrder> = {}) =>
    planPromotion(at, promotionOrder({ from: 'development', to: ['staging'], ...more })).dependencies;
  const at = { environment: 'staging', flag: 'f' };
  const prerequisite = { ...at, kind: 'prerequisite', fields: [] };

  it('are, for a flag that requires and names nothing, none', () => {
    expect(from(state({ flags: [flag('f'), flag('p')], segments: [segment('s', [])] }))).toEqual([]);
  });

  it('are prerequisites that are the same, that differ in fields, or that are missing', () => {
    const rows = state({
      flags: [requiring('f', 'same', 'other', 'gone', 'old'), flag('same'), flag('other'), flag('old', archived)],
      overrides: [override('development', 'other', { enabled: false, percentage: 5 })],
    });
    expect(from(rows)).toEqual([
      { ...prerequisite, key: 'gone', state: 'missing' },
      { ...prerequisite, key: 'old', state: 'missing' },
      { ...prerequisite, key: 'same', state: 'same' },
      { ...prerequisite, key: 'other', state: 'differs', fields: ['enabled', 'percentage'] },
    ]);
    expect(from(rows, { dependencies: 'ignore' })).toEqual(from(rows));
  });

  it('count a prerequisite as included when it is promoted too, and still differs in what is not', () => {
    const rows = state({
      flags: [requiring('f', 'p'), flag('p')],
      overrides: [override('development', 'p', { enabled: false, percentage: 5 })],
    });
    expect(from(rows, { dependencies: 'include', fields: ['enabled'] })).toEqual([
      { ...prerequisite, key: 'p', state: 'included', fields: ['percentage'] },
    ]);
    expect(from(rows, { flags: ['f', 'p'] })).toEqual([{ ...prerequisite, key: 'p', state: 'same' }]);
  });

  it('compare what the environments resolve', () => {
    const rows = state({
      flags: [requiring('f', 'p'), flag('p')],
      overrides: [override('staging', 'p', { enabled: false })],
    });
    expect(from(rows)).toEqual([{ ...prerequisite, key: 'p', state: 'same' }]);
    expect(from(withoutInheritance(rows))).toEqual([{ ...prerequisite, key: 'p', state: 'differs', fields: ['enabled'] }]);
  });

  it('are the segments behind the rules that the target will have, by key, there or missing', () => {
    const rows = state({
      flags: [flag('f', { rules: [serveOn('base', [{ segment: 'before' }])] })],
      overrides: [override('development', 'f', { rules: [serveOn('r', [{ segment: 'outer' }, { segment: 'gone' }])] })],
      segments: [segment('outer', [{ segment: 'inner' }]), segment('inner', [PRO]), segment('before', [PRO])],
    });
    const named = { ...at, kind: 'segment', fields: [] };
    expect(from(rows)).toEqual([
      { ...named, key: 'gone', state: 'missing' },
      { ...named, key: 'inner', state: 'same' },
      { ...named, key: 'outer', state: 'same' },
    ]);
    expect(from(rows, { fields: ['enabled'] })).toEqual([{ ...named, key: 'before', state: 'same' }]);
  });

  it('are told for each target, then for each flag', () => {
    const rows = state({ flags: [requiring('f', 'p'), requiring('e', 'p'), flag('p')] });
    const told = from(rows, { from: 'development', to: ['staging', 'production'], flags: ['f', 'e'] });
    expect(told.map(({ environment, flag: key }) => `${environment} ${key}`)).toEqual([
      'production e',
      'production f',
      'staging e',
      'staging f',
    ]);
  });
});
