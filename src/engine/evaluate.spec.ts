import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentsInTreeOrder } from './chain.js';
import { compileEnvironment } from './compile.js';
import { evaluate } from './evaluate.js';
import { context as anyContext, forest, moment, percentage, storableText } from './testing/arbitraries.js';
import { flag, segment, snapshotOf } from './testing/builders.js';
import { naiveEvaluate } from './testing/naive-evaluator.js';
import type { Condition, Evaluation, EvaluationContext, Flag, Rule } from './types.js';

const NOW = Date.UTC(2026, 5, 1);
const PRO: Condition = { attribute: 'plan', operator: 'equals', values: ['pro'] };
const serveOn = (id: string, conditions: Condition[] = [], more: Partial<Rule> = {}): Rule => ({
  id,
  conditions,
  serve: { variant: 'on' },
  ...more,
});

function ask(flags: Flag | Flag[], context: EvaluationContext = {}, key = 'f'): Evaluation {
  return evaluate(snapshotOf([flags].flat()), key, context, NOW);
}

const ON = (reason: string) => ({ ok: true, reason, variant: 'on', value: true });
const OFF = (reason: string) => ({ ok: true, reason, variant: 'off', value: false });
const KEY_MISSING = expect.objectContaining({ ok: false, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' });

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
    expect(ask(some, { plan: 'pro' })).toEqual(KEY_MISSING);
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

describe('splits', () => {
  const split = (more: object = {}) =>
    flag('f', {
      rules: [
        {
          id: 's',
          conditions: [],
          serve: {
            split: [
              { variant: 'on', weight: 1 },
              { variant: 'off', weight: 1 },
            ],
            ...more,
          },
        },
      ],
    });

  it('serve by bucket: SPLIT, the same for the same key', () => {
    const answers = ['a', 'b', 'c', 'd', 'e', 'f'].map((targetingKey) => ask(split(), { targetingKey }));
    expect(answers.every((answer) => answer.ok && answer.reason === 'SPLIT')).toBe(true);
    expect(new Set(answers.map((answer) => answer.ok && answer.variant))).toEqual(new Set(['on', 'off']));
    expect(ask(split(), { targetingKey: 'a', plan: 'x' })).toEqual(answers[0]);
  });

  it('bucket by another attribute when they say so, for the gate as well', () => {
    const byCompany = split({ bucketBy: 'company.id' });
    expect(ask(byCompany, { targetingKey: 'a' })).toEqual({
      ok: false,
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: 'the flag serves by bucket: the context needs the attribute "company.id"',
    });
    expect(ask(byCompany, { company: { id: 'a' } })).toEqual(ask(split(), { targetingKey: 'a' }));
    byCompany.rules[0]!.percentage = 50;
    expect(ask(byCompany, { targetingKey: 'a' })).toEqual(KEY_MISSING);
    expect(ask(byCompany, { company: { id: 7 } }).ok).toBe(true);
  });

  it.each([{}, { targetingKey: '' }, { targetingKey: null }, { targetingKey: {} }, { targetingKey: ['a'] }])(
    'need a key, which %j is not',
    (context) => {
      expect(ask(split(), context as never)).toEqual(KEY_MISSING);
    },
  );

  it('take numbers and truth values as the text of them', () => {
    expect(ask(split(), { targetingKey: 7 } as never)).toEqual(ask(split(), { targetingKey: '7' }));
    expect(ask(split(), { targetingKey: true } as never)).toEqual(ask(split(), { targetingKey: 'true' }));
  });

  it('of the variants replace the default variant, inside the percentage', () => {
    const weighted = flag('f', {
      variants: [
        { key: 'on', value: true, weight: 0 },
        { key: 'off', value: false, weight: 1 },
        { key: 'none', value: true },
      ],
      defaultVariant: 'on',
    });
    expect(ask(weighted, { targetingKey: 'a' })).toEqual(OFF('SPLIT'));
    expect(ask(weighted)).toEqual(KEY_MISSING);
    expect(ask({ ...weighted, percentage: 0, offVariant: 'on' })).toEqual(ON('STATIC'));
    expect(ask({ ...weighted, rules: [serveOn('pro', [PRO])], percentage: 0, offVariant: 'on' })).toEqual(ON('DEFAULT'));
  });
});

describe('the percentage', () => {
  it('decides by bucket between the default and the off variant: SPLIT', () => {
    const half = flag('f', { percentage: 50 });
    const answers = Array.from({ length: 200 }, (_, index) => ask(half, { targetingKey: `u${index}` }));
    expect(new Set(answers)).toEqual(new Set([ON('SPLIT'), OFF('SPLIT')]));
    expect(ask(half)).toEqual(KEY_MISSING);
  });

  it('needs no bucket at 0 and 100, also beside rules', () => {
    expect(ask(flag('f', { percentage: 0 }))).toEqual(OFF('STATIC'));
    expect(ask(flag('f', { percentage: 100 }))).toEqual(ON('STATIC'));
    expect(ask(flag('f', { percentage: 0, rules: [serveOn('pro', [PRO])] }))).toEqual(OFF('DEFAULT'));
    expect(ask(flag('f', { percentage: 100, rules: [serveOn('pro', [PRO])] }))).toEqual(ON('DEFAULT'));
  });

  it('keeps everyone who was in when it is raised', () => {
    fc.assert(
      fc.property(
        percentage,
        percentage,
        fc.array(
          storableText.filter((key) => key !== ''),
          { minLength: 1, maxLength: 30 },
        ),
        (a, b, keys) => {
          const [low, high] = [
            snapshotOf([flag('f', { percentage: Math.min(a, b) })]),
            snapshotOf([flag('f', { percentage: Math.max(a, b) })]),
          ];
          for (const targetingKey of keys) {
            const before = evaluate(low, 'f', { targetingKey }, NOW);
            const after = evaluate(high, 'f', { targetingKey }, NOW);
            if (before.ok && before.variant === 'on') expect(after).toMatchObject({ variant: 'on' });
          }
        },
      ),
    );
  });

  it('keeps every user of a 10 % rollout when it is raised to 20 %, and lets about as many in as it says', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);
    const inAt = (share: number) => {
      const snapshot = snapshotOf([flag('f', { percentage: share })]);
      return new Set(
        keys.filter((targetingKey) => (evaluate(snapshot, 'f', { targetingKey }, NOW) as { variant: string }).variant === 'on'),
      );
    };
    const [ten, twenty] = [inAt(10), inAt(20)];
    expect([...ten].every((key) => twenty.has(key))).toBe(true);
    expect(Math.abs(ten.size / 200 - 10)).toBeLessThan(0.7);
    expect(Math.abs(twenty.size / 200 - 20)).toBeLessThan(0.9);
    expect(inAt(0.001).size).toBeLessThan(5);
    expect(inAt(99.999).size).toBeGreaterThan(19_995);
  });

  it('puts a key in the same place whatever the flag is called, when the salt stays', () => {
    for (let i = 0; i < 100; i++) {
      const context = { targetingKey: `u${i}` };
      expect(ask(flag('f', { percentage: 40, salt: 'kept' }), context)).toEqual(
        ask(flag('g', { percentage: 40, salt: 'kept' }), context, 'g'),
      );
    }
    const places = (salt: string | null) =>
      Array.from({ length: 100 }, (_, i) => ask(flag('f', { percentage: 40, salt }), { targetingKey: `u${i}` }));
    expect(places(null)).toEqual(places('f'));
    expect(places('other')).not.toEqual(places('f'));
  });
});

describe('prerequisites', () => {
  const needs = (key: string, variants: string[], more: Partial<Flag> = {}) =>
    flag('f', { prerequisites: [{ flag: key, variants }], ...more });

  it('hold when the other flag serves a required variant', () => {
    expect(ask([needs('g', ['on']), flag('g')])).toEqual(ON('STATIC'));
    expect(ask([needs('g', ['off']), flag('g')])).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['off', 'on']), flag('g')])).toEqual(ON('STATIC'));
  });

  it('hold for the context that asks', () => {
    const other = flag('g', { rules: [serveOn('pro', [PRO])], defaultVariant: 'off' });
    expect(ask([needs('g', ['on']), other], { plan: 'pro' })).toEqual(ON('STATIC'));
    expect(ask([needs('g', ['on']), other], { plan: 'free' })).toEqual(OFF('DISABLED'));
  });

  it('count a flag that is off as serving its off variant', () => {
    expect(ask([needs('g', ['off']), flag('g', { enabled: false })])).toEqual(ON('STATIC'));
    expect(ask([needs('g', ['on', 'off']), flag('g', { enabled: false, offVariant: null })])).toEqual(OFF('DISABLED'));
  });

  it('do not hold of a flag that is missing, archived or in error', () => {
    expect(ask(needs('g', ['on']))).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['on']), flag('g', { archivedAt: '2026-01-01T00:00:00Z' })])).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['on']), flag('g', { percentage: 50 })])).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['on']), flag('g', { rules: 'garbage' as never })])).toEqual(OFF('DISABLED'));
  });

  it('must hold all', () => {
    const both = flag('f', {
      prerequisites: [
        { flag: 'g', variants: ['on'] },
        { flag: 'h', variants: ['off'] },
      ],
    });
    expect(ask([both, flag('g'), flag('h')])).toEqual(OFF('DISABLED'));
    expect(ask([both, flag('g'), flag('h', { defaultVariant: 'off' })])).toEqual(ON('STATIC'));
  });

  it('come before everything else that the flag says', () => {
    expect(ask(needs('g', ['on'], { rules: [serveOn('all')], percentage: 50 }))).toEqual(OFF('DISABLED'));
  });

  it('are followed through chains', () => {
    const chain = (last: boolean) =>
      Array.from({ length: 60 }, (_, index) =>
        flag(`f${index}`, {
          prerequisites: index === 59 ? [] : [{ flag: `f${index + 1}`, variants: ['on'] }],
          enabled: index < 59 || last,
        }),
      );
    expect(ask(chain(true), {}, 'f0')).toEqual(ON('STATIC'));
    expect(ask(chain(false), {}, 'f0')).toEqual(OFF('DISABLED'));
  });

  it('end as not satisfied in a cycle, on the way into one, and in a chain that is too long', () => {
    const requires = (key: string, ...others: string[]) =>
      flag(key, { prerequisites: others.map((other) => ({ flag: other, variants: ['on', 'off'] })) });
    const flags = [
      requires('a', 'b'),
      requires('b', 'c'),
      requires('c', 'a'),
      requires('self', 'self'),
      requires('into', 'a'),
      flag('free'),
    ];
    for (const key of ['a', 'b', 'c', 'self', 'into']) expect(ask(flags, {}, key)).toEqual(OFF('DISABLED'));
    expect(ask(flags, {}, 'free')).toEqual(ON('STATIC'));
    const long = snapshotOf([
      ...Array.from({ length: 12_000 }, (_, index) => requires(`f${index}`, `f${index + 1}`)),
      flag('f12000'),
    ]);
    const at = (index: number) => evaluate(long, `f${index}`, {}, NOW);
    expect([at(0), at(11_935), at(11_936), at(11_999)]).toEqual([OFF('DISABLED'), OFF('DISABLED'), ON('STATIC'), ON('STATIC')]);
  });

  it('are asked once each, however many ways lead to them', () => {
    const layers = Array.from({ length: 60 }, (_, layer) =>
      ['x', 'y', 'z'].map((name) =>
        flag(`${name}${layer}`, {
          rules: [serveOn('never', [PRO])],
          prerequisites: layer === 59 ? [] : ['x', 'y', 'z'].map((other) => ({ flag: `${other}${layer + 1}`, variants: ['on'] })),
        }),
      ),
    ).flat();
    expect(ask(layers, {}, 'x0')).toEqual(ON('DEFAULT'));
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
    fc.assert(
      fc.property(
        forest({ environments: 5, flags: 5 }),
        fc.array(anyContext, { minLength: 8, maxLength: 8 }),
        moment,
        (state, contexts, now) => {
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
      { numRuns: 300 },
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
      expect([reason, (reasons.get(reason) ?? 0) > 50]).toEqual([reason, true]);
    }
  });
});
