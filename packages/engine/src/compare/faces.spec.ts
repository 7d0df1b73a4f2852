import { describe, expect, it } from '@jest/globals';
import { runToEnd } from '../interruptible.js';
import { environmentsInTreeOrder } from '../state/chain.js';
import { environment, flag, override, state as stateOf, TREE } from '../testing/index.js';
import { slicedFaces } from './faces.js';

type Rows = Parameters<typeof stateOf>[0];

/** By slug, of the first flag. */
function faces(rows: Rows) {
  const state = stateOf({ environments: TREE, ...rows });
  const environments = environmentsInTreeOrder(state);
  const [first = []] = runToEnd(slicedFaces(state, [...state.flags.values()], environments));
  return Object.fromEntries(environments.map(({ slug }, at) => [slug, first[at]]));
}

describe('the face of a flag', () => {
  it('says by whom it is decided: the base, an ancestor, or the environment itself', () => {
    const found = faces({ flags: [flag('a', { enabled: false })], overrides: [override('staging', 'a', { enabled: true })] });
    expect(found).toEqual({
      production: { on: false, own: 'no' },
      staging: { on: true, own: 'differs' },
      development: { on: true, own: 'no', from: 'staging' },
      qa: { on: false, own: 'no' },
    });
  });

  it('tells an override that changes nothing from one that does', () => {
    const rows = { flags: [flag('a', { enabled: true })], overrides: [override('staging', 'a', { enabled: true })] };
    expect(faces(rows)['staging']).toEqual({ on: true, own: 'same' });
    const both = [override('staging', 'a', { enabled: true, percentage: 20 })];
    expect(faces({ ...rows, overrides: both })['staging']).toEqual({ on: true, percentage: 20, own: 'differs' });
  });

  it('counts an override whose every field inherits for none', () => {
    const rows = { flags: [flag('a')], overrides: [override('staging', 'a', {})] };
    expect(faces(rows)['staging']).toEqual(faces({ flags: [flag('a')] })['staging']);
  });

  it('shows what a flag of values serves, shortened, and splits and rules by their number', () => {
    const variants = [
      { key: 'short', value: 'blue' },
      { key: 'long', value: 'x'.repeat(40) },
      { key: 'object', value: { a: 1, b: 2 } },
    ];
    const of = (defaultVariant: string | null, type: 'string' | 'json' = 'json') =>
      faces({ flags: [flag('a', { type, variants, defaultVariant, offVariant: null })] })['qa'];
    expect(of('short')?.value).toBe('"blue"');
    expect(of('long')?.value).toBe(`"${'x'.repeat(22)}…`);
    expect(of('object')?.value).toBe('{ 2 keys }');
    expect(of(null)).not.toHaveProperty('value');
    const rules = [{ id: 'one', serve: { variant: 'on' } }];
    const weighted = [
      { key: 'on', value: true, weight: 1 },
      { key: 'off', value: false, weight: 1 },
    ];
    expect(faces({ flags: [flag('a', { rules, variants: weighted })] })['qa']).toMatchObject({ split: true, rules: 1 });
  });

  it('is null where the environment inherits from itself, and survives what was written past the guards', () => {
    const state = stateOf({
      environments: [environment('egg', 'hen'), environment('hen', 'egg'), environment('barn')],
      flags: [{ ...flag('a'), rules: 'none', variants: 7 } as never],
    });
    const [row] = runToEnd(slicedFaces(state, [...state.flags.values()], [...state.environments.values()]));
    expect(row?.map((face) => face === null)).toEqual([...state.environments.values()].map(({ slug }) => slug !== 'barn'));
  });

  it('is the same object wherever the base alone decides', () => {
    const { production, qa } = faces({ flags: [flag('a')] });
    expect(production).toBe(qa);
  });
});
