import { describe, expect, it } from '@jest/globals';
import { branchesOf, type Check, checkOutcomes, slicedOutcomes } from './check-outcomes.js';
import type { State } from '../state/state.js';
import { NOW, PRO, serveOn } from '../testing/answers.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';

const production = environment('production');
const tree = [production, environment('staging', 'production')];
const staging = tree[1]!;

const before = state({ environments: tree, flags: [flag('f', { rules: [serveOn('pros', [PRO])], defaultVariant: 'off' })] });
const after = state({ environments: tree, flags: [flag('f', { rules: [serveOn('all')], defaultVariant: 'off' })] });
const check = (name: string, more: Partial<Check> = {}): Check => ({ flag: 'f', name, environment: null, context: {}, ...more });

describe('checkOutcomes', () => {
  it('tells what each context gets before and after, by which rule, and whether that is what was expected', () => {
    const checks = [
      check('free', { context: { plan: 'free' }, variant: 'off' }),
      check('pro', { context: { plan: 'pro' }, variant: 'on' }),
      check('anybody'),
    ];
    expect(checkOutcomes(before, after, production, checks, NOW)).toEqual([
      {
        environment: 'production',
        flag: 'f',
        check: 'free',
        expected: 'off',
        before: { variant: 'off', reason: 'DEFAULT', errorCode: null },
        after: { variant: 'on', reason: 'TARGETING_MATCH', errorCode: null },
        branch: 'all',
        holds: false,
        held: true,
      },
      {
        environment: 'production',
        flag: 'f',
        check: 'pro',
        expected: 'on',
        before: { variant: 'on', reason: 'TARGETING_MATCH', errorCode: null },
        after: { variant: 'on', reason: 'TARGETING_MATCH', errorCode: null },
        branch: 'all',
        holds: true,
        held: true,
      },
      {
        environment: 'production',
        flag: 'f',
        check: 'anybody',
        expected: undefined,
        before: { variant: 'off', reason: 'DEFAULT', errorCode: null },
        after: { variant: 'on', reason: 'TARGETING_MATCH', errorCode: null },
        branch: 'all',
        holds: null,
        held: null,
      },
    ]);
  });

  it('are none without checks', () => {
    expect(checkOutcomes(before, after, production, [], NOW)).toEqual([]);
  });

  it('names the default as the way to what no rule serves, and off for a flag that is off', () => {
    const [byDefault] = checkOutcomes(after, before, production, [check('free')], NOW);
    expect([byDefault?.branch, byDefault?.after.reason]).toEqual(['default', 'DEFAULT']);
    const off = state({ environments: tree, flags: [flag('f', { enabled: false })] });
    const [switchedOff] = checkOutcomes(before, off, production, [check('free', { variant: 'off' })], NOW);
    expect([switchedOff?.branch, switchedOff?.after, switchedOff?.holds]).toEqual([
      'off',
      { variant: 'off', reason: 'DISABLED', errorCode: null },
      true,
    ]);
  });

  it('has no way to an error, which meets no expectation, not even that of no variant', () => {
    const bucketed = state({ environments: tree, flags: [flag('f', { percentage: 50 })] });
    const silent = state({ environments: tree, flags: [flag('f', { enabled: false, offVariant: null })] });
    const [outcome] = checkOutcomes(silent, bucketed, production, [check('keyless', { variant: null })], NOW);
    expect(outcome).toEqual({
      environment: 'production',
      flag: 'f',
      check: 'keyless',
      expected: null,
      before: { variant: null, reason: 'DISABLED', errorCode: null },
      after: { variant: null, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' },
      branch: null,
      holds: false,
      held: true,
    });
  });

  it('evaluates in the environment, with what the flags require, and only that', () => {
    const needing = flag('f', { prerequisites: [{ flag: 'base', variants: ['on'] }] });
    const flags = [needing, flag('base'), flag('other')];
    const off = state({ environments: tree, flags, overrides: [override('staging', 'base', { enabled: false })] });
    const on = state({ environments: tree, flags });
    const reasonsIn = (where: typeof production) =>
      checkOutcomes(off, on, where, [check('any')], NOW).map((outcome) => [outcome.before.reason, outcome.after.reason]);
    expect(reasonsIn(staging)).toEqual([['DISABLED', 'STATIC']]);
    expect(reasonsIn(production)).toEqual([['STATIC', 'STATIC']]);
    const [alone] = checkOutcomes(withoutInheritance(off), withoutInheritance(off), staging, [check('any')], NOW);
    expect([alone?.after.reason, alone?.branch]).toEqual(['DISABLED', 'off']);
  });

  it('takes an environment with the parent that it has on each side, or as it is where it is not there yet', () => {
    const overrides = [override('production', 'f', { enabled: false })];
    const below = state({ environments: tree, flags: [flag('f')], overrides });
    const apart = state({ environments: [production, environment('staging')], flags: [flag('f')], overrides });
    const missing = state({ environments: [production], flags: [flag('f')], overrides });
    const reasons = (from: State, to: State) =>
      checkOutcomes(from, to, staging, [check('any')], NOW).map((outcome) => [outcome.before.reason, outcome.after.reason]);
    expect(reasons(below, apart)).toEqual([['DISABLED', 'STATIC']]);
    expect(reasons(apart, below)).toEqual([['STATIC', 'DISABLED']]);
    expect(reasons(missing, below)).toEqual([['DISABLED', 'DISABLED']]);
    const alone = withoutInheritance(below);
    expect(checkOutcomes(alone, alone, staging, [check('any')], NOW)[0]?.after.reason).toBe('STATIC');
  });

  it('tells what a flag that is not there serves to a check of it: an error', () => {
    const [outcome] = checkOutcomes(state({ environments: tree }), after, production, [check('new', { variant: 'on' })], NOW);
    expect([outcome?.before, outcome?.held, outcome?.holds]).toEqual([
      { variant: null, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' },
      false,
      true,
    ]);
  });

  it('has the rule that let nobody in on the way to the default, not as the way', () => {
    const gated = state({ environments: tree, flags: [flag('f', { rules: [serveOn('gated', [], { percentage: 0 })] })] });
    expect(checkOutcomes(before, gated, production, [check('any', { context: { targetingKey: 'u' } })], NOW)[0]?.branch).toBe(
      'default',
    );
  });

  it('tries any number of checks, in their order, and can be put aside after some hundreds', () => {
    const many = Array.from({ length: 401 }, (_, index) => check(`c${index}`, { context: { plan: index % 2 ? 'pro' : 'free' } }));
    const work = slicedOutcomes(before, after, production, many, NOW);
    let pauses = 0;
    let step = work.next();
    for (; !step.done; step = work.next()) pauses++;
    expect(pauses).toBe(3);
    expect(step.value.map((outcome) => [outcome.check, outcome.before.variant])).toEqual(
      many.map(({ name, context }) => [name, context['plan'] === 'pro' ? 'on' : 'off']),
    );
  });
});

describe('branchesOf', () => {
  const outcomes = () =>
    checkOutcomes(before, before, production, [check('free'), check('pro', { context: { plan: 'pro' } })], NOW);

  it('are the rules that are on and the default, each with those who reached it', () => {
    const more = state({
      environments: tree,
      flags: [flag('f', { rules: [serveOn('pros', [PRO]), serveOn('idle', [], { enabled: false }), serveOn('last', [PRO])] })],
    });
    expect(branchesOf(more, production, ['f'], outcomes())).toEqual([
      { environment: 'production', flag: 'f', branch: 'pros', reachedBy: ['pro'] },
      { environment: 'production', flag: 'f', branch: 'last', reachedBy: [] },
      { environment: 'production', flag: 'f', branch: 'default', reachedBy: ['free'] },
    ]);
  });

  it('are reached by all that came there, and by none that met an error', () => {
    const rules = [serveOn('null', [PRO]), serveOn('pros', [PRO])];
    const gated = state({ environments: tree, flags: [flag('f', { rules, percentage: 50 })] });
    const pro = { context: { plan: 'pro' } };
    const tried = checkOutcomes(gated, gated, production, [check('keyless'), check('one', pro), check('two', pro)], NOW);
    expect(tried.map(({ branch }) => branch)).toEqual([null, 'null', 'null']);
    expect(branchesOf(gated, production, ['f'], tried)).toEqual([
      { environment: 'production', flag: 'f', branch: 'null', reachedBy: ['one', 'two'] },
      { environment: 'production', flag: 'f', branch: 'pros', reachedBy: [] },
      { environment: 'production', flag: 'f', branch: 'default', reachedBy: [] },
    ]);
  });

  it('are those of the rules that the environment resolves, each id once, without inheritance its own', () => {
    const rows = state({
      environments: tree,
      flags: [flag('f', { rules: [serveOn('base')] })],
      overrides: [
        override('production', 'f', { rules: [serveOn('base'), serveOn('more')], rulesMode: 'append' }),
        override('staging', 'f', { percentage: 5 }),
      ],
    });
    const ids = (at = rows) => branchesOf(at, staging, ['f'], []).map(({ branch }) => branch);
    expect(ids()).toEqual(['base', 'more', 'default']);
    expect(ids(withoutInheritance(rows))).toEqual(['base', 'default']);
  });

  it('is one for a flag that is off there, and none for a flag that is not there', () => {
    const off = state({
      environments: tree,
      flags: [flag('f')],
      overrides: [override('staging', 'f', { enabled: false })],
    });
    expect(branchesOf(off, staging, ['f', 'gone'], outcomes())).toEqual([
      { environment: 'staging', flag: 'f', branch: 'off', reachedBy: [] },
    ]);
  });

  it('counts only outcomes of the environment and the flag', () => {
    const two = state({ environments: tree, flags: [flag('f'), flag('g')] });
    expect(branchesOf(two, staging, ['f'], outcomes())[0]?.reachedBy).toEqual([]);
    expect(branchesOf(two, production, ['f', 'g'], outcomes())).toEqual([
      { environment: 'production', flag: 'f', branch: 'default', reachedBy: ['free'] },
      { environment: 'production', flag: 'g', branch: 'default', reachedBy: [] },
    ]);
  });
});
