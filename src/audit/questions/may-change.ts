import { assertMayWrite } from '../../access/may-write.js';
import {
  type EffectEntry,
  environmentNamed,
  flagByKey,
  isPlainObject,
  type JsonObject,
  resolveFlag,
  type State,
} from '@flagtree/engine';
import { Forbidden } from '../../platform/http/problems/problem.js';
import { type MadeChange, placeOf } from './made-change.js';
import { assertMayGovern, guardsChanged } from './may-govern.js';

type WrittenRow = MadeChange['entries'][number];

/**
 * The one law of permission, whatever door a change came through: the caller may write every environment that it reaches, as that was before
 * and as it is after; and what changes who may write an environment takes the role admin.
 * @throws {Forbidden} naming the first environment that the caller may not write.
 */
export function mayChange(change: MadeChange, effect: readonly EffectEntry[]): void {
  assertMayGovern(change);
  const { caller, before, state } = change;
  for (const [id, why] of reachedBy(change, effect)) {
    for (const side of [before, state]) {
      const environment = side.environments.get(id);
      if (environment) assertMayWrite(caller, side, environment, why);
    }
  }
}

/** The ids of the environments that a change reaches, each with how a refusal says why. */
function reachedBy(change: MadeChange, effect: readonly EffectEntry[]): Map<string, string> {
  const { before, state, unasked } = change;
  const reached = new Map<string, string>();
  const reach = (ids: Iterable<string>, why: string) => {
    for (const id of ids) if (!reached.has(id)) reached.set(id, why);
  };
  for (const row of change.entries) {
    if (unasked?.rows.has(valuesOf(row)['id'] as string)) continue;
    reach(...ownEnvironments(change, row));
    reach(environmentsOfPages(change, row), ', where this changes whether pages see the flag,');
  }
  reach(guardsChanged(before, state), ', of which this changes who may write it,');
  for (const entry of effect) {
    if (unasked?.places.has(placeOf(entry)) || isBornOff(state, entry)) continue;
    reach(idsOf(change, [entry.environment]), `, where this ${deedOf(entry)},`);
  }
  return reached;
}

/** The environments whose own row, override, check or pipeline step a row is; all of them for a row that is of every environment. */
function ownEnvironments(change: MadeChange, row: WrittenRow): [ids: string[], why: string] {
  const sides = [row.before, row.after].filter((side) => side !== null);
  switch (row.table) {
    case 'environments':
      return [sides.map(({ id }) => id as string), ''];
    case 'environment_flags':
      return [sides.map((side) => side['environment_id'] as string), ''];
    case 'checks': {
      const isOfAll = sides.some((side) => side['environment_id'] == null);
      return [isOfAll ? allIds(change) : sides.map((side) => side['environment_id'] as string), ', where this check must hold,'];
    }
    case 'pipelines': {
      assertMayMakePipelines(change);
      const steps = sides.flatMap((side) => (Array.isArray(side['steps']) ? side['steps'] : []));
      const names = steps.map((step) => (isPlainObject(step) ? (step['environment'] as string) : ''));
      return [names.length === 0 ? allIds(change) : idsOf(change, names), ', which this pipeline guards,'];
    }
    default:
      return [[], ''];
  }
}

/** A tag that a flag gets or loses, and that the token of a web page names, makes the flag appear or vanish there. */
function environmentsOfPages({ pages = [] }: MadeChange, { table, before, after }: WrittenRow): string[] {
  if (table !== 'flags' || before === null || after === null) return [];
  const [was, is] = [before, after].map(({ tags }) => tags as string[]) as [string[], string[]];
  return pages
    .filter(({ token }) => token.flagTags?.some((tag) => was.includes(tag) !== is.includes(tag)))
    .flatMap(({ token }) => token.environmentIds ?? []);
}

function assertMayMakePipelines({ caller }: MadeChange): void {
  if (caller.has('promoter')) return;
  const role = caller.role ?? 'nobody';
  throw new Forbidden(
    'role-too-low',
    `A pipeline says what others have to wait for, which needs the role promoter; the token "${caller.token.name}" is a ${role}.`,
  );
}

function valuesOf({ before, after }: WrittenRow): JsonObject {
  return (after ?? before) as JsonObject;
}

function allIds({ before, state }: MadeChange): string[] {
  return [...state.environments.keys(), ...before.environments.keys()];
}

function idsOf({ before, state }: MadeChange, names: readonly string[]): string[] {
  return names.flatMap((name) => [before, state].flatMap((side) => environmentNamed(side, name)?.id ?? []));
}

function deedOf({ field, flag, after }: EffectEntry): string {
  if (field === 'exists') return after === true ? `brings ${flag}` : `takes ${flag} away`;
  return `changes ${field} of ${flag}`;
}

/** A flag that comes into being where it is off alters nothing there: it gives what the caller gave itself. */
function isBornOff(state: State, { environment: slug, flag: key, field, after }: EffectEntry): boolean {
  if (field !== 'exists' || after !== true) return false;
  const [environment, flag] = [environmentNamed(state, slug), flagByKey(state, key)];
  return environment !== undefined && flag !== undefined && !resolveFlag(state, environment, flag).fields.enabled.value;
}
