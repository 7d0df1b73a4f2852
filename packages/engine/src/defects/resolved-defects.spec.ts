import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug, flagByKey } from '../state/chain.js';
import { resolveFlag } from '../resolve/resolve.js';
import { introducedDefects, resolvedDefects } from './resolved-defects.js';
import { expandedSize, MAX_EXPANDED_CONDITIONS } from './segment-shapes.js';
import type { State } from '../state/state.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { flag, override, segment, state, withoutInheritance } from '../testing/builders.js';
import type { Condition, Flag, Rule, Serve } from '../types.js';

function defects(rows: State, slug = 'production', key = 'f') {
  return resolvedDefects(rows, resolveFlag(rows, environmentBySlug(rows, slug)!, flagByKey(rows, key)!));
}
const brief = (...args: Parameters<typeof defects>) => defects(...args).map(({ field, code }) => `${field} ${code}`);
const only = (fields: Partial<Flag>, more: Parameters<typeof state>[0] = {}) =>
  state({ ...more, flags: [flag('f', fields), ...(more.flags ?? [])] });
const rule = (serve: Serve, conditions: Condition[] = []): Rule => ({ id: 'r', conditions, serve });

describe('resolvedDefects', () => {
  it('finds none in sound flags', () => {
    fc.assert(
      fc.property(forest({ environments: 4, flags: 4 }), (rows) => {
        for (const environment of rows.environments.values()) {
          for (const one of rows.flags.values()) {
            // a flag that requires one of type other than its variants does not exist among generated ones; an archived one may
            const found = resolvedDefects(rows, resolveFlag(rows, environment, one));
            expect(found).toEqual([]);
          }
        }
      }),
    );
  });

  it('names the environment, the flag, the field and what to look at', () => {
    expect(defects(only({ rules: [rule({ variant: 'none' })] }))).toEqual([
      {
        environment: 'production',
        flag: 'f',
        field: 'rules',
        code: 'unknown-variant',
        at: '/0/serve/variant',
        detail: 'rule "r" names variant "none"; there are on, off',
      },
    ]);
  });

  it('wants every named variant to exist', () => {
    expect(
      brief(
        only({
          rules: [
            rule({
              split: [
                { variant: 'on', weight: 1 },
                { variant: 'x', weight: 0 },
              ],
            }),
          ],
        }),
      ),
    ).toEqual(['rules unknown-variant']);
    expect(brief(only({ defaultVariant: 'x', offVariant: 'y' }))).toEqual([
      'defaultVariant unknown-variant',
      'offVariant unknown-variant',
    ]);
    expect(brief(only({ defaultVariant: null, offVariant: null, variants: [] }))).toEqual([]);
    expect(brief(only({ variants: [] }))).toEqual(['defaultVariant unknown-variant', 'offVariant unknown-variant']);
  });

  it('sees what only shows where fields of several environments meet', () => {
    const rows = only(
      { rules: [rule({ variant: 'on' })] },
      {
        overrides: [
          override('staging', 'f', { variants: [{ key: 'off', value: false }] }),
          override('development', 'f', { rules: [], defaultVariant: 'off' }),
        ],
      },
    );
    expect(brief(rows)).toEqual([]);
    expect(brief(rows, 'staging')).toEqual(['rules unknown-variant', 'defaultVariant unknown-variant']);
    expect(brief(rows, 'development')).toEqual([]);
    expect(brief(withoutInheritance(rows), 'development')).toEqual([]);
  });

  it('wants values of the type and weights that are not all nothing', () => {
    expect(
      brief(
        only({
          variants: [
            { key: 'on', value: 'yes' },
            { key: 'off', value: false },
          ],
        }),
      ),
    ).toEqual(['variants malformed']);
    expect(
      brief(
        only({
          variants: [
            { key: 'on', value: true, weight: 0 },
            { key: 'off', value: false, weight: 0 },
          ],
        }),
      ),
    ).toEqual(['variants malformed']);
  });

  it('takes rules of several environments together, though an id repeats', () => {
    const rows = only(
      { rules: [rule({ variant: 'on' })] },
      { overrides: [override('production', 'f', { rules: [rule({ variant: 'off' })], rulesMode: 'prepend' })] },
    );
    expect(brief(rows)).toEqual([]);
  });

  it('wants the segments to exist and to end', () => {
    const uses = (key: string, segments: ReturnType<typeof segment>[]) =>
      only({ rules: [rule({ variant: 'on' }, [{ not: { segment: key } }])] }, { segments });
    expect(defects(uses('a', []))).toMatchObject([
      { field: 'rules', code: 'unknown-segment', detail: 'rule "r": there is no segment "a"' },
    ]);
    expect(brief(uses('a', [segment('a', [{ segment: 'b' }])]))).toEqual(['rules unknown-segment']);
    expect(brief(uses('a', [segment('a', [{ segment: 'a' }])]))).toEqual(['rules segment-cycle']);
    expect(brief(uses('a', [segment('a', [{ any: [{ segment: 'b' }] }]), segment('b', [{ all: [{ segment: 'a' }] }])]))).toEqual([
      'rules segment-cycle',
    ]);
    expect(brief(uses('a', [segment('a', 'x' as never)]))).toEqual(['rules malformed']);
    expect(brief(uses('a', [segment('a', [{ segment: 'b' }, { segment: 'b' }]), segment('b', [])]))).toEqual([]);
  });

  it('wants prerequisites to exist, with their variants, in the environment', () => {
    const requires = { prerequisites: [{ flag: 'g', variants: ['on', 'gold'] }] };
    expect(brief(only(requires))).toEqual(['prerequisites unknown-flag']);
    expect(brief(only(requires, { flags: [flag('g', { archivedAt: '2026-01-01T00:00:00Z' })] }))).toEqual([
      'prerequisites unknown-flag',
    ]);
    expect(defects(only(requires, { flags: [flag('g')] }))).toMatchObject([
      { code: 'unknown-variant', detail: 'flag "g" has no variant "gold"' },
    ]);
    const gold = override('staging', 'g', {
      variants: [
        { key: 'on', value: true },
        { key: 'gold', value: true },
      ],
      offVariant: 'on',
    });
    const rows = only(requires, { flags: [flag('g')], overrides: [gold] });
    expect(brief(rows, 'production')).toEqual(['prerequisites unknown-variant']);
    expect(brief(rows, 'development')).toEqual([]);
    expect(brief(withoutInheritance(rows), 'development')).toEqual(['prerequisites unknown-variant']);
  });

  it('says what is wrong with a prerequisite', () => {
    const requires = { prerequisites: [{ flag: 'g', variants: ['v'.repeat(61)] }] };
    const found = (...flags: Flag[]) => defects(only(requires, { flags }));
    const at = { environment: 'production', flag: 'f', field: 'prerequisites' };
    expect(found()).toEqual([{ ...at, code: 'unknown-flag', detail: 'there is no flag "g" to require', at: '/0/flag' }]);
    expect(found(flag('g', { archivedAt: '2026-01-01T00:00:00Z' }))).toEqual([
      { ...at, code: 'unknown-flag', detail: 'there is no flag "g" to require: it is archived', at: '/0/flag' },
    ]);
    expect(found(flag('g'))).toEqual([
      { ...at, code: 'unknown-variant', detail: `flag "g" has no variant "${'v'.repeat(60)}…"`, at: '/0/variants' },
    ]);
    for (const variants of ['junk', [null, 7]])
      expect(found(flag('g', { variants: variants as never })).map(({ code }) => code)).toEqual(['unknown-variant']);
    expect(defects(only({ prerequisites: [{ flag: 'f', variants: ['on'] }] }))).toEqual([
      { ...at, code: 'prerequisite-cycle', detail: 'flag "f" would, through its prerequisites, require itself' },
    ]);
    const circle = [flag('g', { prerequisites: [{ flag: 'g', variants: ['on'] }] })];
    expect(defects(only({ prerequisites: [{ flag: 'g', variants: ['on'] }] }, { flags: circle }))).toEqual([
      { ...at, code: 'prerequisite-cycle', detail: 'the prerequisites lead into a cycle: f → g → g' },
    ]);
  });

  it('passes over required variants that are no list: they are malformed already', () => {
    const rows = only({ prerequisites: [{ flag: 'g', variants: 'on' as never }] }, { flags: [flag('g')] });
    expect(brief(rows)).toEqual(['prerequisites malformed']);
  });

  it.each([[{}], ['x'], [null], [[null, { flag: 'g', variants: ['on'] }]], [[7, { flag: 7, variants: ['on'] }, { flag: 'g' }]]])(
    'passes over what is no prerequisite in %j',
    (prerequisites) => {
      const rows = only({ prerequisites: prerequisites as never }, { flags: [flag('g')] });
      expect(brief(rows)).toEqual(['prerequisites malformed']);
    },
  );

  it('asks nothing of the prerequisites in an environment that is not there', () => {
    const rows = only({ prerequisites: [{ flag: 'gone', variants: ['on'] }] });
    const resolved = resolveFlag(rows, environmentBySlug(rows, 'staging')!, flagByKey(rows, 'f')!);
    expect(resolvedDefects(rows, { ...resolved, environment: 'gone' })).toEqual([]);
  });

  it('does not follow archived flags, nor come back to one that it has seen', () => {
    const requires = (...keys: string[]) => ({ prerequisites: keys.map((key) => ({ flag: key, variants: ['on'] })) });
    const archived = flag('h', { ...requires('f'), archivedAt: '2026-01-01T00:00:00Z' });
    expect(brief(only(requires('g'), { flags: [flag('g', requires('h')), archived] }))).toEqual([]);
    expect(brief(only(requires('g', 'i'), { flags: [flag('g', requires('i')), flag('i')] }))).toEqual([]);
  });

  it('says which variants there are, twenty at most', () => {
    const variants = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `v${index}`, value: true }));
    const told = (fields: Partial<Flag>) => defects(only(fields)).map(({ field, detail }) => `${field}: ${detail}`);
    const there = `there are ${Array.from({ length: 20 }, (_, index) => `v${index}`).join(', ')}`;
    expect(told({ variants: variants(21), defaultVariant: 'x'.repeat(61), offVariant: 'v20' })).toEqual([
      `defaultVariant: the default variant names variant "${'x'.repeat(60)}…"; ${there}`,
    ]);
    expect(told({ variants: [], defaultVariant: null, offVariant: 'off' })).toEqual([
      'offVariant: the off variant names variant "off"; the flag has no variants',
    ]);
    const split = {
      split: [
        { variant: 'on', weight: 1 },
        { variant: 'gone', weight: 1 },
      ],
    };
    expect(told({ rules: [rule(split), { id: 't', targeting: {} }, rule({ variant: 'none' })] })).toEqual([
      'rules: the split of rule "r" names variant "gone"; there are on, off',
      'rules: rule "r" names variant "none"; there are on, off',
    ]);
  });

  it('bounds the conditions of all rules, with their segments written out', () => {
    const segments = [segment('many', Array<Condition>(1_000).fill({ attribute: 'a', operator: 'exists' }))];
    const conditions = Array<Condition>(10).fill({ segment: 'many' });
    const size = expandedSize(only({}, { segments }).segments, conditions);
    const told = (rules: number) =>
      defects(only({ rules: Array<Rule>(rules).fill(rule({ variant: 'on' }, conditions)) }, { segments }));
    const most = Math.floor(MAX_EXPANDED_CONDITIONS / size);
    expect(told(most)).toEqual([]);
    expect(told(most + 1)).toEqual([
      {
        environment: 'production',
        flag: 'f',
        field: 'rules',
        code: 'too-many',
        detail: `with their segments written out the rules have ${size * (most + 1)} conditions, more than 100000`,
      },
    ]);
  });

  it('wants prerequisites to end', () => {
    const requires = (...keys: string[]) => ({ prerequisites: keys.map((key) => ({ flag: key, variants: ['on'] })) });
    expect(brief(only(requires('f')))).toEqual(['prerequisites prerequisite-cycle']);
    expect(brief(only(requires('g'), { flags: [flag('g', requires('h')), flag('h', requires('f'))] }))).toEqual([
      'prerequisites prerequisite-cycle',
    ]);
    expect(brief(only(requires('g'), { flags: [flag('g', requires('h')), flag('h', requires('g'))] }))).toEqual([
      'prerequisites prerequisite-cycle',
    ]);
    expect(brief(only(requires('g', 'h'), { flags: [flag('g', requires('h')), flag('h')] }))).toEqual([]);
    const chain = (length: number) =>
      Array.from({ length }, (_, index) => flag(`c${index}`, index + 1 < length ? requires(`c${index + 1}`) : {}));
    expect(brief(only(requires('c0'), { flags: chain(64) }))).toEqual([]);
    expect(brief(only(requires('c0'), { flags: chain(65) }))).toEqual(['prerequisites too-deep']);
  });

  it('checks a flag that is not in the state yet', () => {
    const rows = state({ flags: [flag('g', { prerequisites: [{ flag: 'f', variants: ['on'] }] })] });
    const proposed = flag('f', { prerequisites: [{ flag: 'g', variants: ['on'] }] });
    expect(resolvedDefects(rows, resolveFlag(rows, environmentBySlug(rows, 'production')!, proposed))).toMatchObject([
      { code: 'prerequisite-cycle' },
    ]);
  });

  it('names a malformed field without looking further', () => {
    expect(brief(only({ rules: 'x' as never, defaultVariant: 'none' }))).toEqual(['rules malformed']);
    expect(brief(only({ percentage: 33.3333, enabled: 1 as never, salt: {} as never }))).toEqual([
      'salt malformed',
      'enabled malformed',
      'percentage malformed',
    ]);
  });
});

describe('introducedDefects', () => {
  it('are those that were not there before', () => {
    const before = defects(only({ defaultVariant: 'x' }));
    const after = defects(only({ defaultVariant: 'x', offVariant: 'y' }));
    expect(introducedDefects(before, after)).toMatchObject([{ field: 'offVariant' }]);
    expect(introducedDefects(after, before)).toEqual([]);
    expect(introducedDefects(before, defects(only({ defaultVariant: 'z' })))).toMatchObject([{ field: 'defaultVariant' }]);
  });
});
