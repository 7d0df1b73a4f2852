import type { CheckOutcome } from '@flagtree/engine';
import { beginningOf } from '../../platform/http/management/beginning.js';
import { boundedEffect, moreOf } from '../../platform/http/management/bounded-effect.js';
import { planIdFrom } from '../plan/prepared-promotion.js';
import type { PromotionDto } from './promotion.dto.js';
import type { PromotionRow } from './promotions.queries.js';
import type { Decision } from './promotion-record.js';

/** Who has done it, and when; null: it is only planned, and is called as its plan. */
interface Circumstances {
  done: { id: string; actor: string; token: string | null; timestamp: string } | null;
  revision: number;
  dryRun: boolean;
}

/** The answer to a plan, or to what was done. */
export function promotionView(
  { record, planId, result }: Omit<Decision, 'rows'>,
  { done, revision, dryRun }: Circumstances,
): PromotionDto {
  const { to, plan, ...asked } = record;
  const {
    effectTotal,
    effect,
    kept = [],
    skipped = [],
    checks,
    gates,
    changes,
    redundant,
    dependencies,
    branches,
    conflicts,
  } = plan;
  const lists = { changes, redundant, kept, skipped, dependencies, branches, conflicts, checks: checks.map(withExpected) };
  const made = done === null ? null : revision;
  const shown = boundedEffect(effect, made, effectTotal);
  const beginnings = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, beginningOf<unknown>(list)]));
  const isBounded = Object.entries(lists).some(([name, { length }]) => length > (beginnings[name]?.length ?? 0));
  return {
    id: done?.id ?? planId.id,
    dryRun,
    result,
    revision,
    plan: planId,
    ...asked,
    to: oneOrMore(to),
    user: done?.actor ?? null,
    token: done?.token ?? null,
    timestamp: done?.timestamp ?? null,
    revertedBy: null,
    gates,
    ...shown,
    ...beginnings,
    ...moreOf(isBounded, made),
    changeCount: changes.length,
    counts: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.length])),
  } as unknown as PromotionDto;
}

const withExpected = ({ expected, ...outcome }: CheckOutcome) => ({ ...outcome, expected: expected ?? null });

export function storedView(row: PromotionRow): PromotionDto {
  const { rows: _rows, ...plan } = row.plan;
  const { kind, reverts, source: from, targets: to, flags, fields, mode, with_values: values, keep, prune, reason } = row;
  const record = { kind, reverts, from, to, flags, fields, mode, with: values, keep, prune, reason, plan };
  const planId = planIdFrom(row.plan_id) ?? { id: row.plan_id, revision: 0, of: null, hash: '' };
  const done = { id: row.id, actor: row.actor, token: row.token, timestamp: row.created_at.toISOString() };
  const view = promotionView({ record, planId, result: 'applied' }, { done, revision: Number(row.revision), dryRun: false });
  return { ...view, revertedBy: row.reverted_by };
}

/** As scripts ask and read it: one target is a slug, several are a list. */
function oneOrMore(slugs: readonly string[]): string | string[] {
  const [only, ...others] = slugs;
  return only !== undefined && others.length === 0 ? only : [...slugs];
}
