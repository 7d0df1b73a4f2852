import { perObject } from '../per-object.js';
import type { State } from '../state/state.js';
import type { Condition, Rule } from '../types.js';
import { priceOfCondition } from './condition-price.js';
import { BUCKET_POINTS } from './bucket-points.js';
import { priceOfExpression, type SegmentPrice } from './expression-price.js';
import { Price, sumOf } from './price.js';

/** Points of a condition that holds others, and of a rule. */
const GROUP = Price.fixed(10);

/** A flag whose rules may take more is not written: it would end as an error for many contexts that are far smaller than the largest. */
export const MAX_FLAG_COST = 100_000_000_000;

/** Of the rules of a resolved flag, and the segments that they name: sound ones, that are there. */
export function priceOfRules(rules: readonly Rule[], segments: State['segments']): Price {
  return sumOf(rules.filter(({ enabled }) => enabled !== false).map((rule) => priceOfRule(rule, segments)));
}

function priceOfRule(rule: Rule, segments: State['segments']): Price {
  if ('targeting' in rule) return GROUP.plus(priceOfExpression(rule.targeting, segmentsIn(segments)));
  const buckets = (rule.percentage ?? 100) < 100 || 'split' in rule.serve ? 2 : 0;
  return GROUP.plus(priceOfConditions(rule.conditions ?? [], segments)).plus(Price.fixed(buckets * BUCKET_POINTS));
}

function priceOfConditions(conditions: readonly Condition[], segments: State['segments']): Price {
  return sumOf(conditions.map((condition) => priceOf(condition, segments)));
}

function priceOf(condition: Condition, segments: State['segments']): Price {
  if ('all' in condition) return GROUP.plus(priceOfConditions(condition.all, segments));
  if ('any' in condition) return GROUP.plus(priceOfConditions(condition.any, segments));
  if ('not' in condition) return GROUP.plus(priceOf(condition.not, segments));
  if ('segment' in condition) return segmentsIn(segments)(condition.segment).price;
  return 'jsonLogic' in condition ? priceOfExpression(condition.jsonLogic, segmentsIn(segments)) : priceOfCondition(condition);
}

/** Each is priced once, however many name it. */
const segmentsIn = perObject((segments: State['segments']): ((key: string) => SegmentPrice) => {
  const known = new Map<string, SegmentPrice>();
  return (key) => {
    let priced = known.get(key);
    if (!priced) {
      const conditions = segments.get(key)?.conditions ?? [];
      known.set(
        key,
        (priced = { price: GROUP.plus(priceOfConditions(conditions, segments)), size: Math.max(1, conditions.length) }),
      );
    }
    return priced;
  };
});
