import { evaluate } from '../evaluate/evaluate.js';
import type { Condition, Evaluation, EvaluationContext, Flag, Rule } from '../types.js';
import { snapshotOf } from './builders.js';

export const NOW = Date.UTC(2026, 5, 1);

export const PRO: Condition = { attribute: 'plan', operator: 'equals', values: ['pro'] };

/** A rule that serves `on` to whom the conditions hold of: everyone, unless told otherwise. */
export function serveOn(id: string, conditions: Condition[] = [], more: Partial<Rule> = {}): Rule {
  return { id, conditions, serve: { variant: 'on' }, ...more };
}

/** What flag `f`, or another, answers beside these flags only. */
export function ask(flags: Flag | Flag[], context: EvaluationContext = {}, key = 'f'): Evaluation {
  return evaluate(snapshotOf([flags].flat()), key, context, NOW);
}

export const ON = (reason: string) => ({ ok: true, reason, variant: 'on', value: true });
export const OFF = (reason: string) => ({ ok: true, reason, variant: 'off', value: false });
export const KEY_MISSING = { ok: false, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' };
