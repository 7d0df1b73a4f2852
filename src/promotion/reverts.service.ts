import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { StateStore } from '../audit/follow/state-store.js';
import type { WriteRequest } from '../audit/change/write-request.js';
import { type RevertConflict, slicedRevert, type State } from '@flagtree/engine';
import { ok, type Written } from '../platform/http/management/answer.js';
import { beginningOf } from '../platform/http/management/beginning.js';
import { moreIf } from '../platform/http/management/bounded-effect.js';
import { assertUnchanged } from '../platform/http/management/etag.js';
import { Conflict, NotFound } from '../platform/http/problems/problem.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { listed } from '../platform/http/problems/listed.js';
import { permission, valid } from './gates/standing-gates.js';
import { PlanHistory } from './plan/plan-history.service.js';
import { planIdOf, resultOf } from './plan/prepared-promotion.js';
import type { PromotionDto } from './record/promotion.dto.js';
import type { RevertDto } from './request/promotion-request.dto.js';
import { promotionView, storedView } from './record/promotion-view.js';
import { promotionById, type PromotionRow } from './record/promotions.queries.js';
import { applyDecision } from './record/promotion-records.js';
import { assertNotBlocked, StalePlan } from './plan/refusals.js';
import type { Decision } from './record/promotion-record.js';

/** A revert, and the fields that stand in its way. */
interface RevertDecision extends Decision {
  conflicts: RevertConflict[];
}

/** Takes a promotion back: exactly what it did, as a revision of its own. Allowed to who may write what it changes, whatever the pipeline. */
@Injectable()
export class RevertsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: ChangesService,
    private readonly store: StateStore,
    private readonly history: PlanHistory,
  ) {}

  /** What it would take back, and the fields that somebody has changed since. */
  async plan(write: WriteRequest, id: string, dto: RevertDto): Promise<PromotionDto> {
    const state = await this.store.current();
    const promotion = await this.require(id);
    assertUnchanged(write, storedView(promotion));
    const decision = await this.decide(state, write, promotion, dto);
    return this.history.explain(() => {
      assertPlan(dto, decision);
      return promotionView(decision, { done: null, revision: state.revision, dryRun: true });
    });
  }

  /** @throws {Conflict} naming each field that was changed since, unless the request goes on without those. */
  async revert(write: WriteRequest, id: string, dto: RevertDto): Promise<Written> {
    let view: PromotionDto | null = null;
    return this.history.explain(() =>
      this.changes.change(
        { ...write, keep: null },
        {
          apply: async (change) => {
            view = await this.apply(change, id, dto);
          },
          answer: () => ok(view as PromotionDto),
        },
      ),
    );
  }

  private async apply(change: Change, id: string, dto: RevertDto): Promise<PromotionDto> {
    const { state, write } = change;
    const promotion = (await promotionById(change.manager, id)) ?? missing(id);
    change.assertUnchanged(storedView(promotion));
    const decision = await this.decide(state, write, promotion, dto);
    assertPlan(dto, decision);
    if (decision.conflicts.length > 0 && dto.withoutConflicts !== true) throw inTheWay(decision.conflicts);
    if (decision.result === 'blocked') assertNotBlocked(decision.record.plan.gates);
    return applyDecision(change, decision);
  }

  private async require(id: string): Promise<PromotionRow> {
    return (await promotionById(this.dataSource.manager, id)) ?? missing(id);
  }

  private async decide(state: State, write: WriteRequest, promotion: PromotionRow, dto: RevertDto): Promise<RevertDecision> {
    const plan = await runInSlices(slicedRevert(state, promotion.plan.rows));
    const gates = [valid({ ...plan, obstacles: [] }), permission({ state, caller: write.caller, plan })];
    const { id, source: from, targets: to, flags, fields, mode, with_values: values, keep, prune } = promotion;
    const { rows, changes, effect, conflicts } = plan;
    const isBlocked = conflicts.length > 0 && dto.withoutConflicts !== true;
    return {
      rows,
      conflicts,
      result: isBlocked ? 'blocked' : resultOf(rows, [], gates),
      record: {
        kind: 'revert',
        reverts: id,
        ...{ from, to, flags, fields, mode, with: values, keep, prune, reason: write.reason },
        plan: {
          ...{ changes, effect, gates, conflicts },
          ...{ redundant: [], kept: [], skipped: [], dependencies: [], checks: [], branches: [] },
          effectTotal: effect.length,
        },
      },
      planId: await runInSlices(
        planIdOf(this.store.nameOf(state.revision), { reverts: id, withoutConflicts: dto.withoutConflicts === true }, plan),
      ),
    };
  }
}

function assertPlan(dto: RevertDto, { planId, record }: Decision): void {
  if (dto.plan === undefined || dto.plan.endsWith(`-${planId.hash}`)) return;
  throw new StalePlan(dto.plan, planId, record);
}

function missing(id: string): never {
  throw new NotFound('promotion-not-found', `There is no promotion "${id}": see GET /api/admin/promotions.`);
}

function inTheWay(conflicts: readonly RevertConflict[]): Conflict {
  const detail = `Nothing was taken back: ${listed(conflicts.map((conflict) => conflict.detail))}. Look at "conflicts"; "withoutConflicts": true takes back all but these fields.`;
  const shown = beginningOf(conflicts);
  return new Conflict('revert-conflict', detail, {
    conflicts: shown,
    conflictCount: conflicts.length,
    ...moreIf(
      conflicts.length > shown.length,
      'GET /api/admin/promotions/{id} says what the promotion wrote, GET /api/flags/audit what was written since.',
    ),
  });
}
