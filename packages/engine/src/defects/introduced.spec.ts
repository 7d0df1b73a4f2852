import { describe, expect, it } from '@jest/globals';
import { planPromotion } from '../promote/promotion-plan.js';
import type { State } from '../state/state.js';
import { serveOn } from '../testing/answers.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';
import { promotionOrder } from '../testing/promotions.js';

const environments = [
  environment('production'),
  environment('beta', 'production'),
  environment('alpha', 'beta'),
  environment('source'),
];
const variants = [...flag('f').variants, { key: 'new', value: true }];
const serveNew = [serveOn('r', [], { serve: { variant: 'new' } })];
const unknown = (slug: string, key = 'f') => ({
  environment: slug,
  flag: key,
  field: 'rules',
  code: 'unknown-variant',
  detail: 'rule "r" names variant "new"; there are on, off',
  at: '/0/serve/variant',
});

describe('what a promotion would newly break', () => {
  const defects = (at: State, to = ['production']) =>
    planPromotion(at, promotionOrder({ from: 'source', to, flags: ['f'] })).defects;

  it('is told for the target and all that inherit it, parents first', () => {
    const at = state({
      environments,
      flags: [flag('f')],
      overrides: [override('source', 'f', { rules: serveNew }), override('beta', 'f', { percentage: 5 })],
    });
    expect(defects(at)).toEqual(['production', 'beta'].map((slug) => unknown(slug)).concat(unknown('alpha')));
    expect(defects(withoutInheritance(at))).toEqual([unknown('production')]);
  });

  it('is nothing where it was broken before in the same way, or where the variants are there', () => {
    const broken = { environments, flags: [flag('f', { rules: serveNew })] };
    expect(defects(state({ ...broken, overrides: [override('source', 'f', { percentage: 5 })] }))).toEqual([]);
    const overrides = [override('source', 'f', { rules: serveNew }), override('production', 'f', { variants })];
    expect(defects(state({ environments, flags: [flag('f')], overrides }))).toEqual([]);
  });

  it('includes flags that require a variant which is there no longer, in the environments where it goes, if they are in use', () => {
    const requires = { prerequisites: [{ flag: 'f', variants: ['new'] }] };
    const at = state({
      environments,
      flags: [
        flag('f', { variants }),
        flag('g', requires),
        flag('h', { ...requires, archivedAt: '2026-01-01T00:00:00Z' }),
        flag('i', { prerequisites: [{ flag: 'f', variants: ['on'] }] }),
      ],
      overrides: [override('source', 'f', { variants: flag('f').variants }), override('beta', 'f', { variants })],
    });
    const missing = {
      flag: 'g',
      field: 'prerequisites',
      code: 'unknown-variant',
      detail: 'flag "f" has no variant "new"',
      at: '/0/variants',
    };
    expect(defects(at)).toEqual([{ environment: 'production', ...missing }]);
    expect(defects(at, ['alpha', 'production'])).toEqual([
      { environment: 'production', ...missing },
      { environment: 'alpha', ...missing },
    ]);
  });
});
