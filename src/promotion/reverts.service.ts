import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangesService } from '../audit/change/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { StateStore } from '../audit/follow/state-store.js';
import type { WriteRequest } from '../audit/change/write-request.js';
import { type ResolveOptions, type RevertPlan, slicedRevert, type State } from '@flagtree/engine';
import { CONFIG, type Config } from '../platform/config/config.js';
import { ok, type Written } from '../platform/http/management/answer.js';
import { assertUnchanged } from '../platform/http/management/etag.js';
import { Conflict, NotFound } from '../platform/http/problems/problem.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { type GateResult, permission, told as listed, valid } from './standing-gates.js';
import { PlanHistory } from './plan-history.service.js';
import { type PlanId, planIdOf, resultOf } from './prepared-promotion.js';
import type { PromotionDto } from './promotion.dto.js';
import type { RevertDto } from './promotion-request.dto.js';
import { promotionView, storedView } from './promotion-view.js';
import { promotionById, type PromotionRow } from './promotions.queries.js';
import { record } from './promotions.service.js';
import { assertNotBlocked, StalePlan } from './refusals.js';
import type { Asked, StoredPlan } from './stored-plan.js';
import { writeRows } from './write-rows.js';

interface Decided {
  plan: RevertPlan;
  asked: Asked;
  told: StoredPlan;
  gates: GateResult[];
  planId: PlanId;
}

/** Takes a promotion back: exactly what it did, as a revision of its own. Allowed to who may write what it changes, whatever the pipeline. */
@Injectable()
export class RevertsService {
  private readonly options: ResolveOptions;

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: ChangesService,
    private readonly store: StateStore,
    private readonly history: PlanHistory,
    @Inject(CONFIG) config: Config,
  ) {
    this.options = { inheritance: config.environment.inheritance };
  }

  /** What it would take back, and the fields that somebody has changed since. */
  async plan(write: WriteRequest, id: string, dto: RevertDto): Promise<PromotionDto> {
    const state = await this.store.current();
    const promotion = await this.require(id);
    assertUnchanged(write.ifMatch, storedView(promotion));
    const decided = await this.decide(state, write, promotion, dto);
    const { plan, gates, asked, told, planId } = decided;
    const isBlocked = plan.conflicts.length > 0 && dto.withoutConflicts !== true;
    const result = isBlocked ? 'blocked' : resultOf(plan.rows, [], gates);
    return this.history.explain(() => {
      this.assertPlan(dto, decided);
      return promotionView({ asked, told, plan: planId, result, revision: state.revision }, null, true);
    });
  }

  /** @throws {Conflict} naming each field that was changed since, unless the request goes on without those. */
  async revert(write: WriteRequest, id: string, dto: RevertDto): Promise<Written> {
    let view: PromotionDto | null = null;
    return this.history.explain(() =>
      this.audit.change(write, {
        apply: async (change) => {
          view = await this.apply(change, id, dto);
        },
        answer: () => ok(view as PromotionDto),
      }),
    );
  }

  private async apply(change: Change, id: string, dto: RevertDto): Promise<PromotionDto> {
    const { state, write } = change;
    const promotion = (await promotionById(change.manager, id)) ?? missing(id);
    change.assertUnchanged(storedView(promotion));
    const decided = await this.decide(state, write, promotion, dto);
    const { plan, gates, asked, told, planId } = decided;
    this.assertPlan(dto, decided);
    if (plan.conflicts.length > 0 && dto.withoutConflicts !== true) throw inTheWay(plan);
    if (plan.rows.length === 0)
      return promotionView({ asked, told, plan: planId, result: 'no-op', revision: state.revision }, null, false);
    assertNotBlocked(gates);
    return record(change, { asked, told, plan: planId, rows: plan.rows }, () => writeRows(change, plan.rows));
  }

  private async require(id: string): Promise<PromotionRow> {
    return (await promotionById(this.dataSource.manager, id)) ?? missing(id);
  }

  private async decide(state: State, write: WriteRequest, promotion: PromotionRow, dto: RevertDto): Promise<Decided> {
    const plan = await runInSlices(slicedRevert(state, promotion.plan.rows, this.options));
    const gates = [valid({ ...plan, obstacles: [] }), permission({ state, caller: write.caller, plan })];
    const { id, source: from, targets: to, flags, fields, mode, prune } = promotion;
    return {
      plan,
      gates,
      asked: { kind: 'revert', reverts: id, from, to, flags, fields, mode, prune, reason: write.reason },
      told: {
        changes: plan.changes,
        effect: plan.effect,
        effectTotal: plan.effect.length,
        redundant: [],
        dependencies: [],
        checks: [],
        branches: [],
        gates,
        conflicts: plan.conflicts,
      },
      planId: await runInSlices(planIdOf(state.revision, { reverts: id, withoutConflicts: dto.withoutConflicts === true }, plan)),
    };
  }

  private assertPlan(dto: RevertDto, { planId, asked }: Decided): void {
    if (dto.plan === undefined || dto.plan.endsWith(`-${planId.hash}`)) return;
    throw new StalePlan(dto.plan, planId, asked);
  }
}

function missing(id: string): never {
  throw new NotFound('promotion-not-found', `There is no promotion "${id}": see GET /api/admin/promotions.`);
}

function inTheWay({ conflicts }: RevertPlan): Conflict {
  const detail = `Nothing was taken back: ${listed(conflicts.map((conflict) => conflict.detail))}. Look at "conflicts"; "withoutConflicts": true takes back all but these fields.`;
  return new Conflict('revert-conflict', detail, { conflicts });
}
