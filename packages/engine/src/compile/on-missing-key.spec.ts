import { describe, expect, it } from '@jest/globals';
import { explain } from '../evaluate/explain.js';
import { ask, NOW } from '../testing/answers.js';
import { compile, flag, state } from '../testing/builders.js';
import type { Flag, Rule } from '../types.js';

const SPLIT = [
  { variant: 'on', weight: 1 },
  { variant: 'off', weight: 1 },
];
const everyone = (rule: object): Rule => ({ id: 'r', conditions: [], serve: { variant: 'on' }, ...rule });
const off = (reason: string) => ({ ok: true, reason, variant: 'off', value: false });
const withoutKey = (fields: Partial<Flag>) => ask(flag('f', { onMissingKey: 'off', ...fields }), {});

describe('a context without the key of a bucket, where the flag says that it is off then', () => {
  it('is outside of a percentage below 100, as others are', () => {
    expect(withoutKey({ percentage: 99.999 })).toEqual(off('SPLIT'));
    expect(withoutKey({ percentage: 0 })).toEqual(off('STATIC'));
    expect(withoutKey({ percentage: 100 })).toEqual({ ok: true, reason: 'STATIC', variant: 'on', value: true });
  });

  it('does not match a rule with a percentage: the next one is tried', () => {
    const rules = [everyone({ id: 'some', percentage: 50 }), everyone({ id: 'all' })];
    expect(withoutKey({ rules })).toMatchObject({ reason: 'TARGETING_MATCH', variant: 'on' });
    expect(withoutKey({ rules: rules.slice(0, 1), defaultVariant: 'off' })).toEqual(off('DEFAULT'));
  });

  it('gets the off variant where only a split needs the key: of a rule, which ends there, and of the variants', () => {
    const rules = [everyone({ serve: { split: SPLIT } }), everyone({ id: 'all' })];
    expect(withoutKey({ rules })).toEqual(off('DEFAULT'));
    expect(withoutKey({ rules: [everyone({ serve: { split: SPLIT, bucketBy: 'company' } })] })).toEqual(off('DEFAULT'));
    const variants = [
      { key: 'on', value: true, weight: 1 },
      { key: 'off', value: false, weight: 1 },
    ];
    expect(withoutKey({ variants })).toEqual(off('DEFAULT'));
  });

  it('gets no value where off has none', () => {
    expect(withoutKey({ offVariant: null, rules: [everyone({ serve: { split: SPLIT } })] })).toEqual({
      ok: true,
      reason: 'DEFAULT',
    });
  });

  it('is an error where the flag does not say so', () => {
    expect(withoutKey({ onMissingKey: 'error', percentage: 50 })).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
  });

  it('leaves those that have a key where they were', () => {
    for (const targetingKey of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      const fields = { percentage: 50, rules: [everyone({ percentage: 30, serve: { split: SPLIT } })] };
      expect(ask(flag('f', { ...fields, onMissingKey: 'off' }), { targetingKey })).toEqual(
        ask(flag('f', fields), { targetingKey }),
      );
    }
  });

  it('is explained', () => {
    const rules = [everyone({ id: 'some', percentage: 50 }), everyone({ id: 'split', serve: { split: SPLIT } })];
    const whys = (fields: Partial<Flag>) => {
      const rows = state({ flags: [flag('f', { onMissingKey: 'off', ...fields })] });
      const { steps } = explain(rows, compile(rows, 'production'), 'f', {}, NOW);
      return steps.slice(1).map((step) => (step.step === 'rule' ? step.why : step.step === 'default' ? step.served : ''));
    };
    expect(whys({ rules })).toEqual([
      'its conditions hold, but the context has no key for its percentage: it is outside',
      'its conditions hold, but the context has no key for its split: the flag is off for it',
    ]);
    expect(whys({ rules: [], percentage: 50 })).toEqual(['off variant']);
    const variants = [
      { key: 'on', value: true, weight: 1 },
      { key: 'off', value: false, weight: 1 },
    ];
    expect(whys({ rules: [], variants })).toEqual(['off variant']);
  });
});
