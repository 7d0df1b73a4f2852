import type { Change } from '../../audit/change/change.js';
import { newId } from '../../audit/change/new-id.js';
import type { Decision } from './promotion-record.js';
import { KEPT_EFFECT } from './promotion-record.js';
import type { PromotionDto } from './promotion.dto.js';
import { promotionView } from './promotion-view.js';
import { insertPromotion } from './promotions.queries.js';
import { writeRows } from '../../audit/change/write-rows.js';

/** Does what was decided, under the name of a new promotion. Where there is nothing to do, nothing is recorded. */
export async function applyDecision(change: Change, decision: Decision): Promise<PromotionDto> {
  const { dryRun } = change.write;
  if (decision.result !== 'applied') return promotionView(decision, { done: null, revision: change.state.revision, dryRun });
  const id = newId();
  const revision = change.before.revision + 1;
  await change.causedBy(id);
  await writeRows(change, decision.rows);
  await insertRecord(change, id, revision, decision);
  await change.sync();
  const done = { id, actor: change.caller.actor, token: change.caller.token.publicId, timestamp: change.now.toISOString() };
  return promotionView(decision, { done, revision, dryRun });
}

async function insertRecord(change: Change, id: string, revision: number, { record, planId, rows }: Decision): Promise<void> {
  const { plan } = record;
  await insertPromotion(change.manager, {
    id,
    kind: record.kind,
    reverts: record.reverts,
    source: record.from,
    targets: [...record.to],
    flags: [...record.flags],
    mode: record.mode,
    with_values: record.with,
    keep: [...record.keep],
    fields: [...record.fields],
    prune: record.prune,
    plan_id: planId.id,
    plan: { ...plan, effect: plan.effect.slice(0, KEPT_EFFECT), rows: [...rows] },
    reason: record.reason,
    revision,
  });
}
