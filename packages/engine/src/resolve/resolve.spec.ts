import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf, environmentBySlug, flagByKey } from '../state/chain.js';
import { baseOf, resolveContent, resolveFlag } from './resolve.js';
import type { State } from '../state/state.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';
import { naiveResolve } from '../testing/naive/naive-resolver.js';
import type { Rule } from '../types.js';

const FLAG = { kind: 'flag' };
const at = (slug: string) => ({ kind: 'environment', slug });
const rule = (id: string): Rule => ({ id, conditions: [], serve: { variant: 'on' } });

function resolve(rows: State, slug: string, key = 'f') {
  return resolveFlag(rows, environmentBySlug(rows, slug)!, flagByKey(rows, key)!);
}

describe('resolveFlag', () => {
  it('resolves each field on its own: the child sets enabled, the parent rules, the base has the variants', () => {
    const rules = [rule('beta')];
    const rows = state({
      flags: [flag('f', { enabled: false })],
      overrides: [override('staging', 'f', { enabled: true }), override('production', 'f', { rules })],
    });
    const resolved = resolve(rows, 'staging');
    expect(resolved.fields.enabled).toEqual({ value: true, source: at('staging'), state: 'overridden' });
    expect(resolved.fields.rules).toEqual({ value: rules, source: at('production'), state: 'inherited' });
    expect(resolved.fields.variants).toEqual({ value: flag('f').variants, source: FLAG, state: 'inherited' });
    expect(resolved.ruleSources).toEqual([at('production')]);
    expect(resolved.inheritedFrom).toBeNull();
  });

  it('inherits from the nearest environment that sets the field, however far above', () => {
    const rows = state({
      flags: [flag('f')],
      overrides: [override('production', 'f', { percentage: 10 }), override('staging', 'f', { enabled: false })],
    });
    expect(resolve(rows, 'development').fields.percentage).toEqual({ value: 10, source: at('production'), state: 'inherited' });
    expect(resolve(rows, 'development').fields.enabled).toEqual({ value: false, source: at('staging'), state: 'inherited' });
    expect(resolve(rows, 'development').inheritedFrom).toBe('staging');
  });

  it('takes an explicit empty list as a value and null as inheriting', () => {
    const base = flag('f', { rules: [rule('base')] });
    const emptied = state({ flags: [base], overrides: [override('staging', 'f', { rules: [] })] });
    expect(resolve(emptied, 'staging').fields.rules).toEqual({ value: [], source: at('staging'), state: 'overridden' });
    expect(resolve(emptied, 'development').fields.rules).toEqual({ value: [], source: at('staging'), state: 'inherited' });
    const inheriting = state({ flags: [base], overrides: [override('staging', 'f', { rules: null, reason: 'a note' })] });
    expect(resolve(inheriting, 'staging').fields.rules).toEqual({ value: base.rules, source: FLAG, state: 'inherited' });
    expect(resolve(inheriting, 'staging').inheritedFrom).toBeNull();
  });

  it('adds rules from the root down: replace discards, prepend and append add, each rule keeps its source', () => {
    const rows = state({
      environments: [environment('a'), environment('b', 'a'), environment('c', 'b'), environment('d', 'c')],
      flags: [flag('f', { rules: [rule('base')] })],
      overrides: [
        override('a', 'f', { rules: [rule('a')], rulesMode: 'append' }),
        override('b', 'f', { rules: [rule('b')], rulesMode: 'prepend' }),
        override('c', 'f', { rules: null, rulesMode: 'prepend', enabled: true }),
        override('d', 'f', { rules: [rule('d')], rulesMode: 'append' }),
      ],
    });
    const ids = (slug: string) => resolve(rows, slug).fields.rules.value.map(({ id }) => id);
    expect(ids('a')).toEqual(['base', 'a']);
    expect(ids('b')).toEqual(['b', 'base', 'a']);
    expect(ids('c')).toEqual(['b', 'base', 'a']);
    expect(ids('d')).toEqual(['b', 'base', 'a', 'd']);
    expect(resolve(rows, 'd').ruleSources).toEqual([at('b'), FLAG, at('a'), at('d')]);
    expect(resolve(rows, 'd').fields.rules).toMatchObject({ source: at('d'), state: 'overridden' });
    expect(resolve(rows, 'c').fields.rules).toMatchObject({ source: at('b'), state: 'inherited' });
  });

  it('starts again below a replace', () => {
    const rows = state({
      flags: [flag('f', { rules: [rule('base')] })],
      overrides: [
        override('production', 'f', { rules: [rule('p')], rulesMode: 'append' }),
        override('staging', 'f', { rules: [rule('s')], rulesMode: 'replace' }),
        override('development', 'f', { rules: [rule('d')], rulesMode: 'prepend' }),
      ],
    });
    expect(resolve(rows, 'development').fields.rules.value.map(({ id }) => id)).toEqual(['d', 's']);
  });

  it('says when an override sets what would be inherited anyway', () => {
    const rows = state({
      flags: [flag('f', { variants: [{ key: 'on', value: { a: 1, b: 2 } }], rules: [rule('base')] })],
      overrides: [
        override('production', 'f', {
          percentage: 100,
          variants: [{ value: { b: 2, a: 1 }, key: 'on' }],
          rules: [],
          rulesMode: 'append',
        }),
        override('staging', 'f', { percentage: 50, rules: [rule('base')], rulesMode: 'replace' }),
        override('development', 'f', { percentage: 50, rules: [rule('base')], rulesMode: 'append' }),
      ],
    });
    const states = (slug: string) => {
      const { percentage, variants, rules } = resolve(rows, slug).fields;
      return [percentage.state, variants.state, rules.state];
    };
    expect(states('production')).toEqual(['overridden-equal', 'overridden-equal', 'overridden-equal']);
    expect(states('staging')).toEqual(['overridden', 'inherited', 'overridden-equal']);
    expect(states('development')).toEqual(['overridden-equal', 'inherited', 'overridden']);
  });

  it('takes false, 0 and empty text as values, not absences', () => {
    const rows = state({
      flags: [flag('f', { enabled: true, percentage: 100, variants: [{ key: 'zero', value: null }] })],
      overrides: [override('production', 'f', { enabled: false, percentage: 0, variants: [{ key: 'zero', value: '' }] })],
    });
    const { enabled, percentage, variants } = resolve(rows, 'staging').fields;
    expect([enabled.value, percentage.value, variants.value[0]!.value]).toEqual([false, 0, '']);
  });

  it('looks at the environment alone when inheritance is switched off', () => {
    const rows = state({
      flags: [flag('f')],
      overrides: [override('production', 'f', { percentage: 10 }), override('staging', 'f', { enabled: false })],
    });
    const resolved = resolve(withoutInheritance(rows), 'staging');
    expect(resolved.fields.percentage).toEqual({ value: 100, source: FLAG, state: 'inherited' });
    expect(resolved.fields.enabled).toEqual({ value: false, source: at('staging'), state: 'overridden' });
    expect(resolve(withoutInheritance(rows), 'development').inheritedFrom).toBeNull();
  });

  it('goes through an inactive environment as through any other', () => {
    const rows = state({
      environments: [
        environment('production'),
        environment('staging', 'production', { isActive: false }),
        environment('development', 'staging'),
      ],
      flags: [flag('f')],
      overrides: [override('staging', 'f', { enabled: false })],
    });
    expect(resolve(rows, 'development').fields.enabled).toEqual({ value: false, source: at('staging'), state: 'inherited' });
  });

  it('agrees with a naive resolver on random forests', () => {
    let pairs = 0;
    let deepest = 0;
    let runs = 0;
    fc.assert(
      fc.property(forest(), (rows) => {
        runs++;
        for (const one of rows.environments.values()) {
          deepest = Math.max(deepest, chainOf(rows, one).length);
          for (const row of rows.flags.values()) {
            expect(resolveFlag(rows, one, row)).toEqual(naiveResolve(rows, one, row));
            pairs++;
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(pairs / runs).toBeGreaterThan(5);
    expect(deepest).toBeGreaterThanOrEqual(8);
  });

  it('is the base itself where no row on the chain sets anything', () => {
    const rows = state({
      flags: [flag('f')],
      overrides: [override('staging', 'f', { enabled: false }), override('production', 'f', {})],
    });
    const base = baseOf(flagByKey(rows, 'f')!);
    const [production, staging, development] = ['production', 'staging', 'development'].map((slug) =>
      resolveContent(chainOf(rows, environmentBySlug(rows, slug)!), rows.overrides.get(base.flag.id), base),
    );
    expect(production).toBe(base);
    expect([staging, development].map((one) => one?.fields.enabled.value)).toEqual([false, false]);
    expect(staging?.fields.percentage).toBe(base.fields.percentage);
  });
});
