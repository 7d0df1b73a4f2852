import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentBySlug } from '../state/chain.js';
import { defectsAcross } from './defects-across.js';
import { resolvedDefects } from './resolved-defects.js';
import { resolveFlag } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import { flag, override, state, withoutInheritance } from '../testing/builders.js';
import type { EnvironmentFlag, Flag } from '../types.js';

const SLUGS = ['production', 'staging', 'development'];
const environmentsOf = (rows: State) => SLUGS.map((slug) => environmentBySlug(rows, slug)!);
const across = (rows: State, sound?: Set<object>) =>
  defectsAcross(rows, rows.flags.get('f')!, environmentsOf(rows), sound).map(
    ({ environment, field, code }) => `${environment} ${field} ${code}`,
  );
const only = (fields: Partial<Flag>, overrides: EnvironmentFlag[] = [], more: Flag[] = []) =>
  state({ flags: [flag('f', fields), ...more], overrides });

describe('defectsAcross', () => {
  it('names every environment in which something is wrong', () => {
    expect(across(only({}))).toEqual([]);
    expect(across(only({ defaultVariant: 'x' }))).toEqual(SLUGS.map((slug) => `${slug} defaultVariant unknown-variant`));
    expect(across(only({}, [override('staging', 'f', { offVariant: 'x' })]))).toEqual([
      'staging offVariant unknown-variant',
      'development offVariant unknown-variant',
    ]);
    expect(across(only({ offVariant: 'x' }, [override('staging', 'f', { offVariant: 'off' })]))).toEqual([
      'production offVariant unknown-variant',
    ]);
  });

  it('sees what an environment alone has, though its parent is sound', () => {
    expect(across(only({}, [override('development', 'f', { defaultVariant: 'x' })]))).toEqual([
      'development defaultVariant unknown-variant',
    ]);
    expect(across(only({}, [override('development', 'other', { defaultVariant: 'x' })]))).toEqual([]);
  });

  it('asks of prerequisites in each environment', () => {
    const gold = [
      { key: 'gold', value: true },
      { key: 'off', value: false },
    ];
    const rows = only(
      { prerequisites: [{ flag: 'g', variants: ['on'] }] },
      [override('staging', 'g', { variants: gold, defaultVariant: 'gold' })],
      [flag('g')],
    );
    expect(across(rows)).toEqual(['staging prerequisites unknown-variant', 'development prerequisites unknown-variant']);
  });

  it('asks each environment alone when nothing is inherited', () => {
    const rows = only({ defaultVariant: 'x' }, [override('production', 'f', { defaultVariant: 'on' })]);
    expect(across(rows)).toEqual([]);
    expect(across(withoutInheritance(rows))).toEqual([
      'staging defaultVariant unknown-variant',
      'development defaultVariant unknown-variant',
    ]);
  });

  it('does not look again at what is as sound as in the parent', () => {
    const one = flag('f');
    const rows = state({ flags: [one] });
    let asked = 0;
    const watched = { ...rows, segments: new Map() };
    Object.defineProperty(one, 'type', { get: () => (asked++, 'boolean') });
    expect(defectsAcross(watched, one, environmentsOf(rows))).toEqual([]);
    const [production] = environmentsOf(rows);
    const inAll = asked;
    expect(defectsAcross(watched, one, [production!])).toEqual([]);
    expect(asked - inAll).toBe(inAll);
  });

  it('looks at an environment of which the parent is not among those asked', () => {
    const rows = only({ defaultVariant: 'x' });
    const [, , development] = environmentsOf(rows);
    expect(defectsAcross(rows, rows.flags.get('f')!, [development!]).map(({ environment }) => environment)).toEqual([
      'development',
    ]);
  });

  it('finds what asking each environment finds', () => {
    const variant = fc.constantFrom('on', 'off', 'x', null);
    const row = fc.record({ defaultVariant: variant, offVariant: variant });
    fc.assert(
      fc.property(fc.tuple(row, row, row), fc.boolean(), fc.boolean(), (fields, inheritance, requires) => {
        const inheriting = only(
          { prerequisites: requires ? [{ flag: 'f', variants: ['on'] }] : [] },
          SLUGS.map((slug, index) => override(slug, 'f', fields[index])),
        );
        const rows = { ...inheriting, inheritance };
        const one = rows.flags.get('f')!;
        const each = environmentsOf(rows).flatMap((environment) => resolvedDefects(rows, resolveFlag(rows, environment, one)));
        expect(defectsAcross(rows, one, environmentsOf(rows))).toEqual(each);
      }),
    );
  });
});
