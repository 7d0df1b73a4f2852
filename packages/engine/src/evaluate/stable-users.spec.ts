import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentsInTreeOrder } from '../state/chain.js';
import { compileEnvironment } from '../compile/compile-environment.js';
import { evaluate } from './evaluate.js';
import { attributeCondition, context as anyContext, forest, moment, percentage } from '../testing/arbitraries/arbitraries.js';
import { compile, environment, flag, override, snapshotOf, state } from '../testing/builders.js';
import { ask, NOW, PRO } from '../testing/answers.js';
import { buildState, type State } from '../state/state.js';
import { runs } from '../testing/runs.js';
import type { Evaluation, EvaluationContext, Variant } from '../types.js';

const USERS = Array.from({ length: 100_000 }, (_, i) => ({ targetingKey: `user-${String(i)}` }));

/** All that people may rename or reword: of the flag, its rules, variants and segments, and of the environments. */
function renamed(before: State): State {
  const words = { name: 'Renamed', description: 'other words' };
  return buildState({
    revision: before.revision + 1,
    environments: [...before.environments.values()].map((row) => ({ ...row, ...words })),
    flags: [...before.flags.values()].map((row) => ({
      ...row,
      ...words,
      owner: 'others',
      tags: ['x'],
      rules: row.rules.map((rule) => ({ ...rule, name: 'Renamed' })),
      variants: row.variants.map((variant) => ({ ...variant, description: 'other words' })),
    })),
    overrides: [...before.overrides.values()].flatMap((rows) =>
      [...rows.values()].map((row) => ({ ...row, reason: 'other words' })),
    ),
    segments: [...before.segments.values()].map((row) => ({ ...row, ...words })),
  });
}

describe('what a user gets', () => {
  it('is the same after anything is renamed', () => {
    fc.assert(
      fc.property(
        forest({ environments: 4, flags: 4 }),
        fc.array(anyContext, { minLength: 5 }),
        moment,
        (before, contexts, now) => {
          const after = renamed(before);
          const [old, fresh] = [before, after].map((at) => environmentsInTreeOrder(at).map((one) => compileEnvironment(at, one)));
          old!.forEach((snapshot, i) => {
            for (const key of snapshot.flags.keys()) {
              for (const context of contexts) {
                expect(evaluate(fresh![i]!, key, context, now)).toEqual(evaluate(snapshot, key, context, now));
              }
            }
          });
        },
      ),
      { numRuns: runs(20, 40) },
    );
  });

  it('is the same in every environment that has the same fields, so that promoting a rollout keeps its users', () => {
    const weights: Variant[] = [10, 30, 60].map((weight, i) => ({ key: `v${String(i)}`, value: `v${String(i)}`, weight }));
    fc.assert(
      fc.property(percentage, fc.array(fc.string({ minLength: 1 }), { minLength: 20 }), (share, keys) => {
        const at = state({
          flags: [flag('f', { type: 'string', variants: weights, defaultVariant: 'v0', offVariant: null, percentage: 0 })],
          environments: [environment('a'), environment('b')],
          overrides: [override('a', 'f', { percentage: share }), override('b', 'f', { percentage: share })],
        });
        const [a, b] = [compile(at, 'a'), compile(at, 'b')];
        for (const targetingKey of keys)
          expect(evaluate(b, 'f', { targetingKey }, NOW)).toBe(evaluate(a, 'f', { targetingKey }, NOW));
      }),
    );
  });

  it('follows the weights of a split within half a percent, at 100,000 users and through the front door', () => {
    const weights = [5, 15, 30, 50];
    const variants: Variant[] = weights.map((weight, i) => ({ key: `v${String(i)}`, value: i, weight }));
    const snapshot = snapshotOf([flag('shares', { type: 'number', variants, defaultVariant: 'v0', offVariant: null })]);
    const counts = weights.map(() => 0);
    for (const user of USERS) counts[(evaluate(snapshot, 'shares', user, NOW) as Evaluation & { value: number }).value]!++;
    counts.forEach((count, i) => {
      expect(Math.abs(count / 1000 - weights[i]!)).toBeLessThan(0.5);
    });
  });
});

describe('a missing attribute, null and values of other types', () => {
  const operators = attributeCondition.filter(({ operator, attribute }) => !/exists$/.test(operator) && attribute !== '$now');

  it('match no condition, negated or not', () => {
    fc.assert(
      fc.property(
        operators,
        fc.constantFrom(undefined, null, {}, { plan: 'pro' }, [], [null], [{}], [[]]),
        (condition, value) => {
          const path = condition.attribute.split('.');
          const context = path.reduceRight<unknown>((inner, name) => (inner === undefined ? {} : { [name]: inner }), value);
          fc.pre(!Array.isArray(value) || value.length > 0);
          const conditions = [condition];
          const answer = ask(
            flag('f', { rules: [{ id: 'r', conditions, serve: { variant: 'on' } }], defaultVariant: 'off' }),
            context as EvaluationContext,
          );
          expect(answer).toMatchObject({ reason: 'DEFAULT', variant: 'off' });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are what stands in the way: the same condition holds of a value that fits', () => {
    expect(ask(flag('f', { rules: [{ id: 'r', conditions: [PRO], serve: { variant: 'on' } }] }), { plan: 'pro' })).toMatchObject({
      reason: 'TARGETING_MATCH',
    });
  });
});
