import { FLAG_FIELDS } from '@flagtree/engine';
import { Conflict, Forbidden, Unprocessable } from '../../platform/http/problems/problem.js';
import { listed } from '../../platform/http/problems/listed.js';
import type { GateResult } from '../gates/standing-gates.js';
import type { PlanId, PreparedPromotion } from './prepared-promotion.js';

/** @throws {Forbidden | Conflict} naming each gate that is not passed, and what to do. */
export function assertNotBlocked(gates: readonly GateResult[]): void {
  const open = gates.filter(({ state }) => state !== 'passed');
  const [first] = open;
  if (!first) return;
  const detail = `Nothing was promoted. ${listed(open.map(({ gate, reason }) => `Gate ${gate}: ${reason.replace(/\.$/, '')}`))}.`;
  const members = { result: 'blocked', gates };
  if (first.gate === 'permission') throw new Forbidden('promotion-not-permitted', detail, members);
  throw new Conflict('promotion-blocked', detail, members);
}

/** @throws {Unprocessable} where the source does not override a flag of which its override was to be taken. */
export function assertOverridden({ order, plan }: PreparedPromotion): void {
  const [flag] = plan.skipped;
  if (flag === undefined) return;
  const { from, fields, mode } = order;
  const what =
    mode === 'override' && fields.length < FLAG_FIELDS.length ? `overrides no ${fields.join(', ')} of` : 'overrides nothing of';
  const detail = `"${from}" ${what} "${flag}", and mode "${mode}" takes only what it overrides itself: leave "mode" out to promote what it resolves to, or promote from the environment that overrides it.`;
  throw new Unprocessable('source-overrides-nothing', detail, [{ pointer: '/from', code: 'source-overrides-nothing', detail }]);
}

/** A plan that was handed in is not what would be done now. Turned into a problem where the past can be asked what has moved. */
export class StalePlan extends Error {
  constructor(
    /** The id that was handed in. */
    readonly given: string,
    readonly current: PlanId,
    readonly scope: { flags: readonly string[]; from: string; to: readonly string[] },
  ) {
    super(`The plan ${given} is stale`);
  }
}
