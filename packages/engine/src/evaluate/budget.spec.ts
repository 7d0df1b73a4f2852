import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ownContext } from '../conditions/attributes.js';
import { takeFailure } from '../conditions/pending-failure.js';
import { compileEnvironment } from '../compile/compile-environment.js';
import { sizeOf } from '../costs/context-size.js';
import { withPoints } from '../meter.js';
import { environmentsInTreeOrder } from '../state/chain.js';
import { serveOn } from '../testing/answers.js';
import { context as anyContext, forest, moment } from '../testing/arbitraries/arbitraries.js';
import { flag, segment, snapshotOf } from '../testing/builders.js';
import { v } from '../testing/arbitraries/logic.js';
import { COUNTER } from '../trace/recorder.js';
import type { Condition, EvaluationContext, Flag, JsonValue } from '../types.js';
import { EVALUATION_BUDGET, priceOf } from './budget.js';
import { run } from './decide.js';
import { evaluate, evaluateAll, evaluateSeveral } from './evaluate.js';
import { explain } from './explain.js';

const OVER = { ok: false, errorCode: 'GENERAL', errorDetails: expect.stringContaining(`more than ${EVALUATION_BUDGET} points`) };
const matching = (...values: string[]): Condition => ({ attribute: 'x', operator: 'matches', values });
const texts = (count: number, text = 'a'.repeat(4_096)) => ({ x: Array.from({ length: count }, () => text) });
const ruled = (key: string, ...conditions: Condition[]) =>
  flag(key, { rules: [serveOn('r', conditions)], defaultVariant: 'off' });
const targeted = (key: string, targeting: JsonValue) => flag(key, { rules: [{ id: 't', targeting }] });
const NOW = 0;

const LETTERS = matching('\\p{L}{1,500}\\p{N}', '\\p{L}{1,499}\\p{N}', '\\p{L}{1,498}\\p{N}', '\\p{L}{1,497}\\p{N}');
const PARTS: Condition = {
  attribute: 'x',
  operator: 'contains',
  values: Array.from({ length: 900 }, (_, i) => `${'a'.repeat(i + 1)}b`),
};
const VERSIONS = { jsonLogic: { some: [v('x'), { sem_ver: [v(''), '>', '9.9.9'] }] } };

describe('an evaluation that would take too long ends as an error', () => {
  it.each<[string, Flag, EvaluationContext]>([
    ['four large patterns, long texts', ruled('f', LETTERS), texts(12)],
    ['one large pattern, many texts', ruled('f', matching('\\p{L}{1,500}\\p{N}')), texts(60)],
    ['many parts of texts', ruled('f', PARTS), texts(240)],
    ['many expressions that compare versions', ruled('f', { any: Array.from({ length: 100 }, () => VERSIONS) }), texts(800, '1.2.3')],
    ['many ranges of versions', ruled('f', { attribute: 'x', operator: 'semver_in_range', values: Array.from({ length: 1_000 }, (_, i) => `^${i}.0.0-a`) }), texts(900, '1.2.3-a.b.c')],
    ['a targeting expression', targeted('f', { if: [{ some: [v('x'), { in: ['b', { cat: [v(''), v(''), v(''), v('')] }] }] }, 'on', 'off'] }), texts(900)],
  ])('%s', (_what, costly, context) => {
    const snapshot = snapshotOf([costly]);
    expect(evaluate(snapshot, 'f', context, NOW)).toMatchObject(OVER);
    expect(evaluateAll(snapshot, context, NOW)).toMatchObject([OVER]);
    expect(evaluateSeveral(snapshot, ['f', 'none', 'f'], context, NOW)).toMatchObject([OVER, { errorCode: 'FLAG_NOT_FOUND' }, OVER]);
    expect(takeFailure()).toBeUndefined();
    expect(evaluate(snapshot, 'f', { x: ['a1'] }, NOW).ok).toBe(true);
  }); // prettier-ignore

  it('and whoever requires it is not taken for off', () => {
    const above = flag('above', { prerequisites: [{ flag: 'f', variants: ['on'] }] });
    const snapshot = snapshotOf([above, ruled('f', LETTERS)]);
    expect(evaluate(snapshot, 'above', texts(12), NOW)).toMatchObject(OVER);
    expect(evaluate(snapshot, 'above', { x: 'a1' }, NOW)).toMatchObject({ ok: true, variant: 'on' });
  });

  it('and explain says so, after the steps that there were', () => {
    const state = { flags: [ruled('f', LETTERS)] };
    const snapshot = snapshotOf(state.flags);
    const { evaluation, steps } = explain({ flags: new Map() } as never, snapshot, 'f', texts(12), NOW);
    expect(evaluation).toMatchObject(OVER);
    expect(steps.at(-1)).toMatchObject({ step: 'error', why: OVER.errorDetails });
  });

  it('and takes nothing from the flags beside it', () => {
    const cheap = Array.from({ length: 50 }, (_, i) => ruled(`cheap.${i}`, { attribute: 'plan', operator: 'equals', values: ['pro'] }));
    const snapshot = snapshotOf([ruled('a', LETTERS), ...cheap, ruled('z', PARTS)]);
    const answers = evaluateAll(snapshot, { ...texts(240), plan: 'pro' }, NOW);
    expect(answers.at(0)).toMatchObject(OVER);
    expect(answers.at(-1)).toMatchObject(OVER);
    expect(answers.slice(1, -1).every((answer) => answer.ok && answer.variant === 'on')).toBe(true);
  }); // prettier-ignore

  it('where all flags together have one budget, though each of them would have enough', () => {
    const dear = Array.from({ length: 40 }, (_, i) => ruled(`f.${String(i).padStart(2, '0')}`, matching(`^[a-c]+${i}$`)));
    const snapshot = snapshotOf(dear);
    const answers = evaluateAll(snapshot, texts(4), NOW);
    expect(dear.map(({ key }) => evaluate(snapshot, key, texts(4), NOW).ok)).not.toContain(false);
    expect(answers.filter((answer) => answer.ok).length).toBeGreaterThan(5);
    expect(answers.filter((answer) => !answer.ok).length).toBeGreaterThan(5);
    expect(evaluateSeveral(snapshot, dear.map(({ key }) => key), texts(4), NOW)).toEqual(answers);
  }); // prettier-ignore
});

describe('what is counted', () => {
  it('comes to the same answer, and to no more than the price', () => {
    fc.assert(
      fc.property(forest(), anyContext, moment, (state, given, now) => {
        const context = ownContext(given);
        for (const environment of environmentsInTreeOrder(state)) {
          const snapshot = compileEnvironment(state, environment);
          for (const one of snapshot.flags.values()) {
            const points = priceOf(snapshot, one).of(sizeOf(context));
            const answer = withPoints(points, () => run(snapshot, one, context, now, undefined, COUNTER));
            expect(answer).toEqual(evaluate(snapshot, one.key, context, now));
          }
        }
      }),
    );
  });

  it('is nothing at all where the prices say that it cannot be much', () => {
    const inSegment: Condition = { segment: 'staff' };
    const flags = [ruled('a', inSegment), ruled('b', { attribute: 'x', operator: 'contains', values: ['a', 'b'] }), flag('c', { percentage: 30 }), targeted('d', { if: [{ in: ['@', v('x')] }, 'on', 'off'] })];
    const snapshot = snapshotOf(flags, [segment('staff', [{ attribute: 'x', operator: 'matches', values: ['@example\\.com$'] }])]);
    const context = { targetingKey: 'k', x: 'somebody@example.com' };
    const answers = withPoints(0, () => evaluateAll(snapshot, context, NOW));
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, true, true]);
    expect(withPoints(0, () => flags.map(({ key }) => evaluate(snapshot, key, context, NOW)))).toEqual(answers);
  }); // prettier-ignore
});
