import { describe, expect, it } from '@jest/globals';
import { evaluate, evaluateAll } from './evaluate.js';
import { explain } from './explain.js';
import { NOW, OFF, ON, PRO, serveOn } from '../testing/answers.js';
import { compile, flag, snapshotOf, state } from '../testing/builders.js';
import type { EvaluationContext, Flag } from '../types.js';

const error = (errorCode: string, errorDetails: string) => ({ ok: false, reason: 'ERROR', errorCode, errorDetails });
const requires = (...keys: string[]) => keys.map((key) => ({ flag: key, variants: ['on'] }));
const BROKEN = flag('broken', { defaultVariant: 'none' });
const WHY_BROKEN =
  'flag "broken" cannot be evaluated: defaultVariant: the default variant names variant "none"; there are on, off';

const stepsOf = (flags: Flag[], key: string, context: EvaluationContext = {}) => {
  const at = state({ flags });
  return explain(at, compile(at, 'production'), key, context, NOW);
};

describe('an answer that is an error', () => {
  it('names the flag that is not there, shortened when it is long', () => {
    const snapshot = snapshotOf([flag('f')]);
    expect(evaluate(snapshot, 'none', {}, NOW)).toEqual(error('FLAG_NOT_FOUND', 'there is no flag "none"'));
    const long = evaluate(snapshot, 'x'.repeat(10_000), {}, NOW);
    expect(!long.ok && long.errorDetails.length < 300).toBe(true);
    expect(evaluate(snapshot, undefined as never, {}, NOW)).toEqual(error('FLAG_NOT_FOUND', 'there is no flag "undefined"'));
  });

  it('says that the context is none, of one flag and of all', () => {
    const snapshot = snapshotOf([flag('f'), flag('g', { percentage: 50 })]);
    const invalid = error('INVALID_CONTEXT', 'the context is not an object of attributes');
    expect(evaluate(snapshot, 'f', null as never, NOW)).toEqual(invalid);
    expect(evaluateAll(snapshot, [] as never, NOW)).toEqual([invalid, invalid]);
  });

  it('asks for the flag before it asks for the context', () => {
    expect(evaluate(snapshotOf([]), 'f', null as never, NOW)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });
});

describe('a context', () => {
  it('says what is its own, not what its prototype has', () => {
    const snapshot = snapshotOf([flag('f', { rules: [serveOn('pro', [PRO])], defaultVariant: 'off' })]);
    const inherits = Object.create({ plan: 'pro' }) as EvaluationContext;
    expect([evaluate(snapshot, 'f', inherits, NOW), evaluateAll(snapshot, inherits, NOW)]).toEqual([
      OFF('DEFAULT'),
      [OFF('DEFAULT')],
    ]);
    const own = Object.assign(Object.create({ plan: 'free' }) as EvaluationContext, { plan: 'pro' });
    expect(evaluate(snapshot, 'f', own, NOW)).toEqual(ON('TARGETING_MATCH'));
  });
});

describe('all flags at once', () => {
  it('answer each call anew: what one gives to a context stays out of the next', () => {
    const snapshot = snapshotOf([flag('a'), flag('b', { rules: [serveOn('pro', [PRO])], defaultVariant: 'off' }), BROKEN]);
    const broken = error('PARSE_ERROR', WHY_BROKEN);
    const [pro, free] = [evaluateAll(snapshot, { plan: 'pro' }, NOW), evaluateAll(snapshot, {}, NOW)];
    expect(pro).toEqual([ON('STATIC'), ON('TARGETING_MATCH'), broken]);
    expect(free).toEqual([ON('STATIC'), OFF('DEFAULT'), broken]);
  });

  it('are none where there are no flags', () => expect(evaluateAll(snapshotOf([]), {}, NOW)).toEqual([]));
});

describe('the steps that lead to an answer', () => {
  it('end with a flag that is off, whatever its rules say', () => {
    const { evaluation, steps } = stepsOf([flag('f', { enabled: false, rules: [serveOn('r')] })], 'f');
    expect(evaluation).toEqual(OFF('DISABLED'));
    expect(steps).toEqual([{ step: 'enabled', enabled: false }]);
  });

  it('end with the rule that serves', () => {
    const { steps } = stepsOf([flag('f', { rules: [serveOn('first', [PRO]), serveOn('second'), serveOn('third')] })], 'f');
    expect(steps.map((step) => (step.step === 'rule' ? step.id : step.step))).toEqual(['enabled', 'first', 'second']);
  });

  it('go through every prerequisite, and no further when one does not hold', () => {
    const { evaluation, steps } = stepsOf(
      [flag('f', { prerequisites: requires('off', 'on', 'broken') }), flag('off', { enabled: false }), flag('on'), BROKEN],
      'f',
    );
    expect(evaluation).toEqual(OFF('DISABLED'));
    expect(steps).toEqual([
      {
        step: 'prerequisite',
        flag: 'off',
        required: ['on'],
        evaluation: OFF('DISABLED'),
        satisfied: false,
        why: 'it serves "off"',
        steps: [{ step: 'enabled', enabled: false }],
      },
      {
        step: 'prerequisite',
        flag: 'on',
        required: ['on'],
        evaluation: ON('STATIC'),
        satisfied: true,
        steps: [
          { step: 'enabled', enabled: true },
          { step: 'default', served: 'default variant', buckets: [] },
        ],
      },
      {
        step: 'prerequisite',
        flag: 'broken',
        required: ['on'],
        evaluation: error('PARSE_ERROR', WHY_BROKEN),
        satisfied: false,
        why: WHY_BROKEN,
        steps: [{ step: 'error', why: WHY_BROKEN }],
      },
    ]);
  });

  it('tell those of a flag that several require only where it is asked first', () => {
    const { steps } = stepsOf(
      [flag('f', { prerequisites: requires('g', 'h') }), flag('g'), flag('h', { prerequisites: requires('g') })],
      'f',
    );
    const [, second] = steps;
    expect(second).toMatchObject({
      flag: 'h',
      satisfied: true,
      steps: [{ flag: 'g', satisfied: true, evaluation: ON('STATIC'), steps: [] }, { step: 'enabled' }, { step: 'default' }],
    });
  });

  it('are one error where the flag is missing, archived or broken, and where the context is none', () => {
    const flags = [BROKEN, flag('f'), flag('old', { archivedAt: '2026-01-01T00:00:00Z' })];
    expect(stepsOf(flags, 'none').steps).toEqual([{ step: 'error', why: 'there is no flag "none"' }]);
    expect(stepsOf(flags, 'old').steps).toEqual([{ step: 'error', why: 'the flag is archived' }]);
    expect(stepsOf(flags, 'broken').steps).toEqual([{ step: 'error', why: WHY_BROKEN }]);
    expect(stepsOf(flags, 'f', 7 as never).steps).toEqual([{ step: 'error', why: 'the context is not an object of attributes' }]);
  });

  it('stand beside what the flag is, which is nothing where there is none', () => {
    expect(stepsOf([], 'none', {})).toEqual({
      flag: 'none',
      environment: 'production',
      chain: ['production'],
      inheritedFrom: null,
      fields: null,
      ruleSources: [],
      defect: null,
      evaluation: error('FLAG_NOT_FOUND', 'there is no flag "none"'),
      steps: [{ step: 'error', why: 'there is no flag "none"' }],
    });
  });
});
