import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../evaluate/evaluate.js';
import type { State } from '../state/state.js';
import { explain } from '../evaluate/explain.js';
import { ask, NOW } from '../testing/answers.js';
import { compile as compileIn, flag, segment, snapshotOf, state } from '../testing/builders.js';
import type { Condition, Evaluation, EvaluationContext, Flag, JsonValue, Rule } from '../types.js';

const compile = (at: State) => compileIn(at, 'production');
const served = (evaluation: Evaluation) => (evaluation.ok ? `${evaluation.reason} ${evaluation.variant}` : evaluation.errorCode);
const by = (targeting: JsonValue, context: EvaluationContext = {}, more: Partial<Flag> = {}) =>
  served(ask(flag('f', { rules: [{ id: 't', targeting }], defaultVariant: 'off', ...more }), context));
const when = (jsonLogic: JsonValue, context: EvaluationContext = {}) => {
  const rules: Rule[] = [{ id: 'r', conditions: [{ jsonLogic }], serve: { variant: 'on' } }];
  return ask(flag('f', { rules, defaultVariant: 'off' }), context);
};

describe('a rule with targeting', () => {
  it('serves the variant that its expression names, and leaves null to the next rule', () => {
    const rules: Rule[] = [
      { id: 'qa', targeting: { if: [{ ends_with: [{ var: 'email' }, '@qa.example'] }, 'on', null] } },
      { id: 'rest', targeting: { if: [{ '==': [{ var: 'plan' }, 'free'] }, 'off', null] } },
    ];
    const asked = (context: EvaluationContext) => served(ask(flag('f', { rules, defaultVariant: 'on' }), context));
    expect(asked({ email: 'a@qa.example', plan: 'free' })).toBe('TARGETING_MATCH on');
    expect(asked({ email: 'a@example', plan: 'free' })).toBe('TARGETING_MATCH off');
    expect(asked({ email: 'a@example' })).toBe('DEFAULT on');
  });

  it('is passed over when it is switched off', () => {
    expect(served(ask(flag('f', { rules: [{ id: 't', enabled: false, targeting: { if: [true, 'off', 'off'] } }] })))).toBe(
      'DEFAULT on',
    );
  });

  it('names the variants of true, false and numbers by their text', () => {
    const variants = ['true', 'false', '1', 'off'].map((key) => ({ key, value: key }));
    const more: Partial<Flag> = { type: 'string', variants };
    expect(by({ '!!': [{ var: 'a' }] }, { a: 1 }, more)).toBe('TARGETING_MATCH true');
    expect(by({ '!!': [{ var: 'a' }] }, {}, more)).toBe('TARGETING_MATCH false');
    expect(by({ '+': [{ var: 'a' }, 1] }, {}, more)).toBe('TARGETING_MATCH 1');
  });

  it('is an error when it names a variant that there is not', () => {
    expect(by({ if: [true, { var: 'variant' }, null] }, { variant: 'blue' })).toBe('GENERAL');
  });

  it('is an error when it has no value', () => {
    const answer = ask(flag('f', { rules: [{ id: 't', targeting: { if: [{ '/': [1, { var: 'n' }] }, 'on', 'off'] } }] }), {
      n: 0,
    });
    expect(answer).toEqual({
      ok: false,
      reason: 'ERROR',
      errorCode: 'GENERAL',
      errorDetails: 'the targeting of rule "t" has no value for this context: it divides by 0',
    });
  });

  it('says nothing when it is empty', () => {
    expect(served(ask(flag('f', { rules: [{ id: 't', targeting: {} }] })))).toBe('DEFAULT on');
  });
});

describe('an expression', () => {
  it('knows the flag and the moment, which no context can set', () => {
    const context = { $flagd: { flagKey: 'g', timestamp: 0 } } as EvaluationContext;
    expect(by({ if: [{ '===': [{ var: '$flagd.flagKey' }, 'f'] }, 'on', 'off'] }, context)).toBe('TARGETING_MATCH on');
    expect(by({ if: [{ '===': [{ var: '$flagd.timestamp' }, NOW / 1000] }, 'on', 'off'] }, context)).toBe('TARGETING_MATCH on');
    const late = flag('f', {
      rules: [{ id: 't', targeting: { if: [{ '>=': [{ var: '$flagd.timestamp' }, 100] }, 'on', 'off'] } }],
    });
    const at = (now: number) => served(evaluate(snapshotOf([late]), 'f', {}, now));
    expect([at(99_999), at(100_000), at(100_999)]).toEqual(['TARGETING_MATCH off', 'TARGETING_MATCH on', 'TARGETING_MATCH on']);
  });

  it.each([
    'constructor',
    'constructor.name',
    '__proto__',
    'toString',
    'a.constructor',
    'a.__proto__',
    'list.map',
    's.constructor',
  ])('does not reach a prototype through %s', (path) => {
    const context = { a: {}, list: [1], s: 'x' } as EvaluationContext;
    expect(by({ if: [{ '===': [{ var: path }, null] }, 'on', 'off'] }, context)).toBe('TARGETING_MATCH on');
    expect(by({ if: [{ missing: [path] }, 'on', 'off'] }, context)).toBe('TARGETING_MATCH on');
  });

  it('reads attributes of that name when the context has them itself', () => {
    expect(by({ if: [{ '===': [{ var: 'constructor.name' }, 'x'] }, 'on', 'off'] }, { constructor: { name: 'x' } })).toBe(
      'TARGETING_MATCH on',
    );
  });

  it('splits by the flag and the targeting key, or by its own key, as flagd does', () => {
    const shares = [['on', 1], ['off', 1]]; // prettier-ignore
    const own = { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }, ...shares] };
    for (const targetingKey of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(by({ fractional: shares }, { targetingKey })).toBe(by(own, { targetingKey }));
    expect(by({ fractional: shares })).toBe('DEFAULT off');
    expect(by({ fractional: [{ var: 'nobody' }, ...shares] }, { targetingKey: 'a' })).toBe('DEFAULT off');
  });

  it('stops after 10,000 steps', () => {
    const pairs = (size: number): JsonValue => ({
      some: [{ map: [{ var: 'list' }, { '+': [{ var: '' }, size] }] }, { '<': [{ var: '' }, 0] }],
    });
    const list = (length: number) => ({ list: Array.from({ length }, (_, i) => i) }) as EvaluationContext;
    expect(by({ if: [pairs(0), 'on', 'off'] }, list(1000))).toBe('TARGETING_MATCH off');
    expect(by({ if: [pairs(0), 'on', 'off'] }, list(5000))).toBe('GENERAL');
  });

  it('pays for what it refers to, too', () => {
    const many: Condition[] = [{ all: Array.from({ length: 200 }, () => ({ attribute: 'a', operator: 'exists' }) as const) }];
    const rules: Rule[] = [{ id: 't', targeting: { if: [{ some: [{ var: 'list' }, { $ref: 'many' }] }, 'on', 'off'] } }];
    const snapshot = compile(state({ flags: [flag('f', { rules })], segments: [segment('many', many)] }));
    const asked = (length: number) => served(evaluate(snapshot, 'f', { list: Array(length).fill(0) }, NOW));
    expect([asked(40), asked(60)]).toEqual(['TARGETING_MATCH off', 'GENERAL']);
  });

  it('cannot be made to write endless texts', () => {
    const doubling = { reduce: [{ var: 'list' }, { cat: [{ var: 'accumulator' }, { var: 'accumulator' }] }, 'ab'] };
    expect(by({ if: [doubling, 'on', 'off'] }, { list: Array(60).fill(0) })).toBe('GENERAL');
  });
});

describe('a jsonLogic condition', () => {
  it('holds when its expression is true as flagd understands it', () => {
    expect(served(when({ var: 'list' }, { list: [] }))).toBe('DEFAULT off');
    expect(served(when({ var: 'list' }, { list: [0] }))).toBe('TARGETING_MATCH on');
    expect(served(when({ var: 'a' }, { a: '0' }))).toBe('TARGETING_MATCH on');
  });

  it('ends the evaluation when its expression has no value, unless it was decided before', () => {
    const failing: Condition = { jsonLogic: { '+': [{ var: 'word' }, 1] } };
    const holding: Condition = { jsonLogic: { '!!': [true] } };
    const asked = (...conditions: Condition[]) => {
      const at = state({
        flags: [flag('f', { rules: [{ id: 'r', conditions, serve: { variant: 'on' } }], defaultVariant: 'off' })],
      });
      const context = { word: 'x' } as EvaluationContext;
      const explained = explain(at, compile(at), 'f', context, NOW).evaluation;
      const evaluated = evaluate(compile(at), 'f', context, NOW);
      expect(explained).toEqual(evaluated);
      return served(evaluated);
    };
    expect(asked(failing)).toBe('GENERAL');
    expect(asked({ not: failing })).toBe('GENERAL');
    expect(asked({ any: [failing, holding] })).toBe('GENERAL');
    expect(asked({ any: [holding, failing] })).toBe('TARGETING_MATCH on');
    expect(asked({ all: [{ not: holding }, failing] })).toBe('DEFAULT off');
  });
});

describe('a reference', () => {
  const segments = [
    segment('staff', [{ jsonLogic: { ends_with: [{ var: 'email' }, '@example.com'] } }]),
    segment('pros', [{ attribute: 'plan', operator: 'equals', values: ['pro'] }]),
    segment('own', [{ jsonLogic: { '===': [{ var: '$flagd.flagKey' }, 'f'] } }]),
  ];
  const ruleOf = (expression: JsonValue): Rule => ({ id: 't', targeting: { if: [expression, 'on', null] } });
  const asked = (expression: JsonValue, context: EvaluationContext = {}, key = 'f') => {
    const flags = ['f', 'g'].map((one) => flag(one, { rules: [ruleOf(expression)], defaultVariant: 'off' }));
    return served(evaluate(compile(state({ flags, segments })), key, context, NOW));
  };

  it('is the expression, or the conditions, of the segment of that name', () => {
    expect(asked({ $ref: 'staff' }, { email: 'a@example.com' })).toBe('TARGETING_MATCH on');
    expect(asked({ $ref: 'staff' }, { email: 'a@example.org' })).toBe('DEFAULT off');
    expect(asked({ and: [{ $ref: 'pros' }, true] }, { plan: 'pro' })).toBe('TARGETING_MATCH on');
    expect(asked({ and: [{ $ref: 'pros' }, true] }, { plan: 'free' })).toBe('DEFAULT off');
  });

  it('asks for the flag that refers, though flags share segments', () => {
    const rules: Rule[] = [{ id: 'r', conditions: [{ segment: 'own' }], serve: { variant: 'on' } }];
    const snapshot = compile(state({ flags: ['f', 'g'].map((key) => flag(key, { rules, defaultVariant: 'off' })), segments }));
    expect(['g', 'f'].map((key) => served(evaluate(snapshot, key, {}, NOW)))).toEqual(['DEFAULT off', 'TARGETING_MATCH on']);
    expect(['g', 'f'].map((key) => asked({ $ref: 'own' }, {}, key))).toEqual(['DEFAULT off', 'TARGETING_MATCH on']);
  });

  it('to nothing keeps the flag from being evaluated', () => {
    expect(asked({ $ref: 'nobody' })).toBe('PARSE_ERROR');
  });
});

describe('explain', () => {
  it('tells what an expression read, what it came to and where its key fell', () => {
    const at = state({
      flags: [
        flag('f', {
          rules: [{ id: 't', name: 'Half', targeting: { fractional: [{ var: 'user.name' }, ['on', 1], ['off', 1]] } }],
        }),
      ],
    });
    const { steps } = explain(at, compile(at), 'f', { user: { name: 'jack' } }, NOW);
    expect(steps.at(-1)).toMatchObject({
      step: 'rule',
      id: 't',
      name: 'Half',
      matched: true,
      why: 'its targeting names the variant',
      conditions: [{ reads: { 'user.name': 'jack' }, value: expect.stringMatching(/^(on|off)$/), result: true }],
      buckets: [
        { kind: 'fractional', key: 'jack', place: expect.any(Number), bucket: expect.any(Number), chosen: expect.any(Number) },
      ],
    });
  });

  it('tells why an expression has no value', () => {
    const at = state({
      flags: [flag('f', { rules: [{ id: 't', targeting: { if: [{ '<': [{ var: 'a' }, 1] }, 'on', null] } }] })],
    });
    const { steps, evaluation } = explain(at, compile(at), 'f', { a: 'word' }, NOW);
    expect(evaluation).toMatchObject({ errorCode: 'GENERAL' });
    expect(steps.at(-1)).toMatchObject({
      matched: false,
      conditions: [{ result: false, why: 'it calculates with what is no number' }],
    });
  });
});
