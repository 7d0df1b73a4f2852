import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentOf, fieldChanges, flagsOf, ownValue, setsNothing, toRow, withField, withRowEdits } from './overrides.js';
import { serveOn } from '../testing/answers.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, override, state } from '../testing/builders.js';
import { FLAG_FIELDS } from '../types.js';

const rules = [serveOn('r')];
const full = {
  enabled: false,
  percentage: 0,
  rules: [],
  rulesMode: 'append',
  variants: [],
  defaultVariant: '',
  offVariant: 'off',
  reason: '',
} as const;

describe('what an override says', () => {
  it('is what it sets, false, 0 and empty lists included, and its reason', () => {
    expect(contentOf(override('e', 'f', { ...full, rules: [], variants: [] }))).toEqual(full);
    expect(contentOf(override('e', 'f', { percentage: 5 }))).toStrictEqual({ percentage: 5 });
    expect(contentOf(override('e', 'f', { rulesMode: 'append', reason: 'why' }))).toStrictEqual({ reason: 'why' });
    expect(contentOf(undefined)).toBeNull();
  });

  it('comes back from the row that is made of it, whatever it says', () => {
    fc.assert(
      fc.property(forest({ environments: 3, flags: 2 }), ({ overrides }) => {
        for (const rows of overrides.values()) {
          for (const row of rows.values()) {
            const content = contentOf(row)!;
            expect(contentOf(toRow(content, undefined, 'e', 'f'))).toEqual(content);
            expect(toRow(content, row, 'e', 'f')).toEqual(row.rules ? row : { ...row, rulesMode: 'replace' });
          }
        }
      }),
    );
  });

  it('is stored in a row that is there already, or in one without stamps', () => {
    const row = override('e', 'f', { id: 'row', enabled: true, version: 7, reason: 'old' });
    expect(toRow({ percentage: 5 }, row, 'x', 'x')).toEqual({ ...row, enabled: null, percentage: 5, reason: null });
    expect(toRow({ rules }, undefined, 'e', 'f')).toEqual({
      id: 'e/f',
      environmentId: 'e',
      flagId: 'f',
      createdAt: '',
      updatedAt: '',
      version: 0,
      enabled: null,
      percentage: null,
      rules,
      rulesMode: 'replace',
      variants: null,
      defaultVariant: null,
      offVariant: null,
      reason: null,
    });
  });

  it('is nothing when only a reason or a mode is left', () => {
    expect(setsNothing({})).toBe(true);
    expect(setsNothing({ reason: 'why', rulesMode: 'append' })).toBe(true);
    for (const field of FLAG_FIELDS) expect(setsNothing({ [field]: full[field] })).toBe(false);
  });

  it('is told field by field, rules with their mode', () => {
    expect(ownValue(null, 'enabled')).toBeNull();
    expect(ownValue({ percentage: 5 }, 'enabled')).toBeNull();
    expect(ownValue({ enabled: false }, 'enabled')).toBe(false);
    expect(ownValue({ rules, rulesMode: 'prepend' }, 'rules')).toEqual({ mode: 'prepend', rules });
    expect(ownValue({ rules }, 'rules')).toEqual({ mode: 'replace', rules });
  });
});

describe('an override with a field as another has it', () => {
  it('has it set the same, and all else as it was', () => {
    const content = { enabled: true, percentage: 5 };
    expect(withField(content, 'percentage', { percentage: 0, enabled: false })).toStrictEqual({ enabled: true, percentage: 0 });
    expect(content).toStrictEqual({ enabled: true, percentage: 5 });
  });

  it('has it not set where the other does not', () => {
    expect(withField({ enabled: true, percentage: 5 }, 'percentage', { enabled: false })).toStrictEqual({ enabled: true });
    expect(withField({ enabled: true }, 'enabled', null)).toStrictEqual({});
  });

  it('has the mode of the rules with them, and none without', () => {
    const own = { enabled: true, rules: [], rulesMode: 'append' } as const;
    expect(withField({ ...own, rules: [] }, 'rules', { rules, rulesMode: 'prepend' })).toStrictEqual({
      enabled: true,
      rules,
      rulesMode: 'prepend',
    });
    expect(withField({ ...own, rules: [] }, 'rules', { rules })).toStrictEqual({ enabled: true, rules, rulesMode: 'replace' });
    expect(withField({ ...own, rules: [] }, 'rules', null)).toStrictEqual({ enabled: true });
    expect(withField({ ...own, rules: [] }, 'enabled', null)).toStrictEqual({ rules: [], rulesMode: 'append' });
    expect(withField({}, 'enabled', { enabled: true, rules, rulesMode: 'append' })).toStrictEqual({ enabled: true });
  });
});

describe('the changes that edits make', () => {
  it('are the fields that are set or cleared, in the order of the edits and of the fields', () => {
    const at = { environment: 'e', flag: 'f' };
    expect(
      fieldChanges([
        { ...at, before: { percentage: 5, offVariant: 'on' }, after: { percentage: 6, enabled: false, offVariant: 'on' } },
        { ...at, flag: 'g', before: { enabled: false }, after: null },
        { ...at, flag: 'h', before: { reason: 'why' }, after: { reason: 'so' } },
        { ...at, flag: 'i', before: { rules, rulesMode: 'append' }, after: { rules, rulesMode: 'prepend' } },
      ]),
    ).toEqual([
      { ...at, field: 'enabled', action: 'set', before: null, after: false },
      { ...at, field: 'percentage', action: 'set', before: 5, after: 6 },
      { ...at, flag: 'g', field: 'enabled', action: 'clear', before: false, after: null },
      {
        ...at,
        flag: 'i',
        field: 'rules',
        action: 'set',
        before: { mode: 'append', rules },
        after: { mode: 'prepend', rules },
      },
    ]);
  });

  it('are about each flag once, and about none that is not there', () => {
    const at = state({ flags: [flag('f'), flag('g')] });
    const edit = (key: string) => ({ environment: 'staging', flag: key, before: null, after: {} });
    expect(flagsOf(at, ['g', 'f', 'gone', 'g'].map(edit))).toEqual([flag('g'), flag('f')]);
  });
});

describe('a state with edits', () => {
  const environments = [environment('production', null, { id: '1' }), environment('staging', '1', { id: '2' })];
  const rows = { environments, flags: [flag('f', { id: '7' }), flag('g')] };
  const at = state({ ...rows, overrides: [override('1', '7', { enabled: false }), override('2', '7', { enabled: true })] });
  const edit = (slug: string, key: string, after: { percentage: number } | null) => ({
    environment: slug,
    flag: key,
    before: null,
    after,
  });

  it('has their overrides, found by slug and key, and the rest as it was', () => {
    const after = withRowEdits(at, [edit('production', 'f', { percentage: 5 }), edit('staging', 'f', null)]);
    expect(after).toEqual(state({ ...rows, overrides: [override('1', '7', { percentage: 5 })] }));
    expect(after.flags).toBe(at.flags);
    expect(at.overrides.get('7')?.size).toBe(2);
  });

  it('keeps no map for a flag without overrides', () => {
    const after = withRowEdits(at, [edit('production', 'f', null), edit('staging', 'f', null), edit('staging', 'g', null)]);
    expect(after.overrides).toEqual(new Map());
  });

  it('passes over edits of what is not there, and is the same object without any', () => {
    expect(withRowEdits(at, [edit('gone', 'f', null), edit('staging', 'gone', { percentage: 5 })])).toEqual(at);
    expect(withRowEdits(at, [])).toBe(at);
  });
});
