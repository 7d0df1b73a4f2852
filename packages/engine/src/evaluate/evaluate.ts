import { isContext, LAST_MOMENT, ownContext } from '../conditions/attributes.js';
import { EVALUATION_BUDGET, priceOf, unlessOverBudget } from './budget.js';
import { type Bulk, bulkOf, cheapestFirst, makeBulk, type VaryingFlag } from './bulk.js';
import { decide, run, type Served } from './decide.js';
import { sizeOf } from '../costs/context-size.js';
import type { Price } from '../costs/price.js';
import { clip } from '../json/values.js';
import { withPoints } from '../meter.js';
import { COUNTER, type Recorder } from '../trace/recorder.js';
import type { Snapshot } from '../compile/snapshot.js';
import type { Evaluation, EvaluationContext } from '../types.js';

/**
 * What a flag is for a context at a moment. Pure, synchronous and total: an answer or an error code, never an exception. A recorder is told
 * of every step and changes nothing. What would take more points than a request has ends as an error.
 */
export function evaluate(
  snapshot: Snapshot,
  flagKey: string,
  context: EvaluationContext,
  now: Date | number,
  recorder?: Recorder,
): Evaluation {
  const flag = snapshot.flags.get(flagKey);
  if (flag === undefined) return flagNotFound(flagKey);
  if (!isContext(context)) return INVALID_CONTEXT;
  const { constant } = flag.program;
  if (constant !== null && recorder === undefined) return constant;
  const own = ownContext(context);
  if (isWithinBudget(priceOf(snapshot, flag), own)) return run(snapshot, flag, own, momentOf(now), undefined, recorder);
  const counted = () => run(snapshot, flag, own, momentOf(now), undefined, recorder ?? COUNTER);
  return withPoints(EVALUATION_BUDGET, () => unlessOverBudget(counted, recorder));
}

/** What `evaluate` says of every flag of the snapshot, in the order of the keys, within one budget. */
export function evaluateAll(snapshot: Snapshot, context: EvaluationContext, now: Date | number): Evaluation[] {
  return evaluateBulk(snapshot, bulkOf(snapshot), context, now);
}

/** What `evaluate` says of these keys, within one budget. */
export function evaluateSeveral(
  snapshot: Snapshot,
  keys: readonly string[],
  context: EvaluationContext,
  now: Date | number,
): Evaluation[] {
  const flags = keys.map((key) => snapshot.flags.get(key));
  const evaluations = evaluateBulk(snapshot, makeBulk(snapshot, flags), context, now);
  return evaluations.map((evaluation, place) => (flags[place] ? evaluation : flagNotFound(keys[place] as string)));
}

function evaluateBulk(
  snapshot: Snapshot,
  { answers, varying, price }: Bulk,
  context: EvaluationContext,
  now: Date | number,
): Evaluation[] {
  const evaluations = answers.slice();
  if (!isContext(context)) return evaluations.fill(INVALID_CONTEXT);
  const attributes = ownContext(context);
  const moment = momentOf(now);
  const served: Served = new Map();
  if (!isWithinBudget(price, attributes)) return countedBulk(snapshot, varying, evaluations, attributes, moment, served);
  for (let i = 0; i < varying.length; i++) {
    const { index, flag } = varying[i] as VaryingFlag;
    evaluations[index] = decide(snapshot, flag, attributes, moment, served, undefined);
  }
  return evaluations;
}

/** Whether no step need be counted. */
function isWithinBudget(price: Price, context: EvaluationContext): boolean {
  return price.worst <= EVALUATION_BUDGET || price.of(sizeOf(context)) <= EVALUATION_BUDGET;
}

/** The cheapest first: a flag for which nothing is left takes nothing from the others. */
function countedBulk(
  snapshot: Snapshot,
  varying: readonly VaryingFlag[],
  evaluations: Evaluation[],
  context: EvaluationContext,
  now: number,
  served: Served,
): Evaluation[] {
  return withPoints(EVALUATION_BUDGET, () => {
    for (const { index, flag } of cheapestFirst(snapshot, varying)) {
      evaluations[index] = unlessOverBudget(() => decide(snapshot, flag, context, now, served, COUNTER));
    }
    return evaluations;
  });
}

/** Milliseconds since 1970 as a `Date` has them, so that both ways to say a moment mean the same; NaN for a moment that cannot be. */
function momentOf(now: Date | number): number {
  if (typeof now !== 'number') return now.getTime();
  return Math.abs(now) <= LAST_MOMENT ? now : NaN;
}

const INVALID_CONTEXT: Evaluation = Object.freeze({
  ok: false,
  reason: 'ERROR',
  errorCode: 'INVALID_CONTEXT',
  errorDetails: 'the context is not an object of attributes',
});

function flagNotFound(flagKey: string): Evaluation {
  return { ok: false, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorDetails: `there is no flag "${clip(String(flagKey))}"` };
}
