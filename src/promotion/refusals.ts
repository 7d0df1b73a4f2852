import { Conflict, Forbidden } from '../platform/http/problems/problem.js';
import { type GateResult, told } from './standing-gates.js';
import type { PlanId } from './prepared-promotion.js';

/** @throws {Forbidden | Conflict} naming each gate that is not passed, and what to do. */
export function assertNotBlocked(gates: readonly GateResult[]): void {
  const open = gates.filter(({ state }) => state !== 'passed');
  const [first] = open;
  if (!first) return;
  const detail = `Nothing was promoted. ${told(open.map(({ gate, reason }) => `Gate ${gate}: ${reason}`))}.`;
  const members = { result: 'blocked', gates };
  if (first.gate === 'permission') throw new Forbidden('promotion-not-permitted', detail, members);
  throw new Conflict('promotion-blocked', detail, members);
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
