import { type PlanId, planIdFrom, type Result } from './prepared-promotion.js';
import type { PromotionDto } from './promotion.dto.js';
import type { PromotionRow } from './promotions.queries.js';
import { type Asked, type StoredPlan, TOLD_EFFECT } from './stored-plan.js';

interface Told {
  asked: Asked;
  told: StoredPlan;
  plan: PlanId;
  result: Result;
  revision: number;
}

/** The answer to a plan (`id` is then the plan's) or to what was done. */
export function promotionView(
  { asked, told, plan, result, revision }: Told,
  done: { id: string; actor: string; timestamp: string } | null,
  dryRun: boolean,
): PromotionDto {
  const { to, ...shown } = asked;
  return {
    id: done?.id ?? plan.id,
    dryRun,
    result,
    revision,
    plan,
    ...shown,
    to: oneOrMore(to),
    user: done?.actor ?? null,
    timestamp: done?.timestamp ?? null,
    revertedBy: null,
    ...told,
    effect: told.effect.slice(0, TOLD_EFFECT),
    checks: told.checks.map(({ expected, ...outcome }) => ({ ...outcome, expected: expected ?? null })),
  } as unknown as PromotionDto;
}

export function storedView(row: PromotionRow): PromotionDto {
  const { rows: _rows, ...told } = row.plan;
  const asked: Asked = {
    kind: row.kind,
    reverts: row.reverts,
    from: row.source,
    to: row.targets,
    flags: row.flags,
    fields: row.fields,
    mode: row.mode,
    prune: row.prune,
    reason: row.reason,
  };
  const plan = planIdFrom(row.plan_id) ?? { id: row.plan_id, revision: 0, hash: '' };
  const done = { id: row.id, actor: row.actor, timestamp: row.created_at.toISOString() };
  const view = promotionView({ asked, told, plan, result: 'applied', revision: Number(row.revision) }, done, false);
  return { ...view, revertedBy: row.reverted_by };
}

/** As scripts ask and read it: one target is a slug, several are a list. */
function oneOrMore(slugs: readonly string[]): string | string[] {
  const [only, ...others] = slugs;
  return only !== undefined && others.length === 0 ? only : [...slugs];
}
