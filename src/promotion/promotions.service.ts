import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import type { PositionName } from '../audit/follow/position-names.js';
import { StateStore } from '../audit/follow/state-store.js';
import type { WriteRequest } from '../audit/change/write-request.js';
import { ChecksService } from '../checks/checks.service.js';
import {
  chainOf,
  type Environment,
  environmentBySlug,
  flagByKey,
  prerequisitesOf,
  type PromotionOrder,
  type State,
} from '@flagtree/engine';
import { flagIn } from '../flags/flag-in-environment.js';
import { PipelinesService } from '../pipelines/pipelines.service.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { ok, Written } from '../platform/http/management/answer.js';
import { assertNamesNoVersion, assertUnchanged } from '../platform/http/management/etag.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { type GateResult, standingGates } from './gates/standing-gates.js';
import { asksForSoak, pipelineGates } from './gates/pipeline-gates.js';
import { toldTo } from './gates/told-outcomes.js';
import { planIdOf, type PreparedPromotion, preparePromotion, resultOf } from './plan/prepared-promotion.js';
import { PlanHistory } from './plan/plan-history.service.js';
import type { Decision, PromotionRecord } from './record/promotion-record.js';
import { applyDecision } from './record/promotion-records.js';
import type { PromotionRequest, RequestAt } from './request/promotion-request.js';
import type { PromotionDto } from './record/promotion.dto.js';
import { promotionView } from './record/promotion-view.js';
import { lastChanges } from './record/promotions.queries.js';
import { assertNotBlocked, assertOverridden, StalePlan } from './plan/refusals.js';

/** Plans promotions, and applies exactly what was planned: one revision, or nothing. */
@Injectable()
export class PromotionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: ChangesService,
    private readonly store: StateStore,
    private readonly checks: ChecksService,
    private readonly pipelines: PipelinesService,
    private readonly history: PlanHistory,
    private readonly clock: DatabaseClock,
  ) {}

  /** What a promotion would do. Nothing is locked, and nobody waits. */
  async plan(write: WriteRequest, requestAt: RequestAt): Promise<PromotionDto> {
    const state = await this.store.current();
    const request = requestAt(state);
    const decision = await this.decide(this.dataSource.manager, state, write, request, this.clock.now());
    await this.history.explain(() => { assertPlan(request, decision); }); // prettier-ignore
    return promotionView(decision, { done: null, revision: state.revision, dryRun: true });
  }

  /** Applies a promotion within a change of its own. @throws {Conflict | Forbidden} naming the gate that is not passed. */
  async promote(write: WriteRequest, requestAt: RequestAt): Promise<Written> {
    let view: PromotionDto | null = null;
    return this.history.explain(() =>
      // What is kept is planned, and stands in the rows already.
      this.changes.change(
        { ...write, keep: null },
        {
          apply: async (change) => {
            view = await this.apply(change, requestAt(change.state));
          },
          answer: () => ok(view as PromotionDto),
        },
      ),
    );
  }

  /** As one edit of a change that somebody else has opened. */
  async apply(change: Change, request: PromotionRequest): Promise<PromotionDto> {
    const decision = await this.decide(change.manager, change.state, change.write, request, change.now);
    assertPlan(request, decision);
    if (decision.result === 'blocked') assertNotBlocked(decision.record.plan.gates);
    return applyDecision(change, decision);
  }

  /** @throws {Stale} @throws {Unprocessable} for the one flag that was asked for, where the source has nothing to take. */
  private async decide(
    manager: EntityManager,
    state: State,
    write: WriteRequest,
    request: PromotionRequest,
    now: Date,
  ): Promise<Decision> {
    this.assertUnchanged(state, write, request);
    const order: PromotionOrder = { ...request, reason: write.reason };
    const keys = order.dependencies === 'include' ? [...order.flags, ...prerequisitesOf(state, order.flags)] : order.flags;
    const checks = await this.checks.of(
      keys.flatMap((key) => flagByKey(state, key) ?? []),
      manager,
    );
    const prepared = await runInSlices(preparePromotion(state, order, { checks, contexts: request.contexts, now }));
    const { plan, outcomes } = prepared;
    await this.changes.assertFits({ before: state, state: plan.after });
    if (request.namesOneFlag) assertOverridden(prepared);
    const standing = standingGates({
      state,
      caller: write.caller,
      plan,
      targets: order.to,
      outcomes,
      ignoresDependencies: order.dependencies === 'ignore',
    });
    const gates = [...standing, ...(await this.stepGates(manager, state, prepared, write, now))];
    const told = toldTo(write.caller, state, { ...prepared, gates });
    const planId = await runInSlices(planIdFor(this.store.nameOf(state.revision), prepared));
    const result = resultOf(plan.rows, plan.obstacles, told.gates);
    return { record: describe({ ...prepared, ...told }, told.gates), planId, result, rows: plan.rows };
  }

  private async stepGates(
    manager: EntityManager,
    state: State,
    { order, plan, outcomes }: PreparedPromotion,
    write: WriteRequest,
    now: Date,
  ): Promise<GateResult[]> {
    const pipelines = await this.pipelines.all(manager);
    const source = environmentBySlug(state, order.from) as Environment;
    const sources = chainOf(state, source).map(({ slug }) => slug);
    const changedAt = asksForSoak(pipelines, order.to)
      ? await lastChanges(manager, plan.flags, sources)
      : new Map<string, Date>();
    return order.to.flatMap((to) => {
      const flags = [...new Set(plan.rows.filter(({ environment }) => environment === to).map(({ flag }) => flag))];
      if (flags.length === 0) return [];
      return pipelineGates(pipelines, {
        from: order.from,
        to,
        flags,
        with: order.with,
        reason: write.reason,
        now,
        changedAt,
        outcomes,
      });
    });
  }

  /** The caller may have read the flag as it is in the target, or in the source. */
  private assertUnchanged(state: State, write: WriteRequest, { from, to, flags }: PromotionRequest): void {
    const flag = flags.length === 1 ? flagByKey(state, flags[0] ?? '') : undefined;
    const [target, ...others] = to;
    if (!flag || target === undefined || others.length > 0) {
      assertNamesNoVersion(write, 'plan it with a dry run, and send the id of that "plan"');
      return;
    }
    const seenIn = (slug: string) => flagIn(state, flag, environmentBySlug(state, slug) as Environment);
    assertUnchanged(write, seenIn(target), seenIn(from));
  }
}

function planIdFor(of: PositionName, { order: { reason: _reason, ...order }, plan }: PreparedPromotion) {
  const { from, to, flags, fields, mode, with: values, keep, prune, dependencies } = order;
  const sorted = { to: [...to].sort(), flags: [...flags].sort(), keep: keep === true ? keep : [...keep].sort() };
  return planIdOf(of, { from, fields, mode, with: values, prune, dependencies, ...sorted }, plan);
}

function assertPlan({ plan, from, to }: PromotionRequest, { planId, record: { flags } }: Decision): void {
  if (plan === null || plan.endsWith(`-${planId.hash}`)) return;
  throw new StalePlan(plan, planId, { flags, from, to });
}

function describe({ order, plan, outcomes, branches }: PreparedPromotion, gates: GateResult[]): PromotionRecord {
  const { from, to, fields, mode, with: values, keep, prune, reason } = order;
  const { flags, changes, effect, redundant, kept, skipped, dependencies } = plan;
  return {
    kind: 'promotion',
    reverts: null,
    ...{ from, to, flags, fields, mode, with: values, prune, reason },
    keep: keep === true ? [...new Set(kept.map(({ environment }) => environment))] : keep,
    plan: {
      ...{ changes, effect, redundant, kept, skipped, dependencies, branches, gates },
      effectTotal: effect.length,
      checks: outcomes,
      conflicts: [],
    },
  };
}
