import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentsInTreeOrder } from '../state/chain.js';
import { compileEnvironment } from '../compile/compile-environment.js';
import { evaluate } from './evaluate.js';
import { explain } from './explain.js';
import { context as anyContext, forest, moment } from '../testing/arbitraries/arbitraries.js';
import { compile, flag, override, segment, state } from '../testing/builders.js';
import { runs } from '../testing/runs.js';
import type { EvaluationContext } from '../types.js';

const at = state({
  flags: [
    flag('checkout', {
      prerequisites: [{ flag: 'base', variants: ['on'] }],
      rules: [
        { id: 'off-rule', enabled: false, conditions: [{ segment: 'pros' }], serve: { variant: 'off' } },
        {
          id: 'pros',
          name: 'All pros',
          conditions: [
            { segment: 'pros' },
            {
              any: [
                { attribute: 'age', operator: 'greater_than', values: [17] },
                { not: { attribute: 'eu', operator: 'exists' } },
              ],
            },
          ],
          percentage: 50,
          serve: {
            split: [
              { variant: 'on', weight: 1 },
              { variant: 'off', weight: 3 },
            ],
          },
        },
      ],
      percentage: 25,
    }),
    flag('base'),
  ],
  overrides: [override('production', 'checkout', { percentage: 40 })],
  segments: [segment('pros', [{ attribute: 'plan', operator: 'equals', values: ['pro'] }])],
});
const snapshot = () => compile(at, 'staging');
const told = (context: EvaluationContext, key = 'checkout') => explain(at, snapshot(), key, context, 0);

describe('explain', () => {
  it('says where the flag comes from', () => {
    expect(told({ targetingKey: 'u1' })).toMatchObject({
      flag: 'checkout',
      environment: 'staging',
      chain: ['staging', 'production'],
      inheritedFrom: 'production',
      defect: null,
      fields: {
        percentage: { value: 40, source: { kind: 'environment', slug: 'production' }, state: 'inherited' },
        enabled: { value: true, source: { kind: 'flag' }, state: 'inherited' },
      },
      ruleSources: [{ kind: 'flag' }, { kind: 'flag' }],
    });
  });

  it('tells every step, each condition with what it found, and the buckets with their numbers', () => {
    const { evaluation, steps } = told({ targetingKey: 'u2', plan: 'pro', age: 17, eu: true });
    expect(evaluation).toEqual(evaluate(snapshot(), 'checkout', { targetingKey: 'u2', plan: 'pro', age: 17, eu: true }, 0));
    expect(steps).toEqual([
      {
        step: 'prerequisite',
        flag: 'base',
        required: ['on'],
        evaluation: { ok: true, reason: 'STATIC', variant: 'on', value: true },
        satisfied: true,
        steps: [
          { step: 'enabled', enabled: true },
          { step: 'default', served: 'default variant', buckets: [] },
        ],
      },
      { step: 'enabled', enabled: true },
      {
        step: 'rule',
        id: 'off-rule',
        name: null,
        source: { kind: 'flag' },
        matched: false,
        why: 'it is switched off',
        conditions: [],
        buckets: [],
      },
      {
        step: 'rule',
        id: 'pros',
        name: 'All pros',
        source: { kind: 'flag' },
        matched: false,
        why: '1 of its 2 conditions does not hold',
        conditions: [
          {
            segment: 'pros',
            conditions: [{ attribute: 'plan', operator: 'equals', values: ['pro'], actual: 'pro', result: true }],
            result: true,
          },
          {
            any: [
              {
                attribute: 'age',
                operator: 'greater_than',
                values: [17],
                actual: 17,
                result: false,
                why: 'the operator does not hold of the value',
              },
              { not: [{ attribute: 'eu', operator: 'exists', actual: true, result: true }], result: false },
            ],
            result: false,
          },
        ],
        buckets: [],
      },
      {
        step: 'default',
        served: expect.stringMatching(/^(default|off) variant$/),
        buckets: [
          {
            kind: 'gate',
            percentage: 40,
            bucketBy: 'targetingKey',
            key: 'u2',
            place: expect.any(Number),
            threshold: Math.ceil(0.4 * 2 ** 32),
            admitted: expect.any(Boolean),
          },
        ],
      },
    ]);
  });

  it('tells the gate and the split of the rule that matched, and nothing after it', () => {
    const contexts = Array.from({ length: 40 }, (_, index) => ({ targetingKey: `u${index}`, plan: 'pro', age: 40 }));
    const seen = new Set<string>();
    for (const context of contexts) {
      const { evaluation, steps } = told(context);
      const rule = steps.find((step) => step.step === 'rule' && step.id === 'pros');
      if (rule?.step !== 'rule') throw new Error('the rule was not told');
      const [gate, split] = rule.buckets;
      if (gate?.kind !== 'gate') throw new Error('the gate was not told');
      expect(gate.admitted).toBe(gate.place! < 2 ** 31);
      expect(rule.matched).toBe(gate.admitted);
      if (!gate.admitted) {
        expect(rule.why).toBe('its conditions hold, but its percentage does not let the context in');
        expect(steps.at(-1)).toMatchObject({ step: 'default' });
        seen.add('outside');
        continue;
      }
      if (split?.kind !== 'split') throw new Error('the split was not told');
      expect(split.bucket).toBe(Math.floor((split.place! * 4) / 2 ** 32));
      expect(split.chosen).toBe(split.bucket! < 1 ? 0 : 1);
      expect(evaluation).toMatchObject({ reason: 'SPLIT', variant: split.entries[split.chosen!]!.variant });
      expect(steps.at(-1)).toBe(rule);
      seen.add(evaluation.ok ? evaluation.variant! : '');
    }
    expect(seen).toEqual(new Set(['outside', 'on', 'off']));
  });

  it('says what is missing', () => {
    const { evaluation, steps } = told({ plan: 'pro', age: null });
    expect(evaluation).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
    expect(steps.at(-1)).toMatchObject({
      step: 'rule',
      matched: false,
      why: 'the flag serves by bucket: the context needs a targeting key',
      conditions: [
        { result: true },
        {
          any: [
            { actual: null, why: 'null counts as missing' },
            { not: [{ why: 'the context has no such attribute' }], result: true },
          ],
        },
      ],
      buckets: [{ kind: 'gate', key: null, admitted: false }],
    });
  });

  it('says why there is no answer at all', () => {
    expect(told({}, 'none')).toMatchObject({
      fields: null,
      evaluation: { errorCode: 'FLAG_NOT_FOUND' },
      steps: [{ step: 'error', why: 'there is no flag "none"' }],
    });
    const archived = state({ flags: [flag('old', { archivedAt: '2026-01-01T00:00:00Z' })] });
    expect(explain(archived, compile(archived, 'production'), 'old', {}, 0).steps).toEqual([
      { step: 'error', why: 'the flag is archived' },
    ]);
    const bad = state({ flags: [flag('bad', { defaultVariant: 'none' })] });
    expect(explain(bad, compile(bad, 'production'), 'bad', {}, 0)).toMatchObject({
      defect: 'defaultVariant: the default variant names variant "none"; there are on, off',
      steps: [{ step: 'error', why: expect.stringContaining('"none"') }],
    });
  });

  it('tells prerequisites that do not hold, each with its reason', () => {
    const requires = (...keys: string[]) => keys.map((key) => ({ flag: key, variants: ['on'] }));
    const rows = state({
      flags: [
        flag('f', { prerequisites: requires('gone', 'dark', 'bucketed', 'lit') }),
        flag('dark', { enabled: false, offVariant: null }),
        flag('bucketed', { percentage: 50 }),
        flag('lit'),
        flag('loop', { prerequisites: requires('loop') }),
      ],
    });
    const steps = (key: string) => explain(rows, compile(rows, 'production'), key, {}, 0).steps;
    expect(steps('f').map((step) => (step.step === 'prerequisite' ? [step.flag, step.satisfied, step.why] : step.step))).toEqual([
      ['gone', false, 'there is no such flag'],
      ['dark', false, 'it serves no variant'],
      ['bucketed', false, 'the flag serves by bucket: the context needs a targeting key'],
      ['lit', true, undefined],
    ]);
    expect(steps('loop')).toMatchObject([
      { flag: 'loop', satisfied: false, why: 'the prerequisites run into a cycle', evaluation: null },
    ]);
  });

  it('comes to the same answer as evaluating, always', () => {
    fc.assert(
      fc.property(
        forest({ environments: 3, flags: 5 }),
        fc.array(anyContext, { minLength: 4, maxLength: 4 }),
        moment,
        (rows, contexts, now) => {
          for (const environment of environmentsInTreeOrder(rows)) {
            const compiled = compileEnvironment(rows, environment);
            for (const { key } of rows.flags.values()) {
              for (const context of contexts) {
                const explained = explain(rows, compiled, key, context, now);
                expect(explained.evaluation).toEqual(evaluate(compiled, key, context, now));
                expect(explained.steps.length).toBeGreaterThan(0);
              }
            }
          }
        },
      ),
      { numRuns: runs(50, 150) },
    );
  });
});
