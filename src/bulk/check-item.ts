import type { Caller } from '../access/identity/caller.js';
import { mayChange } from '../audit/questions/may-change.js';
import { assertBreaksNothing, introducedBy } from '../audit/questions/new-defects.js';
import {
  descendantsOf,
  differingFields,
  type EffectEntry,
  type Environment,
  type Flag,
  resolveFlag,
  runToEnd,
  type State,
  whyNotOneList,
} from '@flagtree/engine';
import { Unprocessable } from '../platform/http/problems/problem.js';

/** What one item would make of the state. */
export interface ItemChange {
  caller: Caller;
  before: State;
  after: State;
}

/**
 * The write door's two questions, asked of one override alone: may the caller make this change, and does it break nothing?
 * @throws {Forbidden | Unprocessable}
 */
export function assertItem({ caller, before, after }: ItemChange, environment: Environment, flag: Flag): void {
  const row = { environment_id: environment.id, flag_id: flag.id };
  const entries = [{ table: 'environment_flags', before: row, after: row } as const];
  const { rules = null } = after.overrides.get(flag.id)?.get(environment.id) ?? {};
  const why = rules && whyNotOneList(rules);
  if (why) throw new Unprocessable('invalid-flag', `"${flag.key}" cannot have these rules in ${environment.slug}: ${why}.`);
  const places = [environment, ...descendantsOf(before, environment)];
  const effect = places.flatMap((place): EffectEntry[] => {
    const [was, is] = [resolveFlag(before, place, flag), resolveFlag(after, place, flag)];
    return differingFields(was, is).map((difference) => ({ environment: place.slug, flag: flag.key, ...difference }));
  });
  mayChange({ caller, before, state: after, entries }, effect);
  assertBreaksNothing(runToEnd(introducedBy({ before, state: after, entries })), before, after);
}
