import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangesService } from '../audit/change/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { newId } from '../audit/change/row-of.js';
import { StateStore } from '../audit/follow/state-store.js';
import type { WriteRequest } from '../audit/change/write-request.js';
import { ChecksService } from '../checks/checks.service.js';
import {
  chainOf,
  type Environment,
  environmentBySlug,
  type EvaluationContext,
  flagByKey,
  prerequisitesOf,
  type PromotionOrder,
  type ResolveOptions,
  type State,
} from '@flagtree/engine';
import { flagIn } from '../flags/flag-in-environment.js';
import { PipelinesService } from '../pipelines/pipelines.service.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { ok, Written } from '../platform/http/management/answer.js';
import { assertNamesNoVersion, assertUnchanged } from '../platform/http/management/etag.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { type GateResult, standingGates } from './standing-gates.js';
import { asksForSoak, pipelineGates } from './pipeline-gates.js';
import { type PlanId, planIdOf, type PreparedPromotion, preparePromotion, resultOf } from './prepared-promotion.js';
import { assertNotBlocked, StalePlan } from './refusals.js';
import { PlanHistory } from './plan-history.service.js';
import type { PromotionDto } from './promotion.dto.js';
import { promotionView } from './promotion-view.js';
import { insertPromotion, lastChanges } from './promotions.queries.js';
import { type Asked, KEPT_EFFECT, type StoredPlan } from './stored-plan.js';
import { writeRows } from './write-rows.js';

export interface PromotionRequest extends Omit<PromotionOrder, 'reason'> {
  contexts: readonly EvaluationContext[];
  /** The plan that it must be, to the letter. */
  plan: string | null;
}

/** What a request turns into, given the state that it meets. */
export type Ordering = (state: State) => PromotionRequest;

interface Decided extends PreparedPromotion {
  gates: GateResult[];
  planId: PlanId;
}

/** Plans promotions, and applies exactly what was planned: one revision, or nothing. */
@Injectable()
export class PromotionsService {
  private readonly options: ResolveOptions;

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: ChangesService,
    private readonly store: StateStore,
    private readonly checks: ChecksService,
    private readonly pipelines: PipelinesService,
    private readonly history: PlanHistory,
    @Inject(CONFIG) config: Config,
  ) {
    this.options = { inheritance: config.environment.inheritance };
  }

  /** What a promotion would do. Nothing is locked, and nobody waits. */
  async plan(write: WriteRequest, ordering: Ordering): Promise<PromotionDto> {
    const state = await this.store.current();
    const request = ordering(state);
    this.assertUnchanged(state, write, request);
    const decided = await this.decide(this.dataSource.manager, state, write, request);
    await this.history.explain(() => { assertPlan(request, decided); }); // prettier-ignore
    const { asked, told } = tellOf(decided, write.reason);
    const result = resultOf(decided.plan.rows, decided.plan.obstacles, decided.gates);
    return promotionView({ asked, told, plan: decided.planId, result, revision: state.revision }, null, true);
  }

  /** Applies a promotion within a change of its own. @throws {Conflict | Forbidden} naming the gate that is not passed. */
  async promote(write: WriteRequest, ordering: Ordering): Promise<Written> {
    let view: PromotionDto | null = null;
    return this.history.explain(() =>
      this.audit.change(write, {
        apply: async (change) => {
          view = await this.apply(change, ordering(change.state));
        },
        answer: () => ok(view as PromotionDto),
      }),
    );
  }

  /** As one edit of a change that somebody else has opened. */
  async apply(change: Change, request: PromotionRequest): Promise<PromotionDto> {
    const { state, write } = change;
    this.assertUnchanged(state, write, request);
    const decided = await this.decide(change.manager, state, write, request);
    assertPlan(request, decided);
    const { asked, told } = tellOf(decided, write.reason);
    const plan = decided.planId;
    const result = resultOf(decided.plan.rows, decided.plan.obstacles, decided.gates);
    if (result === 'blocked') assertNotBlocked(decided.gates);
    if (result !== 'applied') return promotionView({ asked, told, plan, result, revision: state.revision }, null, write.dryRun);
    return record(change, { asked, told, plan, rows: decided.plan.rows }, () => writeRows(change, decided.plan.rows));
  }

  private async decide(manager: EntityManager, state: State, write: WriteRequest, request: PromotionRequest): Promise<Decided> {
    const now = new Date();
    const order: PromotionOrder = { ...request, reason: write.reason };
    const keys = order.dependencies === 'include' ? [...order.flags, ...prerequisitesOf(state, order.flags)] : order.flags;
    const checks = await this.checks.of(
      keys.flatMap((key) => flagByKey(state, key) ?? []),
      manager,
    );
    const prepared = await runInSlices(preparePromotion(state, order, { checks, contexts: request.contexts, now }, this.options));
    const { plan, outcomes } = prepared;
    const standing = standingGates({
      state,
      caller: write.caller,
      plan,
      targets: order.to,
      outcomes,
      ignoresDependencies: order.dependencies === 'ignore',
    });
    const stepGates = await this.stepGates(manager, state, prepared, write, now);
    return { ...prepared, gates: [...standing, ...stepGates], planId: await runInSlices(planIdFor(state, prepared)) };
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
      return pipelineGates(pipelines, { from: order.from, to, flags, reason: write.reason, now, changedAt, outcomes });
    });
  }

  /** The caller may have read the flag as it is in the target, or in the source. */
  private assertUnchanged(state: State, { ifMatch }: WriteRequest, { from, to, flags }: PromotionRequest): void {
    const flag = flags.length === 1 ? flagByKey(state, flags[0] ?? '') : undefined;
    const [target, ...others] = to;
    if (!flag || target === undefined || others.length > 0) {
      assertNamesNoVersion(ifMatch, 'plan it with a dry run, and send the id of that "plan"');
      return;
    }
    const seenIn = (slug: string) => flagIn(state, flag, environmentBySlug(state, slug) as Environment, this.options);
    assertUnchanged(ifMatch, seenIn(target), seenIn(from));
  }
}

function planIdFor(state: State, { order: { reason: _reason, ...order }, plan }: PreparedPromotion) {
  const { from, to, flags, fields, mode, prune, dependencies } = order;
  return planIdOf(
    state.revision,
    { from, to: [...to].sort(), flags: [...flags].sort(), fields, mode, prune, dependencies },
    plan,
  );
}

function assertPlan({ plan, from, to }: PromotionRequest, { planId, plan: { flags } }: Decided): void {
  if (plan === null || plan.endsWith(`-${planId.hash}`)) return;
  throw new StalePlan(plan, planId, { flags, from, to });
}

/** Writes under a new promotion's name, and records it. */
export async function record(
  change: Change,
  { asked, told, plan, rows }: { asked: Asked; told: StoredPlan; plan: PlanId; rows: PreparedPromotion['plan']['rows'] },
  writeThem: () => Promise<void>,
): Promise<PromotionDto> {
  const id = newId();
  const revision = change.before.revision + 1;
  await change.causedBy(id);
  await writeThem();
  await insertPromotion(change.manager, {
    id,
    kind: asked.kind,
    reverts: asked.reverts,
    source: asked.from,
    targets: [...asked.to],
    flags: [...asked.flags],
    mode: asked.mode,
    fields: [...asked.fields],
    prune: asked.prune,
    plan_id: plan.id,
    plan: { ...told, effect: told.effect.slice(0, KEPT_EFFECT), rows },
    reason: asked.reason,
    revision,
  });
  await change.sync();
  const done = { id, actor: change.caller.actor, timestamp: new Date().toISOString() };
  return promotionView({ asked, told, plan, result: 'applied', revision }, done, change.write.dryRun);
}

function tellOf({ order, plan, outcomes, branches, gates }: Decided, reason: string | null): { asked: Asked; told: StoredPlan } {
  const { from, to, fields, mode, prune } = order;
  return {
    asked: { kind: 'promotion', reverts: null, from, to, flags: plan.flags, fields, mode, prune, reason },
    told: {
      changes: plan.changes,
      effect: plan.effect,
      effectTotal: plan.effect.length,
      redundant: plan.redundant,
      dependencies: plan.dependencies,
      checks: outcomes,
      branches,
      gates,
      conflicts: [],
    },
  };
}
