import { setImmediate as breathe } from 'node:timers/promises';
import { newId } from '../audit/change/new-id.js';
import type { PlannedEntry } from '../audit/change/write-entries.js';
import type { Caller } from '../access/identity/caller.js';
import {
  deepEqual,
  type Environment,
  type EnvironmentFlag,
  type Flag,
  type OverrideValues,
  rowOf,
  type State,
  toRow,
  valuesOf,
} from '@flagtree/engine';
import { DomainError } from '../platform/http/problems/problem.js';
import type { BulkDto, BulkItemDto } from './bulk.dto.js';
import { targetedFlags, type Target, targetsOf } from './bulk-targets.js';
import { assertItem, type ItemChange } from './check-item.js';
import { overrideIn, wantedOverride } from './wanted-override.js';

export interface BulkPlan {
  /** What it was decided by. */
  state: State;
  entries: PlannedEntry[];
  items: BulkItemDto[];
}

/** Work after which other requests get their turn. */
const ITEMS_AT_ONCE = 100;

/**
 * Decides every item by the items before it, so that each override is judged by what its parent will have. Where items stand for themselves
 * (`atomic: false`), one that the caller may not do, or that would break a flag, is refused, and the next ones do not see it.
 */
export async function planBulk(state: State, dto: BulkDto, caller: Caller): Promise<BulkPlan> {
  const targets = targetsOf(state, dto);
  const flags = targetedFlags(state, dto, targets);
  const plan: BulkPlan = { state, entries: [], items: [] };
  const overrides = new Map(state.overrides);
  const reached: State = { ...state, overrides };
  for (const target of targets) {
    for (const [index, flag] of flags.entries()) {
      if (index % ITEMS_AT_ONCE === 0) await breathe();
      const item: BulkItemDto = { flag: flag.key, environment: target.environment.slug, outcome: 'unchanged' };
      plan.items.push(item);
      const wanted = attempt(dto.atomic === false, () => wantedOverride({ state: reached, sources: state }, dto, target, flag));
      if (wanted instanceof DomainError) {
        Object.assign(item, refused(wanted));
        continue;
      }
      const current = overrideIn(reached, target.environment, flag);
      if (isSame(current, wanted)) continue;
      const row = wanted && rowWith(current, wanted, target.environment, flag);
      const rows = rowsWith(reached, target.environment, flag, row);
      const refusal = dto.atomic === false ? refusalOf({ caller, before: reached, after: { ...reached, overrides: new Map(overrides).set(flag.id, rows) } }, target, flag) : null; // prettier-ignore
      if (refusal) Object.assign(item, refused(refusal));
      else {
        item.outcome = 'changed';
        plan.entries.push({ table: 'environment_flags', before: current && rowOf(current), after: row && rowOf(row) });
        overrides.set(flag.id, rows);
      }
    }
  }
  return plan;
}

/** A reason alone is no difference: a request that repeats one with another reason changes nothing. */
function isSame(current: EnvironmentFlag | null, wanted: OverrideValues | null): boolean {
  if (current === null || wanted === null) return (current === null) === (wanted === null);
  return deepEqual({ ...valuesOf(current), reason: null }, { ...wanted, reason: null });
}

function rowWith(current: EnvironmentFlag | null, values: OverrideValues, environment: Environment, flag: Flag): EnvironmentFlag {
  return { ...toRow(values, current, environment.id, flag.id), id: current?.id ?? newId() };
}

function rowsWith(state: State, environment: Environment, flag: Flag, row: EnvironmentFlag | null): Map<string, EnvironmentFlag> {
  const rows = new Map(state.overrides.get(flag.id));
  if (row) rows.set(environment.id, row);
  else rows.delete(environment.id);
  return rows;
}

function refusalOf(change: ItemChange, { environment }: Target, flag: Flag): DomainError | null {
  return attempt(true, () => {
    assertItem(change, environment, flag);
    return null;
  });
}

/** What the work gives, or where an item stands for itself, why it is refused. */
function attempt<T>(byItself: boolean, work: () => T): T | DomainError {
  try {
    return work();
  } catch (error) {
    if (byItself && error instanceof DomainError) return error;
    throw error;
  }
}

const refused = ({ code, message }: DomainError) => ({ outcome: 'refused', code, detail: message });
