import { describe, expect, it } from '@jest/globals';
import { planPromotion } from './promotion-plan.js';
import type { RowEdit } from '../resolve/overrides.js';
import { slicedRevert } from './revert-plan.js';
import { runToEnd } from '../interruptible.js';
import type { State } from '../state/state.js';
import { serveOn } from '../testing/answers.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';
import { promotionOrder } from '../testing/promotions.js';

const revert = (at: State, edits: readonly RowEdit[]) => runToEnd(slicedRevert(at, edits));

const set = (before: RowEdit['before'], after: RowEdit['after'], slug = 'staging'): RowEdit => ({
  environment: slug,
  flag: 'f',
  before,
  after,
});

const now = (fields: Parameters<typeof override>[2] | null) =>
  state({ flags: [flag('f')], overrides: fields ? [override('staging', 'f', fields)] : [] });

describe('taking a promotion back', () => {
  it('tells the rows, the fields and the effect, in descendants too, and the state that it leads to', () => {
    const plan = revert(now({ enabled: false }), [set(null, { enabled: false })]);
    expect(plan).toEqual({
      rows: [{ environment: 'staging', flag: 'f', before: { enabled: false }, after: null }],
      changes: [{ environment: 'staging', flag: 'f', field: 'enabled', action: 'clear', before: false, after: null }],
      effect: [
        { environment: 'staging', flag: 'f', field: 'enabled', before: false, after: true },
        { environment: 'development', flag: 'f', field: 'enabled', before: false, after: true },
      ],
      conflicts: [],
      defects: [],
      after: now(null),
    });
    expect(revert(withoutInheritance(now({ enabled: false })), [set(null, { enabled: false })]).effect).toEqual([
      { environment: 'staging', flag: 'f', field: 'enabled', before: false, after: true },
    ]);
  });

  it.each<[string, Parameters<typeof now>[0], RowEdit, RowEdit[]]>([
    [
      'gives a field its value of before',
      { percentage: 20, enabled: false },
      set({ percentage: 5, enabled: false }, { percentage: 20, enabled: false }),
      [set({ percentage: 20, enabled: false }, { percentage: 5, enabled: false })],
    ],
    [
      'sets again what was cleared, also where no override is left',
      null,
      set({ percentage: 5 }, null),
      [set(null, { percentage: 5 })],
    ],
    [
      'sets rules again in the mode that they had',
      { rules: [serveOn('new')], rulesMode: 'replace' },
      set({ rules: [serveOn('old')], rulesMode: 'append' }, { rules: [serveOn('new')], rulesMode: 'replace' }),
      [set({ rules: [serveOn('new')], rulesMode: 'replace' }, { rules: [serveOn('old')], rulesMode: 'append' })],
    ],
    [
      'leaves a field that somebody else has set since',
      { percentage: 20, enabled: false },
      set(null, { percentage: 20 }),
      [set({ percentage: 20, enabled: false }, { enabled: false })],
    ],
    [
      'keeps an override that was there before, though it sets nothing',
      { percentage: 20, reason: 'ours' },
      set({ reason: 'ours' }, { percentage: 20, reason: 'ours' }),
      [set({ percentage: 20, reason: 'ours' }, { reason: 'ours' })],
    ],
    ['has nothing to do where somebody did it already', { percentage: 5 }, set({ percentage: 5 }, { percentage: 20 }), []],
    ['has nothing to do where an override that it made is gone', null, set(null, { percentage: 20 }), []],
    ['has nothing to do where only a reason is left of it', { reason: 'later' }, set(null, { percentage: 20 }), []],
  ])('%s', (_what, fields, edit, rows) => {
    expect(revert(now(fields), [edit])).toMatchObject({ rows, conflicts: [] });
  });

  it.each<[string, string | undefined, string | undefined, string | null, string | undefined]>([
    ['takes back the reason that it wrote', undefined, 'promoted', 'promoted', undefined],
    ['gives back the reason that it overwrote', 'ours', 'promoted', 'promoted', 'ours'],
    ['gives back the reason that it removed', 'ours', undefined, null, 'ours'],
    ['leaves a reason that somebody wrote later', 'ours', 'promoted', 'later', 'later'],
    ['leaves it gone when somebody removed it later', 'ours', 'promoted', null, undefined],
  ])('%s', (_what, before, promoted, current, back) => {
    const reason = (text: string | undefined) => (text === undefined ? {} : { reason: text });
    const edit = set({ enabled: false, ...reason(before) }, { enabled: true, ...reason(promoted) });
    const [row] = revert(now({ enabled: true, reason: current }), [edit]).rows;
    expect(row?.after).toEqual({ enabled: false, ...reason(back) });
  });

  it('undoes nobody else’s work: a field that was changed since is named and left, the others go back', () => {
    const edits = [set({ percentage: 5 }, { percentage: 20, enabled: false })];
    const plan = revert(now({ percentage: 50, enabled: false }), edits);
    expect(plan.conflicts).toEqual([
      {
        environment: 'staging',
        flag: 'f',
        field: 'percentage',
        promoted: 20,
        current: 50,
        detail: 'percentage of f in staging was changed since',
      },
    ]);
    expect(plan.rows).toEqual([set({ percentage: 50, enabled: false }, { percentage: 50 })]);
  });

  it('says of each field that the flag was archived, or that the environment is gone', () => {
    const edits = [
      set({ percentage: 5, enabled: true }, { percentage: 20, enabled: true }),
      set(null, { enabled: false }, 'gone'),
    ];
    const archived = state({
      flags: [flag('f', { archivedAt: '2026-01-01T00:00:00Z' })],
      overrides: [override('staging', 'f', { percentage: 20 })],
    });
    const plan = revert(archived, edits);
    expect(plan.conflicts).toEqual([
      {
        environment: 'staging',
        flag: 'f',
        field: 'percentage',
        promoted: 20,
        current: null,
        detail: 'percentage of f in staging is gone: the flag was archived',
      },
      {
        environment: 'gone',
        flag: 'f',
        field: 'enabled',
        promoted: false,
        current: null,
        detail: 'enabled of f in gone is gone, with its environment',
      },
    ]);
    expect(plan).toMatchObject({ rows: [], changes: [], effect: [], defects: [], after: archived });
    expect(revert(state({}), edits).conflicts).toEqual(plan.conflicts);
  });

  it('finds what going back would newly break', () => {
    const rules = [serveOn('r', [], { serve: { variant: 'new' } })];
    const variants = [...flag('f').variants, { key: 'new', value: true }];
    const at = state({
      flags: [flag('f')],
      overrides: [override('staging', 'f', { variants }), override('development', 'f', { rules })],
    });
    expect(revert(at, [set(null, { variants })]).defects).toEqual([
      {
        environment: 'development',
        flag: 'f',
        field: 'rules',
        code: 'unknown-variant',
        at: '/0/serve/variant',
        detail: 'rule "r" names variant "new"; there are on, off',
      },
    ]);
  });

  it('takes back in every target, and what was pruned at the source', () => {
    const at = state({
      environments: [environment('production'), environment('staging', 'production'), environment('sister', 'production')],
      flags: [flag('f')],
      overrides: [override('staging', 'f', { percentage: 20 }), override('sister', 'f', { percentage: 70 })],
    });
    const plan = planPromotion(at, promotionOrder({ from: 'staging', to: ['production', 'sister'], prune: true }));
    expect(plan.rows.map((row) => row.environment)).toEqual(['production', 'sister', 'staging']);
    expect(revert(plan.after, plan.rows).rows).toEqual(
      plan.rows.map(({ environment: slug, flag: key, before, after }) => ({
        environment: slug,
        flag: key,
        before: after,
        after: before,
      })),
    );
  });
});
