import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/change/change.js';
import { insertedFlag } from '../audit/change/inserted-flag.js';
import { newId } from '../audit/change/new-id.js';
import { type PlannedEntry, writeEntries } from '../audit/change/write-entries.js';
import { environmentBySlug, type Flag, flagByKey, rowOf, type State, toRow } from '@flagtree/engine';
import { requireEnvironment } from '../environments/environment-view.js';
import { flagView, requireFlag } from '../flags/flag-view.js';
import { Unprocessable } from '../platform/http/problems/problem.js';
import { backTo, planRestore, type RestorePlan, type RestoreScope } from './plan-restore.js';

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
    await writeEntries(change, entriesOf(change.state, plan));
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

function entriesOf(state: State, { base, overrides }: RestorePlan): PlannedEntry[] {
  const made = base && !base.current ? { ...base.flag, id: newId() } : null;
  const flagOf = (key: string) => (made?.key === key ? made : (flagByKey(state, key) as Flag));
  return [
    ...(made ? insertedFlag(made) : []),
    ...(base?.current
      ? [{ table: 'flags' as const, before: rowOf(base.current), after: rowOf(backTo(base.flag, base.current)) }]
      : []),
    ...overrides.map(({ environment, flag: key, current, values }): PlannedEntry => {
      const wanted = values && { ...toRow(values, current, environment.id, flagOf(key).id), id: current?.id ?? newId() };
      return { table: 'environment_flags', before: current && rowOf(current), after: wanted && rowOf(wanted) };
    }),
  ];
}
