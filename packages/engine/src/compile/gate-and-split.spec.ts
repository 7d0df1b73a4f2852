import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PercentageGate, Split } from './gate-and-split.js';
import { evaluate } from '../evaluate/evaluate.js';
import { createRecorder } from '../trace/recorder.js';
import { percentage, storableText } from '../testing/arbitraries/arbitraries.js';
import { ask, KEY_MISSING, NOW, OFF, ON, PRO, serveOn } from '../testing/answers.js';
import { flag, snapshotOf } from '../testing/builders.js';
import type { ConditionsRule } from '../types.js';

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
    (byCompany.rules[0] as ConditionsRule).percentage = 50;
    expect(ask(byCompany, { targetingKey: 'a' })).toMatchObject(KEY_MISSING);
    expect(ask(byCompany, { company: { id: 7 } }).ok).toBe(true);
  });

  it.each([{}, { targetingKey: '' }, { targetingKey: null }, { targetingKey: {} }, { targetingKey: ['a'] }])(
    'need a key, which %j is not',
    (context) => {
      expect(ask(split(), context as never)).toMatchObject(KEY_MISSING);
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
    expect(ask(weighted)).toMatchObject(KEY_MISSING);
    expect(ask({ ...weighted, percentage: 0, offVariant: 'on' })).toEqual(ON('STATIC'));
    expect(ask({ ...weighted, rules: [serveOn('pro', [PRO])], percentage: 0, offVariant: 'on' })).toEqual(ON('DEFAULT'));
  });
});

describe('the percentage', () => {
  it('decides by bucket between the default and the off variant: SPLIT', () => {
    const half = flag('f', { percentage: 50 });
    const answers = Array.from({ length: 200 }, (_, index) => ask(half, { targetingKey: `u${index}` }));
    expect(new Set(answers)).toEqual(new Set([ON('SPLIT'), OFF('SPLIT')]));
    expect(ask(half)).toMatchObject(KEY_MISSING);
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

describe('a gate', () => {
  const THRESHOLD = 2 ** 31;

  it.each([
    [0, true],
    [THRESHOLD - 1, true],
    [THRESHOLD, false],
    [THRESHOLD + 1, false],
    [2 ** 32 - 1, false],
  ])('of 50 %% lets place %s in: %s', (place, admitted) => {
    const gate = new PercentageGate(50, 'targetingKey', () => place);
    expect(gate.admits({ targetingKey: 'a' }, undefined)).toBe(admitted);
    const recorder = createRecorder();
    expect(gate.admits({ targetingKey: 'a' }, recorder)).toBe(admitted);
    expect(recorder.take().buckets).toEqual([
      { kind: 'gate', percentage: 50, bucketBy: 'targetingKey', key: 'a', place, threshold: THRESHOLD, admitted },
    ]);
  });

  it('of 0 % lets nobody in, and needs no key to say so', () => {
    const gate = new PercentageGate(0, 'targetingKey', () => 0);
    const recorder = createRecorder();
    expect([gate.needsBucket, gate.admits({}, recorder), gate.admits({}, undefined)]).toEqual([false, false, false]);
    expect(recorder.take().buckets).toEqual([
      { kind: 'gate', percentage: 0, bucketBy: 'targetingKey', key: null, admitted: false },
    ]);
  });

  it('says which key it lacks', () => {
    const own = new PercentageGate(10, 'targetingKey', () => 0);
    const recorder = createRecorder();
    expect(own.admits({}, recorder)).toBeUndefined();
    expect(recorder.take().buckets).toEqual([
      { kind: 'gate', percentage: 10, bucketBy: 'targetingKey', key: null, admitted: false },
    ]);
    const details = 'the flag serves by bucket: the context needs';
    expect(own.keyMissing).toEqual({
      ok: false,
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: `${details} a targeting key`,
    });
    const other = new PercentageGate(10, 'user.id', () => 0);
    expect(other.keyMissing).toMatchObject({ errorDetails: `${details} the attribute "user.id"` });
  });
});

describe('a split that is told of', () => {
  const entries = [
    { variant: 'a', weight: 1 },
    { variant: 'b', weight: 3 },
  ];
  const outcomes = entries.map(({ variant }) => ({ ok: true, reason: 'SPLIT', variant, value: variant }) as const);

  it.each([
    [0, 0, 0],
    [2 ** 30 - 1, 0, 0],
    [2 ** 30, 1, 1],
    [2 ** 32 - 1, 3, 1],
  ])('tells that place %s is bucket %s, of entry %s', (place, bucket, chosen) => {
    const split = new Split(entries, outcomes, 'targetingKey', () => place);
    const recorder = createRecorder();
    expect(split.choose({ targetingKey: 'k' }, recorder)).toBe(outcomes[chosen]);
    expect(split.choose({ targetingKey: 'k' }, undefined)).toBe(outcomes[chosen]);
    expect(recorder.take().buckets).toEqual([
      { kind: 'split', entries, bucketBy: 'targetingKey', key: 'k', place, bucket, chosen },
    ]);
  });

  it('tells that there is no key', () => {
    const split = new Split(entries, outcomes, 'targetingKey', () => 0);
    const recorder = createRecorder();
    expect(split.choose({}, recorder)).toBe(split.keyMissing);
    expect(recorder.take().buckets).toEqual([{ kind: 'split', entries, bucketBy: 'targetingKey', key: null }]);
  });
});
