import { type PositionName, positionNamed, textOf } from '../../audit/follow/position-names.js';
import { createHash } from 'node:crypto';
import {
  type Branch,
  branchesOf,
  canonicalJson,
  type Check,
  type CheckOutcome,
  type EffectEntry,
  type Environment,
  environmentBySlug,
  type EvaluationContext,
  type Interruptible,
  type PromotionOrder,
  type PromotionPlan,
  type RowEdit,
  slicedOutcomes,
  slicedPromotion,
  type State,
} from '@flagtree/engine';
import type { GateResult } from '../gates/standing-gates.js';
import { Numbered } from './plan-id-values.js';

export type Result = 'applied' | 'no-op' | 'blocked';

/** A promotion with all that can be said about it before it is done. */
export interface PreparedPromotion {
  order: PromotionOrder;
  plan: PromotionPlan;
  outcomes: CheckOutcome[];
  branches: Branch[];
}

export interface Trials {
  /** The saved checks of the flags. */
  checks: readonly Check[];
  /** Tried with every flag, in every target. */
  contexts: readonly EvaluationContext[];
  now: Date;
}

/** Plans a promotion and tries it with checks and contexts. Pure: everything that it depends on is an argument. */
export function* preparePromotion(
  state: State,
  order: PromotionOrder,
  { checks, contexts, now }: Trials,
): Interruptible<PreparedPromotion> {
  const plan = yield* slicedPromotion(state, order);
  const changed = new Map<string, Set<string>>();
  for (const { environment, flag } of plan.effect) changed.set(environment, (changed.get(environment) ?? new Set()).add(flag));
  const targets = order.to.flatMap((slug) => environmentBySlug(state, slug) ?? []);
  const below = [...changed.keys()]
    .filter((slug) => !order.to.includes(slug))
    .flatMap((slug) => environmentBySlug(state, slug) ?? []);
  const tried =
    order.to.length === 0 ? [] : plan.flags.flatMap((flag) => contexts.map((context, index) => given(flag, context, index)));
  const here = (place: Environment) => checks.filter(({ environment }) => environment === null || environment === place.slug);
  const outcomes: CheckOutcome[] = [];
  for (const target of targets)
    outcomes.push(...(yield* slicedOutcomes(state, plan.after, target, [...here(target), ...tried], now)));
  for (const place of below) {
    const touched = here(place).filter(({ flag }) => changed.get(place.slug)?.has(flag));
    outcomes.push(...(yield* slicedOutcomes(state, plan.after, place, touched, now)));
  }
  const promoted = new Set(plan.flags);
  const branches = targets.flatMap((target) => {
    const flags = [...(changed.get(target.slug) ?? [])].filter((flag) => promoted.has(flag));
    return branchesOf(plan.after, target, flags, outcomes);
  });
  return { order, plan, outcomes, branches };
}

export function resultOf(rows: readonly RowEdit[], obstacles: readonly object[], gates: readonly GateResult[]): Result {
  if (rows.length === 0 && obstacles.length === 0) return 'no-op';
  return gates.every(({ state }) => state === 'passed') ? 'applied' : 'blocked';
}

/** Of which state a plan was made, and a hash of what it does. The reason and the gates do not count: they may change until it is applied. */
export interface PlanId {
  id: string;
  revision: number;
  /** The point of the history; null where the id does not say of which one. */
  of: PositionName | null;
  hash: string;
}

/** Characters hashed at a time. */
const CHUNK = 65_536;

const PLAN_ID = /^plan-(\d{1,15}(?:\.[0-9a-f]{6})?)-([0-9a-f]{64})$/;

/** Each value of the effect is told once, however many environments get it, and then by its number. */
export function* planIdOf(
  of: PositionName,
  order: object,
  { rows, effect }: { rows: readonly RowEdit[]; effect: readonly EffectEntry[] },
): Interruptible<PlanId> {
  const hash = createHash('sha256').update(canonicalJson(order));
  for (const { environment, flag, before, after } of rows) {
    const fields = [before, after].map((content) => content && { ...content, reason: undefined });
    hash.update(canonicalJson([environment, flag, ...fields]));
    yield;
  }
  const values = new Numbered((text) => hash.update(`${text}\n`));
  let text = '';
  for (const { environment, flag, field, before, after } of effect) {
    text += `${environment} ${flag} ${field} ${values.of(before)} ${values.of(after)}\n`;
    if (text.length < CHUNK) continue;
    hash.update(text);
    text = '';
    yield;
  }
  hash.update(text);
  const digest = hash.digest('hex');
  return { id: `plan-${textOf(of)}-${digest}`, revision: of.revision, of, hash: digest };
}

export function planIdFrom(id: string): PlanId | null {
  const [, point, hash] = PLAN_ID.exec(id) ?? [];
  if (point === undefined || hash === undefined) return null;
  return { id, revision: Number(point.split('.')[0]), of: positionNamed(point), hash };
}

function given(flag: string, context: EvaluationContext, index: number): Check {
  return { flag, name: `context ${String(index + 1)}`, environment: null, context };
}
