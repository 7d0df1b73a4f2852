import { describe, expect, it } from '@jest/globals';
import { planPromotion, reachedBy } from './promotion-plan.js';
import { serveOn } from '../testing/answers.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';
import { promotionOrder as order, valuesIn } from '../testing/promotions.js';

describe('a planned promotion', () => {
  it('moves up the tree when production is the base, and reports what the child no longer needs', () => {
    const start = state({ flags: [flag('f', { enabled: false })], overrides: [override('development', 'f', { enabled: true })] });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(plan.changes).toEqual([
      { environment: 'staging', flag: 'f', field: 'enabled', action: 'set', before: null, after: true },
    ]);
    expect(plan.redundant).toEqual([{ environment: 'development', flag: 'f', field: 'enabled', pruned: false }]);
    expect(plan.effect).toEqual([{ environment: 'staging', flag: 'f', field: 'enabled', before: false, after: true }]);
  });

  it('prunes on request, and leaves the source as it resolved', () => {
    const start = state({
      flags: [flag('f', { enabled: false })],
      overrides: [override('development', 'f', { enabled: true, percentage: 20 })],
    });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'], prune: true, fields: ['enabled'] }));
    expect(plan.rows).toEqual([
      { environment: 'staging', flag: 'f', before: null, after: { enabled: true } },
      { environment: 'development', flag: 'f', before: { enabled: true, percentage: 20 }, after: { percentage: 20 } },
    ]);
    expect(valuesIn(plan.after, 'development')).toEqual(valuesIn(start, 'development'));
  });

  it('prunes nothing when the target is a sibling, or a leaf below the source', () => {
    const environments = [
      environment('base'),
      environment('east', 'base'),
      environment('west', 'base'),
      environment('leaf', 'east'),
    ];
    const start = state({
      environments,
      flags: [flag('f')],
      overrides: [override('east', 'f', { percentage: 20 }), override('leaf', 'f', { percentage: 90 })],
    });
    const sideways = planPromotion(start, order({ from: 'east', to: ['west'], prune: true }));
    expect(sideways.rows).toEqual([{ environment: 'west', flag: 'f', before: null, after: { percentage: 20 } }]);
    expect(sideways.redundant).toEqual([]);
    const down = planPromotion(start, order({ from: 'east', to: ['leaf'], prune: true }));
    expect(down.rows).toEqual([{ environment: 'leaf', flag: 'f', before: { percentage: 90 }, after: null }]);
  });

  it('clears an override where the target would inherit the value, instead of setting it', () => {
    const start = state({
      flags: [flag('f', { percentage: 20 })],
      overrides: [override('staging', 'f', { percentage: 50, enabled: false }), override('development', 'f', { percentage: 20 })],
    });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(plan.changes).toEqual([
      { environment: 'staging', flag: 'f', field: 'percentage', action: 'clear', before: 50, after: null },
    ]);
  });

  it('takes only what the source itself overrides, or with mode resolved all that it gives', () => {
    const environments = [environment('a'), environment('a1', 'a'), environment('b')];
    const start = state({
      environments,
      flags: [flag('f')],
      overrides: [override('a', 'f', { percentage: 20 }), override('a1', 'f', { enabled: false })],
    });
    const own = planPromotion(start, order({ from: 'a1', to: ['b'] }));
    expect(own.rows).toEqual([{ environment: 'b', flag: 'f', before: null, after: { enabled: false } }]);
    const all = planPromotion(start, order({ from: 'a1', to: ['b'], mode: 'resolved' }));
    expect(all.rows).toEqual([{ environment: 'b', flag: 'f', before: null, after: { enabled: false, percentage: 20 } }]);
  });

  it('keeps rules that were added to inherited ones added, and those that the target has itself', () => {
    const start = state({
      flags: [flag('f', { rules: [serveOn('base')] })],
      overrides: [override('development', 'f', { rules: [serveOn('new')], rulesMode: 'append' })],
    });
    const plain = planPromotion(start, order({ from: 'development', to: ['staging'], prune: true }));
    expect(plain.rows).toEqual([
      { environment: 'staging', flag: 'f', before: null, after: { rules: [serveOn('new')], rulesMode: 'append' } },
      { environment: 'development', flag: 'f', before: { rules: [serveOn('new')], rulesMode: 'append' }, after: null },
    ]);
    const busy = state({
      flags: [flag('f', { rules: [serveOn('base')] })],
      overrides: [
        override('staging', 'f', { rules: [serveOn('own')], rulesMode: 'replace' }),
        override('development', 'f', { rules: [serveOn('new')], rulesMode: 'append' }),
      ],
    });
    const merged = planPromotion(busy, order({ from: 'development', to: ['staging'] }));
    expect(merged.rows[0]?.after).toEqual({ rules: [serveOn('own'), serveOn('new')], rulesMode: 'replace' });
  });

  it('writes each target by what it inherits from another one, parents first, whatever order they are named in', () => {
    const environments = [environment('a'), environment('a1', 'a'), environment('a2', 'a'), environment('b')];
    const start = state({
      environments,
      flags: [flag('f'), flag('e')],
      overrides: [
        override('b', 'f', { percentage: 20 }),
        override('b', 'e', { enabled: false }),
        override('a1', 'f', { percentage: 9 }),
      ],
    });
    const plan = planPromotion(start, order({ from: 'b', to: ['a2', 'a1', 'a'], flags: ['f', 'e', 'f'] }));
    expect(plan.flags).toEqual(['e', 'f']);
    expect(plan.rows).toEqual([
      { environment: 'a', flag: 'e', before: null, after: { enabled: false } },
      { environment: 'a', flag: 'f', before: null, after: { percentage: 20 } },
      { environment: 'a1', flag: 'f', before: { percentage: 9 }, after: null },
    ]);
  });

  it('gives what it writes its reason, and leaves the reasons of what it does not write, or prunes', () => {
    const start = state({
      flags: [flag('f')],
      overrides: [
        override('staging', 'f', { enabled: false, reason: 'old' }),
        override('development', 'f', { percentage: 20, enabled: false, reason: 'trial' }),
      ],
    });
    const asked = order({ from: 'development', to: ['staging'], fields: ['percentage'], prune: true, reason: 'went well' });
    expect(planPromotion(start, asked).rows.map(({ after }) => after)).toEqual([
      { enabled: false, percentage: 20, reason: 'went well' },
      { enabled: false, reason: 'trial' },
    ]);
    const kept = planPromotion(start, { ...asked, reason: null });
    expect(kept.rows[0]?.after).toEqual({ enabled: false, percentage: 20, reason: 'old' });
    expect(planPromotion(start, { ...asked, fields: ['enabled'] })).toMatchObject({
      rows: [{ environment: 'development', after: { percentage: 20, reason: 'trial' } }],
      redundant: [{ field: 'enabled', pruned: true }],
    });
  });

  it('has nothing redundant without inheritance, or where only itself is the target', () => {
    const start = state({ flags: [flag('f')], overrides: [override('development', 'f', { enabled: false })] });
    const asked = order({ from: 'development', to: ['staging'], prune: true });
    expect(planPromotion(withoutInheritance(start), asked)).toMatchObject({
      rows: [{ environment: 'staging', before: null, after: { enabled: false } }],
      redundant: [],
      effect: [{ environment: 'staging', field: 'enabled', before: true, after: false }],
    });
    const equal = state({ flags: [flag('f')], overrides: [override('development', 'f', { enabled: true })] });
    expect(planPromotion(equal, { ...asked, to: ['development'] }).redundant).toEqual([]);
  });

  it('names prerequisites that the target has differently, and promotes them on request', () => {
    const start = state({
      flags: [flag('f', { prerequisites: [{ flag: 'p', variants: ['on'] }] }), flag('p', { enabled: false })],
      overrides: [override('development', 'f', { percentage: 5 }), override('development', 'p', { enabled: true })],
    });
    const blocked = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(blocked.dependencies).toEqual([
      { environment: 'staging', flag: 'f', kind: 'prerequisite', key: 'p', state: 'differs', fields: ['enabled'] },
    ]);
    const included = planPromotion(start, order({ from: 'development', to: ['staging'], dependencies: 'include' }));
    expect(included.flags).toEqual(['f', 'p']);
    expect(included.dependencies).toMatchObject([{ key: 'p', state: 'same' }]);
  });

  it('finds what would newly be broken, in descendants too', () => {
    const start = state({
      flags: [flag('f')],
      overrides: [
        override('development', 'f', { rules: [{ id: 'r', conditions: [], serve: { variant: 'other' } }] }),
        override('staging', 'f', { defaultVariant: 'off' }),
      ],
    });
    const plan = planPromotion(start, order({ from: 'development', to: ['staging'] }));
    expect(plan.defects).toMatchObject([{ environment: 'staging', flag: 'f', field: 'rules' }]);
  });
});

describe('rules on their way up', () => {
  const appended = (slug: string, ...ids: string[]) =>
    override(slug, 'f', { rules: ids.map((id) => serveOn(id)), rulesMode: 'append' });
  const base = { rules: [serveOn('base')] };

  const asked = order({ from: 'development', to: ['production'], mode: 'resolved', fields: ['rules'] });

  it('leave the override that added them: they would be there twice', () => {
    const start = state({ flags: [flag('f', base)], overrides: [appended('development', 'd')] });
    const plan = planPromotion(start, asked);
    expect(plan.rows.map(({ environment: slug, after }) => [slug, after])).toEqual([
      ['production', { rules: [serveOn('d')], rulesMode: 'append' }],
      ['development', null],
    ]);
    expect(plan.redundant).toEqual([{ environment: 'development', flag: 'f', field: 'rules', pruned: true }]);
    expect(plan.effect.map(({ environment: slug }) => slug)).toEqual(['production', 'staging']);
  });

  it('leave an override between the source and the target, too', () => {
    const start = state({ flags: [flag('f', base)], overrides: [appended('staging', 's')] });
    const plan = planPromotion(start, asked);
    expect(plan.rows.map(({ environment: slug, after }) => [slug, after])).toEqual([
      ['production', { rules: [serveOn('base'), serveOn('s')], rulesMode: 'replace' }],
      ['staging', null],
    ]);
    expect(plan.effect.map(({ environment: slug }) => slug)).toEqual(['production']);
  });

  it('are written out in the source where there are layers of both', () => {
    const start = state({ flags: [flag('f', base)], overrides: [appended('staging', 's'), appended('development', 'd')] });
    const plan = planPromotion(start, asked);
    const all = [serveOn('base'), serveOn('s'), serveOn('d')];
    expect(plan.rows.map(({ environment: slug, after }) => [slug, after])).toEqual([
      ['production', { rules: all, rulesMode: 'replace' }],
      ['development', { rules: all, rulesMode: 'replace' }],
    ]);
    expect(valuesIn(plan.after, 'development')).toEqual(valuesIn(start, 'development'));
  });
});

describe('what is kept in a promotion', () => {
  const start = state({
    flags: [flag('f', { percentage: 100 })],
    overrides: [override('development', 'f', { percentage: 50 })],
  });
  const asked = order({ from: 'development', to: ['production'], mode: 'resolved', with: { percentage: 5 } });

  it('is an override of what does not follow, with its reason, and said', () => {
    const plan = planPromotion(start, { ...asked, keep: true, reason: 'slowly' });
    expect(plan.rows).toEqual([
      { environment: 'production', flag: 'f', before: null, after: { percentage: 5, reason: 'slowly' } },
      { environment: 'staging', flag: 'f', before: null, after: { percentage: 100, reason: 'kept from production: slowly' } },
    ]);
    expect(plan.kept).toEqual([{ environment: 'staging', flag: 'f', field: 'percentage', endsLayering: false }]);
    expect(plan.effect.map(({ environment: slug }) => slug)).toEqual(['production']);
  });

  it('leaves a target below it what the target is to have', () => {
    const environments = [environment('a'), environment('between', 'a'), environment('low', 'between'), environment('b')];
    const forked = state({ environments, flags: [flag('f')], overrides: [override('b', 'f', { percentage: 5 })] });
    const plan = planPromotion(forked, order({ from: 'b', to: ['a', 'low'], keep: ['between'] }));
    expect(plan.rows.map(({ environment: slug, after }) => [slug, after?.percentage])).toEqual([
      ['a', 5],
      ['between', 100],
      ['low', 5],
    ]);
  });

  it('says where no override can say what there was', () => {
    const none = state({ flags: [flag('f', { offVariant: null })] });
    const plan = planPromotion(none, { ...asked, with: { offVariant: 'off' }, keep: ['staging'] });
    expect(plan.obstacles).toMatchObject([{ environment: 'staging', field: 'offVariant' }]);
  });
});

describe('the environments that a promotion reaches', () => {
  const start = state({
    environments: [environment('b'), environment('b2', 'b'), environment('b1', 'b'), environment('a'), environment('deep', 'b1')],
  });

  it('are the targets and all below them, each once, in tree order', () => {
    const slugs = (...targets: string[]) => reachedBy(start, targets).map(({ slug }) => slug);
    expect(slugs('b1', 'b', 'a')).toEqual(['a', 'b', 'b1', 'deep', 'b2']);
    expect(slugs('b1')).toEqual(['b1', 'deep']);
    expect(slugs('gone')).toEqual([]);
  });
});
