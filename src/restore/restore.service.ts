import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Change } from '../audit/change/change.js';
import { environmentBySlug, type Flag, flagByKey, type State } from '@flagtree/engine';
import { EnvironmentFlagEntity } from '../environment-flags/environment-flag.entity.js';
import { requireEnvironment } from '../environments/environment-view.js';
import { flagView, requireFlag } from '../flags/flag-view.js';
import { FlagEntity } from '../flags/flag.entity.js';
import { Unprocessable } from '../platform/http/problems/problem.js';
import { type OverrideStep, planRestore, type RestorePlan, type RestoreScope } from './plan-restore.js';

/** Rows to a statement. */
const BATCH = 1_000;

@Injectable()
export class RestoreService {
  /** Makes what the scope names what it was in `past`, as far as it can be; `left` of the plan says how far. */
  async restore(change: Change, past: State, scope: RestoreScope): Promise<RestorePlan> {
    assertWasThere(change.state, past, scope);
    if (scope.flag !== null && flagByKey(change.state, scope.flag)) {
      change.assertUnchanged(flagView(change.state, requireFlag(change.state, scope.flag)));
    }
    const plan = planRestore(change.state, past, scope);
    await change.causedBy(`revision:${String(past.revision)}`);
    if (plan.base) await writeBase(change, plan.base);
    await writeOverrides(change, plan.overrides);
    await change.sync();
    return plan;
  }
}

/** @throws {NotFound | Unprocessable} when there is nothing to go back to, or nowhere to put it. */
function assertWasThere(now: State, past: State, { flag: key, environment }: RestoreScope): void {
  const then = `at revision ${String(past.revision)}`;
  if (environment !== null) {
    const { slug } = environment;
    if (!environmentBySlug(now, slug)) {
      if (!environmentBySlug(past, slug)) requireEnvironment(now, slug);
      throw new Unprocessable(
        'environment-gone',
        `The environment "${slug}" was deleted since: bring it back first, then restore its overrides.`,
      );
    }
    if (!environmentBySlug(past, slug))
      throw new Unprocessable('environment-newer', `The environment "${slug}" did not exist yet ${then}.`);
  }
  if (key === null) return;
  const [is, was] = [flagByKey(now, key), flagByKey(past, key)];
  if (!is && !was) requireFlag(now, key);
  if (!was)
    throw new Unprocessable('flag-newer', `The flag "${key}" did not exist yet ${then}: archive it, if it should be gone.`);
  if (is && is.type !== was.type) {
    throw new Unprocessable(
      'flag-replaced',
      `"${key}" was a flag of type ${was.type} ${then}; today's is another one, of type ${is.type}.`,
    );
  }
}

async function writeBase(change: Change, { flag, current, columns }: NonNullable<RestorePlan['base']>): Promise<void> {
  if (current) await change.manager.update(FlagEntity, { id: current.id }, columns);
  else await change.manager.insert(FlagEntity, { key: flag.key, type: flag.type, ...columns });
  await change.sync();
}

async function writeOverrides({ manager, state }: Change, steps: readonly OverrideStep[]): Promise<void> {
  const gone = steps.flatMap(({ current, columns }) => (current && columns === null ? [current.id] : []));
  for (let at = 0; at < gone.length; at += BATCH)
    await manager.delete(EnvironmentFlagEntity, { id: In(gone.slice(at, at + BATCH)) });
  const fresh = steps.flatMap(({ environment, flag, current, columns }) =>
    columns && !current ? [{ ...columns, environmentId: environment.id, flagId: (flagByKey(state, flag) as Flag).id }] : [],
  );
  for (let at = 0; at < fresh.length; at += BATCH) await manager.insert(EnvironmentFlagEntity, fresh.slice(at, at + BATCH));
  for (const { current, columns } of steps)
    if (current && columns) await manager.update(EnvironmentFlagEntity, { id: current.id }, columns);
}
