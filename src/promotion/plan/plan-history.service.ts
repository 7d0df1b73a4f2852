import { Injectable } from '@nestjs/common';
import {
  chainOf,
  contentOf,
  effect,
  type EffectEntry,
  environmentBySlug,
  fieldChanges,
  flagByKey,
  reachedBy,
  type State,
} from '@flagtree/engine';
import { isKnown } from '../../audit/follow/position-names.js';
import { StateStore } from '../../audit/follow/state-store.js';
import { StateHistory } from '../../history/state-history.js';
import { Conflict, Invalid } from '../../platform/http/problems/problem.js';
import { listed } from '../../platform/http/problems/listed.js';
import { planIdFrom } from './prepared-promotion.js';
import { StalePlan } from './refusals.js';

/** Says what has moved since a plan was made: the plan names its revision, and the history has the state of it. */
@Injectable()
export class PlanHistory {
  constructor(
    private readonly history: StateHistory,
    private readonly store: StateStore,
  ) {}

  /** Runs `work`, outside of whose transaction the past can be read. @throws {Conflict} in place of a StalePlan. */
  async explain<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StalePlan) throw await this.conflict(error);
      throw error;
    }
  }

  private async conflict({ given, current, scope }: StalePlan): Promise<Error> {
    const planned = planIdFrom(given);
    const now = await this.history.at(undefined);
    const of = planned?.of && isKnown(planned.of) ? planned.of : null;
    if (planned === null || (planned.revision > now.revision && of === null)) {
      return new Invalid('plan-unknown', `There is no plan ${given}: make one with "dryRun": true.`);
    }
    if (of && !(await this.store.holds(of))) {
      const detail = `The database was set back since the plan was made, so nobody can say what has moved. Nothing was done: plan again, with "dryRun": true.`;
      return new Conflict('plan-stale', detail, { moved: [], plan: current });
    }
    const moved = this.movedSince(await this.history.at(planned.revision), now, scope);
    if (moved.length === 0) {
      return new Conflict(
        'plan-mismatch',
        'Nothing that the plan is about has changed, but it is the plan of another request: send the request that was planned.',
        {
          plan: current,
        },
      );
    }
    const names = [...new Set(moved.map(({ environment, flag, field }) => `${field} of "${flag}" in ${environment}`))];
    const detail = `Since the plan was made, ${listed(names)} changed. Nothing was done: plan again, with "dryRun": true.`;
    return new Conflict('plan-stale', detail, { moved: moved.slice(0, 1_000), plan: current });
  }

  private movedSince(then: State, now: State, { flags, from, to }: StalePlan['scope']): EffectEntry[] {
    const source = environmentBySlug(now, from);
    const places = new Set([...(source ? chainOf(now, source) : []), ...reachedBy(now, to)].map(({ slug }) => slug));
    const wanted = new Set(flags);
    const resolved = effect(then, now).filter(({ environment, flag }) => places.has(environment) && wanted.has(flag));
    const known = new Set(resolved.map(({ environment, flag, field }) => JSON.stringify([environment, flag, field])));
    const own = ownChanges(then, now, places, flags).filter(
      (one) => !known.has(JSON.stringify([one.environment, one.flag, one.field])),
    );
    return [...resolved, ...own];
  }
}

/** Overrides that changed, also where they give the same as before. */
function ownChanges(then: State, now: State, slugs: ReadonlySet<string>, flags: readonly string[]): EffectEntry[] {
  const rowOf = (state: State, slug: string, key: string) =>
    contentOf(state.overrides.get(flagByKey(state, key)?.id ?? '')?.get(environmentBySlug(state, slug)?.id ?? ''));
  const edits = [...slugs].flatMap((environment) =>
    flags.map((flag) => ({ environment, flag, before: rowOf(then, environment, flag), after: rowOf(now, environment, flag) })),
  );
  return fieldChanges(edits).map(({ action: _action, ...change }) => change);
}
