import { describe, expect, it } from '@jest/globals';
import { branchesOf, type Check, checkOutcomes } from './check-outcomes.js';
import { NOW, PRO, serveOn } from './testing/answers.js';
import { environment, flag, override, state } from './testing/builders.js';

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
