import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf, environmentBySlug, environmentsInTreeOrder } from '../state/chain.js';
import { canonicalJson } from '../json/canonical.js';
import { effect, type EffectEntry, slicedEffect } from './effect.js';
import { segmentsReachedBy } from '../state/references.js';
import { applyEntries, type State } from '../state/state.js';
import { PRO } from '../testing/answers.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, override, segment, state, withoutInheritance } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import { naiveResolve } from '../testing/naive/naive-resolver.js';
import { type Condition, type EnvironmentFlag, FLAG_FIELDS, type Flag, type Rule } from '../types.js';

const brief = (entries: EffectEntry[]) =>
  entries.map(({ environment: slug, flag: key, field, before, after }) => [slug, key, field, before, after]);
const usesSegment: Rule[] = [{ id: 'r', conditions: [{ segment: 'outer' }], serve: { variant: 'on' } }];

describe('effect', () => {
  it('lists what changes in the environment and in each descendant that inherits it', () => {
    const flags = [flag('f', { enabled: false })];
    const before = state({ flags, overrides: [override('development', 'f', { percentage: 5 })] });
    const after = state({
      flags,
      overrides: [override('staging', 'f', { enabled: true, percentage: 50 }), override('development', 'f', { percentage: 5 })],
    });
    expect(brief(effect(before, after))).toEqual([
      ['staging', 'f', 'enabled', false, true],
      ['staging', 'f', 'percentage', 100, 50],
      ['development', 'f', 'enabled', false, true],
    ]);
    expect(brief(effect(withoutInheritance(before), withoutInheritance(after)))).toEqual([
      ['staging', 'f', 'enabled', false, true],
      ['staging', 'f', 'percentage', 100, 50],
    ]);
  });

  it('is sorted by environment in the tree, flag and field', () => {
    const before = state({ flags: [flag('b'), flag('a')] });
    const after = state({
      flags: [
        flag('b', { offVariant: 'on', enabled: false }),
        flag('a', { salt: 's', bucketing: 'x' as never, prerequisites: [{ flag: 'b', variants: ['on'] }] }),
      ],
    });
    expect(effect(before, after).map(({ environment: slug, flag: key, field }) => `${slug} ${key} ${field}`)).toEqual(
      ['production', 'staging', 'development'].flatMap((slug) => [
        `${slug} a prerequisites`,
        `${slug} a bucketing`,
        `${slug} a salt`,
        `${slug} b enabled`,
        `${slug} b offVariant`,
      ]),
    );
  });

  it('says of a flag that comes or goes only that', () => {
    const environments = [environment('production')];
    const [none, one] = [state({ environments }), state({ environments, flags: [flag('f', { enabled: false })] })];
    const archived = state({ environments, flags: [flag('f', { archivedAt: '2026-01-01T00:00:00Z', percentage: 1 })] });
    expect(brief(effect(none, one))).toEqual([['production', 'f', 'exists', false, true]]);
    expect(brief(effect(one, archived))).toEqual([['production', 'f', 'exists', true, false]]);
    expect(brief(effect(archived, one))).toEqual([['production', 'f', 'exists', false, true]]);
    expect(effect(none, archived)).toEqual([]);
    expect(effect(archived, none)).toEqual([]);
  });

  it('leaves out environments that only one side has', () => {
    const before = state({ flags: [flag('f')], environments: [environment('production'), environment('old', 'production')] });
    const after = state({
      flags: [flag('f', { enabled: false })],
      environments: [environment('production'), environment('new', 'production')],
    });
    expect(brief(effect(before, after))).toEqual([['production', 'f', 'enabled', true, false]]);
  });

  it('follows an environment to its new parent', () => {
    const flags = [flag('f'), flag('g')];
    const overrides = [override('eu', 'f', { enabled: false })];
    const tree = (parent: string) =>
      state({
        flags,
        overrides,
        environments: [environment('eu'), environment('us'), environment('test', parent), environment('below', 'test')],
      });
    expect(brief(effect(tree('us'), tree('eu')))).toEqual([
      ['test', 'f', 'enabled', true, false],
      ['below', 'f', 'enabled', true, false],
    ]);
  });

  it('leaves out environments under a cycle', () => {
    const circle = (enabled: boolean) =>
      state({ flags: [flag('f', { enabled })], environments: [environment('a', 'b'), environment('b', 'a'), environment('c')] });
    expect(brief(effect(circle(true), circle(false)))).toEqual([['c', 'f', 'enabled', true, false]]);
  });

  it('names the changed segments behind the rules of a flag', () => {
    const inner = (value: string) => segment('inner', [{ attribute: 'plan', operator: 'equals', values: [value] }]);
    const rows = (value: string, name = 'Inner') =>
      state({
        environments: [environment('production')],
        flags: [flag('f', { rules: usesSegment }), flag('g')],
        segments: [segment('outer', [{ segment: 'inner' }]), { ...inner(value), name }, segment('apart', [])],
      });
    expect(brief(effect(rows('pro'), rows('free')))).toEqual([
      ['production', 'f', 'segment:inner', inner('pro').conditions, inner('free').conditions],
    ]);
    expect(effect(rows('pro'), rows('pro', 'Another name'))).toEqual([]);
    const without = state({
      environments: [environment('production')],
      flags: [flag('f', { rules: usesSegment })],
      segments: [],
    });
    expect(brief(effect(without, rows('pro'))).map((entry) => entry.slice(1, 4))).toEqual([
      ['f', 'segment:inner', null],
      ['f', 'segment:outer', null],
      ['g', 'exists', false],
    ]);
  });

  it('names a segment behind rules that only one side has, and is looked for in each environment', () => {
    const rows = (conditions: Condition[], overrides: EnvironmentFlag[]) =>
      state({ flags: [flag('f')], overrides, segments: [segment('outer', conditions)] });
    const uses = [override('staging', 'f', { rules: usesSegment })];
    const segments = (entries: EffectEntry[]) =>
      entries.filter(({ field }) => field !== 'rules').map(({ environment: slug, field }) => `${slug} ${field}`);
    const both = ['staging segment:outer', 'development segment:outer'];
    expect(segments(effect(rows([PRO], uses), rows([], uses)))).toEqual(both);
    expect(segments(effect(rows([PRO], []), rows([], uses)))).toEqual(both);
    expect(segments(effect(rows([PRO], uses), rows([], [])))).toEqual(both);
    expect(segments(effect(rows([PRO], []), rows([], [])))).toEqual([]);
  });

  it('looks only at the flags that it is told can differ, and can be put aside after each of them', () => {
    const flags = [flag('f', { enabled: false }), flag('g', { enabled: false }), flag('h', { enabled: false })];
    const [before, after] = [state({ flags: [flag('f'), flag('g'), flag('h')] }), state({ flags })];
    const work = slicedEffect(before, after, [flags[2]!, flags[0]!]);
    expect([work.next().done, work.next().done]).toEqual([false, false]);
    const { done, value } = work.next();
    expect(done).toBe(true);
    expect((value as EffectEntry[]).map(({ environment: slug, flag: key }) => `${slug} ${key}`)).toEqual(
      ['production', 'staging', 'development'].flatMap((slug) => [`${slug} f`, `${slug} h`]),
    );
  });

  it('does not see what is resolved to the same', () => {
    const flags = [flag('f')];
    expect(
      effect(state({ flags }), state({ flags, overrides: [override('staging', 'f', { enabled: true, reason: 'pinned' })] })),
    ).toEqual([]);
    expect(effect(state({ flags }), state({ flags: [flag('f', { salt: 'f', name: 'x', owner: 'y' })] }))).toEqual([]);
    expect(effect(state({ flags }), { ...structuredClone(state({ flags })), revision: 9 })).toEqual([]);
  });

  it('of a state on itself is nothing', () => {
    fc.assert(
      fc.property(forest({ environments: 5, flags: 3 }), (rows) => {
        expect(effect(rows, rows)).toEqual([]);
        expect(effect(rows, structuredClone(rows))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('holds exactly the resolved differences that a naive double loop finds, whoever made the second state', () => {
    let found = 0;
    let runs = 0;
    fc.assert(
      fc.property(journey({ environments: 5, flags: 4, segments: 3 }), fc.nat(), ({ from, to, entries }, pick) => {
        runs++;
        const upTo = entries
          .slice(0, pick % (entries.length + 1))
          .map((entry, index) => ({ ...entry, revision: from.revision + 1 + index }));
        for (const after of [to, applyEntries(from, upTo)]) {
          expect(effect(from, after)).toEqual(naiveEffect(from, after));
          found += effect(from, after).length;
        }
      }),
      { numRuns: 200 },
    );
    expect(found / runs).toBeGreaterThan(5);
  });
});

function naiveEffect(before: State, after: State): EffectEntry[] {
  const entries: EffectEntry[] = [];
  const keys = new Set([...before.flags.values(), ...after.flags.values()].map(({ key }) => key));
  for (const { slug } of environmentsInTreeOrder(after)) {
    const [there, here] = [environmentBySlug(before, slug), environmentBySlug(after, slug)!];
    if (!there || !ends(before, slug)) continue;
    for (const key of [...keys].sort()) {
      const live = (rows: State) => [...rows.flags.values()].find((one: Flag) => one.key === key && one.archivedAt === null);
      const [old, now] = [live(before), live(after)];
      const all: [string, unknown, unknown][] = [];
      if (!old || !now) all.push(['exists', old !== undefined, now !== undefined]);
      else {
        const [was, is] = [naiveResolve(before, there, old), naiveResolve(after, here, now)];
        for (const field of FLAG_FIELDS) all.push([field, was.fields[field].value, is.fields[field].value]);
        all.push(
          ['prerequisites', old.prerequisites, now.prerequisites],
          ['bucketing', old.bucketing, now.bucketing],
          ['salt', old.salt ?? key, now.salt ?? key],
          ['onMissingKey', old.onMissingKey, now.onMissingKey],
          ['metadata', old.metadata, now.metadata],
        );
        const reached = new Set([
          ...segmentsReachedBy(before.segments, was.fields.rules.value),
          ...segmentsReachedBy(after.segments, is.fields.rules.value),
        ]);
        for (const name of [...reached].sort()) {
          all.push([
            `segment:${name}`,
            before.segments.get(name)?.conditions ?? null,
            after.segments.get(name)?.conditions ?? null,
          ]);
        }
      }
      for (const [field, old, now] of all) {
        if (canonicalJson(old) !== canonicalJson(now))
          entries.push({ environment: slug, flag: key, field, before: old as never, after: now as never });
      }
    }
  }
  return entries;
}

function ends(rows: State, slug: string): boolean {
  return chainOf(rows, environmentBySlug(rows, slug)!).length > 0;
}
