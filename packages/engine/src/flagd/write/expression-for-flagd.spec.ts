import { describe, expect, it } from '@jest/globals';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import fc from 'fast-check';
import { deepEqual } from '../../json/equal.js';
import { textOf } from '../../logic/program/coercion.js';
import { LOGIC_OPERATORS } from '../../logic/compile.js';
import { compileLogic, LogicFailure, logicValue } from '../../conditions/logic-expression.js';
import type { EvaluationContext, JsonValue } from '../../types.js';
import { expressionForFlagd } from './expression-for-flagd.js';
import { Inexpressible } from '../flagd-document.js';
import { attributes, expression, usualChoice } from '../testing/expressions.js';
import { seedOf, ForestTally } from '../testing/tally.js';
import { runs } from '../../testing/runs.js';
import { isOperation } from './value-expressions.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
type Said = { text: string } | 'null' | 'failed';

function byFlagtree(expression: JsonValue, context: EvaluationContext): Said {
  const value = logicValue(
    compileLogic(expression, 'f', new Map(), () => () => false),
    context,
    Date.now(),
  );
  if (value instanceof LogicFailure) return 'failed';
  return value === null ? 'null' : { text: textOf(value) };
}

/** flagd-core tells a value only when a variant is named like it. */
function byFlagd(written: JsonValue, context: EvaluationContext, expected: Said): unknown {
  const targeting = isOperation(written) ? written : { if: [true, written, null] };
  const expectedKey = typeof expected === 'object' ? { [expected.text]: 'as expected' } : {};
  const core = new FlagdCore(new MemoryStorage(silent), silent);
  const variants = { 'the default': 'default', ...expectedKey };
  core.setConfigurations(
    JSON.stringify({ flags: { f: { state: 'ENABLED', variants, defaultVariant: 'the default', targeting } } }),
  );
  const said = core.resolveStringEvaluation('f', 'fallback', context as never, silent);
  if (said.reason === 'DEFAULT' && said.variant === 'the default') return 'null';
  if (said.reason === 'TARGETING_MATCH') return { text: said.variant };
  return said.errorMessage?.startsWith('Error evaluating targeting rule') === true ? 'failed' : said;
}

/** Undefined: it is one of those that an export leaves out. */
function forFlagd(targeting: JsonValue): JsonValue | undefined {
  try {
    return expressionForFlagd(targeting);
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
}

/** No two lists in it are one and the same. */
const asStored = (targeting: JsonValue) => JSON.parse(JSON.stringify(targeting)) as JsonValue;

const PAIRS = runs(1_500, 12_000);
const USUAL = runs(500, 2_000);

describe('the targeting language', () => {
  it(`says of every expression what flagd-core says of what is exported for it (${PAIRS} pairs)`, () => {
    const seed = seedOf();
    const tally = new ForestTally();
    fc.assert(
      fc.property(expression.map(asStored), attributes, (targeting, context) => {
        const written = forFlagd(targeting);
        if (written === undefined) {
          tally.count('left out');
          return;
        }
        const ours = byFlagtree(targeting, context);
        expect(byFlagd(written, context, ours)).toEqual(ours);
        expect(forFlagd(asStored(written))).toEqual(written);
        expect(byFlagtree(asStored(written), context)).toEqual(ours);
        const failed = ours === 'failed';
        tally.count(deepEqual(written, targeting) ? 'as it is' : 'reworded', failed ? 'failed' : 'answered');
        for (const operator of LOGIC_OPERATORS)
          if (JSON.stringify(targeting).includes(`{"${operator}":`)) tally.count(`${operator}${failed ? ' failed' : ''}`);
      }),
      { numRuns: PAIRS, seed },
    );
    tally.print(`flagd expressions, seed ${seed} (PROPERTY_SEED)`);
    expect(tally.rarerThan(PAIRS / 4, ['as it is', 'answered'])).toEqual([]);
    expect(tally.rarerThan(PAIRS / 10, ['reworded', 'failed'])).toEqual([]);
    expect(tally.rarerThan(PAIRS / 200, ['left out', ...LOGIC_OPERATORS])).toEqual([]);
  });

  it('says the same of what most files have', () => {
    const tally = new ForestTally();
    fc.assert(
      fc.property(usualChoice.map(asStored), attributes, (targeting, context) => {
        const written = forFlagd(targeting) as JsonValue;
        const ours = byFlagtree(targeting, context);
        expect(byFlagd(written, context, ours)).toEqual(ours);
        const { if: list } = targeting as { if: JsonValue[] };
        tally.count(`${deepEqual(written, targeting) ? 'as it is' : 'reworded'}, ${list.length} operands`);
      }),
      { numRuns: USUAL, seed: seedOf() },
    );
    expect(
      tally.rarerThan(
        USUAL / 20,
        [2, 3, 4].map((count) => `as it is, ${count} operands`),
      ),
    ).toEqual([]);
  });

  it.each<JsonValue>([
    { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on'] },
    { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on', null] },
    {
      if: [
        { in: [{ var: 'tier' }, ['gold', 'silver']] },
        'on',
        {
          fractional: [
            ['on', 5],
            ['off', 95],
          ],
        },
      ],
    },
    { if: [{ '==': [{ var: 'locale' }, 'us'] }, 'on', { '>=': [{ var: 'age' }, 18] }, 'off'] },
    { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'email' }] }, ['red', 25], ['blue', 75]] },
    { if: [{ '>=': [{ var: '$flagd.timestamp' }, 1_800_000_000] }, 'on', 'off'] },
    { if: [{ $ref: 'staff' }, 'on', null] },
  ])('leaves %j as it was written', (targeting) => {
    expect(expressionForFlagd(targeting)).toEqual(targeting);
  });

  it('leaves its own words as they are', () => {
    const once = expressionForFlagd({ '==': [{ var: 'a' }, { '>': [{ var: 'b' }, { cat: [{ var: 'c' }] }] }] });
    expect(JSON.stringify(once)).toContain('nothing yet');
    expect(expressionForFlagd(asStored(once))).toEqual(once);
  });
});
