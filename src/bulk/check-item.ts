import type { Caller } from '../access/caller.js';
import { assertMayWrite } from '../access/may-write.js';
import {
  deepEqual,
  dependentsOf,
  descendantsOf,
  type Environment,
  type Flag,
  FLAG_FIELDS,
  introducedDefects,
  resolvedDefects,
  resolveFlag,
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
 * The write door's two questions, asked of one override alone: may the caller write every environment that it alters, and does it break nothing?
 * @throws {Forbidden | Unprocessable}
 */
export function assertItem({ caller, before, after }: ItemChange, environment: Environment, flag: Flag): void {
  assertMayWrite(caller, before, environment);
  const { rules = null } = after.overrides.get(flag.id)?.get(environment.id) ?? {};
  const why = rules && whyNotOneList(rules);
  if (why) throw new Unprocessable('invalid-flag', `"${flag.key}" cannot have these rules in ${environment.slug}: ${why}.`);
  const altered = [environment, ...descendantsOf(before, environment)].filter((one) => {
    const [was, is] = [resolveFlag(before, one, flag), resolveFlag(after, one, flag)];
    return FLAG_FIELDS.some((field) => !deepEqual(was.fields[field].value, is.fields[field].value));
  });
  for (const one of altered) if (one !== environment) assertMayWrite(caller, before, one, `, where this changes ${flag.key},`);
  const flags = [flag, ...allDependents(before, flag)];
  const defects = (state: State) =>
    altered.flatMap((one) => flags.flatMap((each) => resolvedDefects(state, resolveFlag(state, one, each))));
  const [first] = introducedDefects(defects(before), defects(after));
  if (first)
    throw new Unprocessable('invalid-flag', `This would break "${first.flag}" in ${first.environment}: ${first.detail}.`);
}

function allDependents(state: State, flag: Flag): Set<Flag> {
  const found = new Set<Flag>();
  const waiting = [flag];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const dependent of dependentsOf(state, next.key)) {
      if (dependent === flag || found.has(dependent)) continue;
      found.add(dependent);
      waiting.push(dependent);
    }
  }
  return found;
}
