import { describe, expect, it } from '@jest/globals';
import { explain } from './explain.js';
import { NOW, PRO, serveOn } from '../testing/answers.js';
import { compile, flag, override, segment, state } from '../testing/builders.js';
import type { Step } from '../trace/steps.js';
import type { Condition, EvaluationContext, Flag, Rule } from '../types.js';

const EU: Condition = { attribute: 'eu', operator: 'exists' };
const US: Condition = { attribute: 'us', operator: 'exists' };

function stepsOf(fields: Partial<Flag>, context: EvaluationContext = {}, others: Flag[] = []): Step[] {
  const at = state({ flags: [flag('f', fields), ...others], segments: [segment('pros', [PRO])] });
  return explain(at, compile(at, 'production'), 'f', context, NOW).steps;
}

/** What is told of the only rule: whether it matched and why, or why not. */
function toldOf(rule: Rule, context: EvaluationContext = {}): unknown[] {
  const told = stepsOf({ rules: [rule] }, context).find((step) => step.step === 'rule');
  return told?.step === 'rule' ? [told.matched, told.why] : [];
}

describe('why a rule serves, or not', () => {
  it.each<[Rule, EvaluationContext, boolean, string]>([
    [serveOn('r'), {}, true, 'its conditions hold'],
    [serveOn('r', [PRO]), { plan: 'pro' }, true, 'its conditions hold'],
    [serveOn('r', [PRO]), {}, false, '1 of its 1 conditions does not hold'],
    [serveOn('r', [PRO, EU, US]), { eu: true }, false, '2 of its 3 conditions do not hold'],
    [serveOn('r', [], { enabled: false }), {}, false, 'it is switched off'],
    [serveOn('r', [], { percentage: 0 }), {}, false, 'its conditions hold, but its percentage does not let the context in'],
    [serveOn('r', [], { percentage: 9 }), {}, false, 'the flag serves by bucket: the context needs a targeting key'],
    [{ id: 'r', targeting: { if: [true, 'off'] } }, {}, true, 'its targeting names the variant'],
    [{ id: 'r', targeting: { var: 'gone' } }, {}, false, 'its targeting gives null: the next rule decides'],
    [{ id: 'r', targeting: { var: 'x' }, enabled: false }, {}, false, 'it is switched off'],
    [
      { id: 'r', targeting: { '/': [1, 0] } },
      {},
      false,
      'the targeting of rule "r" has no value for this context: it divides by 0',
    ],
  ])('%j for %j: %s, %s', (rule, context, matched, why) => expect(toldOf(rule, context)).toEqual([matched, why]));

  it('is told with its name and its source', () => {
    const at = state({
      flags: [flag('f', { rules: [serveOn('base', [PRO], { name: 'Pros' })] })],
      overrides: [override('staging', 'f', { rules: [serveOn('own', [PRO])], rulesMode: 'prepend' })],
    });
    const { steps } = explain(at, compile(at, 'staging'), 'f', {}, NOW);
    expect(steps.flatMap((step) => (step.step === 'rule' ? [[step.id, step.name, step.source]] : []))).toEqual([
      ['own', null, { kind: 'environment', slug: 'staging' }],
      ['base', 'Pros', { kind: 'flag' }],
    ]);
  });
});

describe('what is served when no rule matches', () => {
  const weighted = [
    { key: 'on', value: true, weight: 1 },
    { key: 'off', value: false, weight: 1 },
  ];

  it.each<[string, Partial<Flag>, EvaluationContext]>([
    ['default variant', {}, {}],
    ['default variant', { percentage: 99.999 }, { targetingKey: 'u' }],
    ['off variant', { percentage: 0 }, {}],
    ['off variant', { percentage: 0.001 }, { targetingKey: 'u' }],
    ['off variant', { percentage: 0.001, offVariant: 'on' }, { targetingKey: 'u' }],
    ['default variant', { percentage: 99.999, offVariant: 'on' }, { targetingKey: 'u' }],
    ['split of the variants', { variants: weighted }, { targetingKey: 'u' }],
    ['split of the variants', { variants: weighted, percentage: 99.999 }, { targetingKey: 'u' }],
    ['off variant', { variants: weighted, percentage: 0.001 }, { targetingKey: 'u' }],
    ['nothing', { percentage: 50 }, {}],
    ['nothing', { variants: weighted }, {}],
  ])('is the %s of %j for %j', (served, fields, context) => {
    expect(stepsOf(fields, context).at(-1)).toMatchObject({ step: 'default', served });
  });
});

describe('a prerequisite that does not hold', () => {
  const told = (other: Partial<Flag>, required = ['off']) => {
    const [step] = stepsOf({ prerequisites: [{ flag: 'g', variants: required }] }, {}, [flag('g', other)]);
    return step?.step === 'prerequisite' ? [step.satisfied, step.why] : [];
  };

  it('names what the other flag serves, or why it serves nothing', () => {
    expect(told({})).toEqual([false, 'it serves "on"']);
    expect(told({}, ['on'])).toEqual([true, undefined]);
    expect(told({ defaultVariant: null })).toEqual([false, 'it serves no variant']);
    expect(told({ percentage: 50 })).toEqual([false, 'the flag serves by bucket: the context needs a targeting key']);
  });

  it('says nothing of why when it holds', () => {
    const [step] = stepsOf({ prerequisites: [{ flag: 'g', variants: ['on'] }] }, {}, [flag('g')]);
    expect(Object.keys(step as Step)).toEqual(['step', 'flag', 'required', 'evaluation', 'satisfied', 'steps']);
  });
});

describe('what is told of a condition', () => {
  const conditionOf = (condition: Condition, context: EvaluationContext = {}) => {
    const told = stepsOf({ rules: [serveOn('r', [condition])] }, context).find((step) => step.step === 'rule');
    return told?.step === 'rule' ? told.conditions[0] : undefined;
  };

  it('is what it says itself, and what the context has', () => {
    expect(conditionOf(EU, { eu: 1 })).toStrictEqual({ attribute: 'eu', operator: 'exists', actual: 1, result: true });
    expect(conditionOf({ ...PRO, negate: true, ignoreCase: true }, { plan: 'PRO' })).toStrictEqual({
      attribute: 'plan',
      operator: 'equals',
      values: ['pro'],
      negate: true,
      ignoreCase: true,
      actual: 'PRO',
      result: false,
      why: 'it does hold, and the condition is negated',
    });
    expect(conditionOf(PRO)).toStrictEqual({
      attribute: 'plan',
      operator: 'equals',
      values: ['pro'],
      result: false,
      why: 'the context has no such attribute',
    });
  });

  it.each<[Condition, EvaluationContext, string]>([
    [PRO, { plan: null }, 'null counts as missing'],
    [PRO, { plan: 'free' }, 'the operator does not hold of the value'],
    [PRO, { plan: {} }, 'the value is of a kind that the operator cannot compare'],
    [{ attribute: 'plan', operator: 'not_exists' }, { plan: 1 }, 'the context has the attribute'],
    [EU, {}, 'the context has no such attribute'],
    [EU, { eu: null }, 'null counts as missing'],
    [{ attribute: '$now', operator: 'before', values: ['2020-01-01T00:00:00Z'] }, {}, 'the operator does not hold of the value'],
  ])('says why %j does not hold for %j: %s', (condition, context, why) =>
    expect(conditionOf(condition, context)).toMatchObject({ result: false, why }),
  );

  it('tells the moment of the evaluation as an attribute', () => {
    const condition: Condition = { attribute: '$now', operator: 'after', values: ['2020-01-01T00:00:00Z'] };
    expect(conditionOf(condition, { $now: 'never' })).toEqual({
      ...condition,
      actual: '2026-06-01T00:00:00.000Z',
      result: true,
    });
  });

  it('goes into groups and segments as deep as they go', () => {
    const pro = { ...PRO, actual: 'pro', result: true };
    expect(conditionOf({ all: [{ segment: 'pros' }, { any: [] }, { not: { all: [] } }] }, { plan: 'pro' })).toStrictEqual({
      all: [
        { segment: 'pros', conditions: [pro], result: true },
        { any: [], result: false },
        { not: [{ all: [], result: true }], result: false },
      ],
      result: false,
    });
  });

  it('stands beside those before it, also after a segment of several conditions', () => {
    const at = state({
      flags: [flag('f', { rules: [serveOn('r', [EU, { segment: 'both' }, US]), serveOn('next', [US])] })],
      segments: [segment('both', [PRO, EU])],
    });
    const { steps } = explain(at, compile(at, 'production'), 'f', { eu: 1 }, NOW);
    const eu = { ...EU, actual: 1, result: true };
    const us = { ...US, result: false, why: 'the context has no such attribute' };
    const pro = { ...PRO, result: false, why: 'the context has no such attribute' };
    expect(steps.flatMap((step) => (step.step === 'rule' ? [[step.conditions, step.buckets]] : []))).toEqual([
      [[eu, { segment: 'both', conditions: [pro, eu], result: false }, us], []],
      [[us], []],
    ]);
    expect(steps.at(-1)).toEqual({ step: 'default', served: 'default variant', buckets: [] });
  });

  it('tells what an expression read and came to, or why it has no value', () => {
    expect(conditionOf({ jsonLogic: { '!!': [{ var: 'plan' }] } }, { plan: 'pro' })).toStrictEqual({
      jsonLogic: { '!!': [{ var: 'plan' }] },
      reads: { plan: 'pro' },
      value: true,
      result: true,
    });
    expect(conditionOf({ jsonLogic: { var: 'gone' } })).toStrictEqual({
      jsonLogic: { var: 'gone' },
      reads: { gone: null },
      value: null,
      result: false,
    });
    expect(conditionOf({ jsonLogic: { '/': [1, { var: 'n' }] } }, { n: 0 })).toStrictEqual({
      jsonLogic: { '/': [1, { var: 'n' }] },
      reads: { n: 0 },
      result: false,
      why: 'it divides by 0',
    });
  });
});
