import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentsInTreeOrder } from '../state/chain.js';
import { compileEnvironment } from '../compile/compile-environment.js';
import { evaluate, evaluateAll } from './evaluate.js';
import { context as anyContext, forest, moment } from '../testing/arbitraries/arbitraries.js';
import { ask, KEY_MISSING, NOW, OFF, ON, PRO, serveOn } from '../testing/answers.js';
import { flag, segment, snapshotOf } from '../testing/builders.js';
import { naiveEvaluate } from '../testing/naive/naive-evaluator.js';
import { runs } from '../testing/runs.js';
import type { Rule } from '../types.js';

describe('a flag without rules', () => {
  it('serves its default variant: STATIC', () => expect(ask(flag('f'))).toEqual(ON('STATIC')));

  it('serves its off variant when it is off: DISABLED', () => {
    expect(ask(flag('f', { enabled: false }))).toEqual(OFF('DISABLED'));
    expect(ask(flag('f', { enabled: false, rules: [serveOn('all')], percentage: 10 }))).toEqual(OFF('DISABLED'));
  });

  it('leaves the value to the caller where there is no off variant, or no default variant', () => {
    expect(ask(flag('f', { enabled: false, offVariant: null }))).toEqual({ ok: true, reason: 'DISABLED' });
    expect(ask(flag('f', { defaultVariant: null }))).toEqual({ ok: true, reason: 'STATIC' });
    expect(ask(flag('f', { percentage: 0, offVariant: null }))).toEqual({ ok: true, reason: 'STATIC' });
  });

  it.each([null, false, 0, '', {}, [], 0.1, 2 ** 53 - 1])('serves the value %j as it is', (value) => {
    const answer = ask(flag('f', { type: 'json', variants: [{ key: 'v', value }], defaultVariant: 'v', offVariant: null }));
    expect(answer).toEqual({ ok: true, reason: 'STATIC', variant: 'v', value });
    expect(Object.hasOwn(answer, 'value')).toBe(true);
  });

  it('is not there when it is unknown, archived or somebody else’s', () => {
    const archived = flag('old', { archivedAt: '2026-01-01T00:00:00Z' });
    for (const key of ['none', 'old', 'constructor', '__proto__', '']) {
      expect(ask([flag('f'), archived], {}, key)).toMatchObject({ ok: false, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
    }
  });

  it('gives the same frozen answer each time', () => {
    const snapshot = snapshotOf([flag('f', { type: 'json', variants: [{ key: 'on', value: { a: [1] } }], offVariant: null })]);
    const first = evaluate(snapshot, 'f', {}, NOW);
    expect(evaluate(snapshot, 'f', { targetingKey: 'x' }, new Date())).toBe(first);
    expect(() => Object.assign(first, { variant: 'off' })).toThrow(TypeError);
    expect(() => (first as unknown as { value: { a: number[] } }).value.a.push(2)).toThrow(TypeError);
  });
});

describe('rules', () => {
  const ruled = (...rules: Rule[]) => flag('f', { rules, defaultVariant: 'off' });

  it('serve by the first that matches: TARGETING_MATCH; else the default: DEFAULT', () => {
    const rules = [
      serveOn('pro', [PRO]),
      { ...serveOn('eu', [{ attribute: 'eu', operator: 'equals', values: [true] }]), serve: { variant: 'off' } },
    ];
    expect(ask(ruled(...rules), { plan: 'pro', eu: true })).toEqual(ON('TARGETING_MATCH'));
    expect(ask(ruled(...rules), { plan: 'free', eu: true })).toEqual(OFF('TARGETING_MATCH'));
    expect(ask(ruled(...rules), { plan: 'free' })).toEqual(OFF('DEFAULT'));
    expect(ask(ruled(...rules.toReversed()), { plan: 'pro', eu: true })).toEqual(OFF('TARGETING_MATCH'));
  });

  it('match everyone when they have no conditions, and nobody when one condition fails', () => {
    expect(ask(ruled(serveOn('all')))).toEqual(ON('TARGETING_MATCH'));
    expect(ask(ruled(serveOn('both', [PRO, { not: PRO }])), { plan: 'pro' })).toEqual(OFF('DEFAULT'));
  });

  it('are passed over when they are switched off, and still make the default a DEFAULT', () => {
    expect(ask(ruled(serveOn('all', [], { enabled: false })))).toEqual(OFF('DEFAULT'));
    expect(ask(ruled(serveOn('all', [], { enabled: true })))).toEqual(ON('TARGETING_MATCH'));
  });

  it('let on to the next rule whom their percentage leaves out', () => {
    const rules = [serveOn('some', [], { percentage: 30 }), { ...serveOn('rest'), serve: { variant: 'off' } }];
    const answers = Array.from({ length: 1000 }, (_, index) => ask(ruled(...rules), { targetingKey: `u${index}` }));
    const on = answers.filter((answer) => answer.ok && answer.variant === 'on').length;
    expect(on).toBeGreaterThan(250);
    expect(on).toBeLessThan(350);
    expect(answers.every((answer) => answer.ok && answer.reason === 'TARGETING_MATCH')).toBe(true);
  });

  it('at 0 % match nobody, at 100 % everyone, and need no key for either', () => {
    expect(ask(ruled(serveOn('none', [], { percentage: 0 })))).toEqual(OFF('DEFAULT'));
    expect(ask(ruled(serveOn('all', [], { percentage: 100 })))).toEqual(ON('TARGETING_MATCH'));
  });

  it('ask for a key only when their conditions hold', () => {
    const some = ruled(serveOn('some', [PRO], { percentage: 30 }));
    expect(ask(some, { plan: 'free' })).toEqual(OFF('DEFAULT'));
    expect(ask(some, { plan: 'pro' })).toMatchObject(KEY_MISSING);
  });

  it('share one gate bucket with each other and the default percentage', () => {
    const variants = [...flag('f').variants, { key: 'default', value: true }];
    const shared = flag('f', {
      rules: [serveOn('some', [], { percentage: 30 })],
      percentage: 30,
      defaultVariant: 'default',
      variants,
    });
    const served = new Set(
      Array.from({ length: 500 }, (_, index) => ask(shared, { targetingKey: `u${index}` })).map(
        (answer) => answer.ok && answer.variant,
      ),
    );
    expect(served).toEqual(new Set(['on', 'off']));
  });
});

describe('evaluation', () => {
  it('takes the moment as a number or a Date', () => {
    const timed = snapshotOf([
      flag('f', {
        rules: [serveOn('later', [{ attribute: '$now', operator: 'after', values: ['2026-06-01T00:00:00Z'] }])],
        defaultVariant: 'off',
      }),
    ]);
    expect(evaluate(timed, 'f', {}, NOW)).toEqual(OFF('DEFAULT'));
    expect(evaluate(timed, 'f', {}, NOW + 1)).toEqual(ON('TARGETING_MATCH'));
    expect(evaluate(timed, 'f', {}, new Date(NOW + 1))).toEqual(ON('TARGETING_MATCH'));
    expect(evaluate(timed, 'f', {}, new Date(NaN))).toEqual(OFF('DEFAULT'));
  });

  it('uses segments', () => {
    const snapshot = snapshotOf(
      [flag('f', { rules: [serveOn('seg', [{ segment: 'pros' }])], defaultVariant: 'off' })],
      [segment('pros', [PRO])],
    );
    expect(evaluate(snapshot, 'f', { plan: 'pro' }, NOW)).toEqual(ON('TARGETING_MATCH'));
    expect(evaluate(snapshot, 'f', {}, NOW)).toEqual(OFF('DEFAULT'));
  });

  it.each([null, undefined, 'text', 7, []])('answers INVALID_CONTEXT to %j', (context) => {
    expect(ask(flag('f'), context as never)).toMatchObject(
      context === undefined ? ON('STATIC') : { errorCode: 'INVALID_CONTEXT' },
    );
    expect(evaluate(snapshotOf([flag('f')]), 'f', context as never, NOW)).toMatchObject({
      ok: false,
      errorCode: 'INVALID_CONTEXT',
    });
  });

  it('agrees with a naive evaluator for any flag, context and moment, and never throws', () => {
    const reasons = new Map<string, number>();
    let forests = 0;
    fc.assert(
      fc.property(
        forest({ environments: 5, flags: 5 }),
        fc.array(anyContext, { minLength: 8, maxLength: 8 }),
        moment,
        (state, contexts, now) => {
          forests++;
          for (const environment of environmentsInTreeOrder(state).slice(-2)) {
            const snapshot = compileEnvironment(state, environment);
            for (const { key } of state.flags.values()) {
              for (const context of contexts) {
                const answer = evaluate(snapshot, key, context, now);
                expect(answer).toEqual(naiveEvaluate(state, environment, key, context, now));
                const reason = answer.ok ? answer.reason : answer.errorCode;
                reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
              }
            }
          }
        },
      ),
      { numRuns: runs(100, 300) },
    );
    for (const reason of [
      'STATIC',
      'DEFAULT',
      'TARGETING_MATCH',
      'SPLIT',
      'DISABLED',
      'TARGETING_KEY_MISSING',
      'FLAG_NOT_FOUND',
    ]) {
      expect([reason, (reasons.get(reason) ?? 0) > forests / 6]).toEqual([reason, true]);
    }
  });
});

describe('all flags at once', () => {
  it('are what each of them is, in the order of the keys', () => {
    fc.assert(
      fc.property(forest({ environments: 3, flags: 6 }), anyContext, moment, (state, context, now) => {
        for (const environment of state.environments.values()) {
          const snapshot = compileEnvironment(state, environment);
          const each = [...snapshot.flags.keys()].map((key) => evaluate(snapshot, key, context, now));
          expect(evaluateAll(snapshot, context, now)).toEqual(each);
          expect(evaluateAll(snapshot, context, new Date(now))).toEqual(each);
        }
      }),
    );
  });

  it.each([NaN, Infinity, -Infinity, 1e300])('are the same whether the impossible moment %p is a number or a date', (now) => {
    const impossible = serveOn('r', [
      { not: { attribute: '$now', operator: 'after', values: ['2026-01-01T00:00:00Z'], negate: true } },
    ]);
    const snapshot = snapshotOf([flag('a', { enabled: true, rules: [impossible] })]);
    expect(evaluateAll(snapshot, {}, now)).toEqual(evaluateAll(snapshot, {}, new Date(now)));
    expect(evaluate(snapshot, 'a', {}, now)).toEqual(evaluate(snapshot, 'a', {}, new Date(now)));
  });

  it.each([null, undefined, 'text', []])('are all without an answer for the context %p', (context) => {
    const snapshot = snapshotOf([flag('a'), flag('b')]);
    const answers = evaluateAll(snapshot, context as never, NOW);
    expect(answers.map((answer) => answer.ok || answer.errorCode)).toEqual(['INVALID_CONTEXT', 'INVALID_CONTEXT']);
  });
});
