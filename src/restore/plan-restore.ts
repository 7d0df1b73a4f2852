import {
  deepEqual,
  descendantsOf,
  type Environment,
  environmentBySlug,
  type EnvironmentFlag,
  type Flag,
  flagByKey,
  type OverrideValues,
  type Rule,
  segmentsReachedBy,
  type State,
  valuesOf,
} from '@flagtree/engine';

/** What is put back: a flag with all its overrides, or the overrides of one environment or of it and those below; of one flag or of all. */
export interface RestoreScope {
  flag: string | null;
  environment: { slug: string; subtree: boolean } | null;
}

export type LeftCode =
  | 'environment-gone' | 'environment-newer' | 'environment-moved'
  | 'flag-gone' | 'flag-newer' | 'flag-replaced' | 'flag-archived'
  | 'segment-gone' | 'segment-differs'; // prettier-ignore

/** Something that is not as it was then, and stays so. */
export interface Left {
  environment: string | null;
  flag: string | null;
  segment: string | null;
  code: LeftCode;
  detail: string;
}

export interface OverrideStep {
  environment: Environment;
  /** The key of the flag. */
  flag: string;
  /** What stands now; null: nothing. */
  current: EnvironmentFlag | null;
  /** What stood then; null: nothing. */
  values: OverrideValues | null;
}

export interface RestorePlan {
  /** The flag's base; null where it is as it was, or not asked for. `current` null: it is gone, and is made again. */
  base: { flag: Flag; current: Flag | null } | null;
  overrides: OverrideStep[];
  left: Left[];
}

/**
 * The steps from `now` back to `past`. Environments and flags are the same by slug and key. What exists on one side only has nothing to
 * go back to, or nowhere to be put: it is left as it is, and named.
 */
export function planRestore(now: State, past: State, scope: RestoreScope): RestorePlan {
  const plan: RestorePlan = { base: null, overrides: [], left: [] };
  const takesBase = scope.flag !== null && scope.environment === null;
  if (takesBase) plan.base = planBase(now, past, scope.flag as string);
  for (const slug of slugsIn(now, past, scope)) planEnvironment(plan, { now, past, slug, scope });
  plan.left.push(...changedSegments(now, past, rulesOf(plan)));
  return plan;
}

function planBase(now: State, past: State, key: string): RestorePlan['base'] {
  const flag = flagByKey(past, key) as Flag;
  const current = flagByKey(now, key) ?? null;
  return current && deepEqual(backTo(flag, current), current) ? null : { flag, current };
}

/** The flag as it was then, as the row of now: ids, versions and times are the database's own. */
export function backTo(flag: Flag, { id, createdAt, updatedAt, version }: Flag): Flag {
  return { ...flag, id, createdAt, updatedAt, version };
}

/** Sorted; of a whole flag all that there are or were. */
function slugsIn(now: State, past: State, { environment }: RestoreScope): string[] {
  const inScope = (state: State): Environment[] => {
    if (environment === null) return [...state.environments.values()];
    const top = environmentBySlug(state, environment.slug);
    if (!top) return [];
    return environment.subtree ? [top, ...descendantsOf(state, top)] : [top];
  };
  const before = environment?.subtree === false ? [] : inScope(past).filter(({ slug }) => !environmentBySlug(now, slug));
  return [...new Set([...inScope(now), ...before].map(({ slug }) => slug))].sort();
}

interface RestoredEnvironment {
  now: State;
  past: State;
  slug: string;
  scope: RestoreScope;
}

function planEnvironment(plan: RestorePlan, { now, past, slug, scope }: RestoredEnvironment): void {
  const [is, was] = [environmentBySlug(now, slug), environmentBySlug(past, slug)];
  const [currently, formerly] = [overridesOf(now, is, scope.flag), overridesOf(past, was, scope.flag)];
  const leave = (code: LeftCode, detail: string, flag: string | null = scope.flag) =>
    plan.left.push({ environment: slug, flag, segment: null, code, detail });
  if (!is) {
    if (formerly.size > 0)
      leave('environment-gone', `${slug} was deleted since; it had ${overrides(formerly.size)} that cannot be put back.`);
    return;
  }
  if (!was) {
    if (currently.size > 0)
      leave('environment-newer', `${slug} did not exist then; its ${overrides(currently.size)} stay as they are.`);
    return;
  }
  if (scope.environment !== null) {
    const [from, to] = [parentOf(past, was), parentOf(now, is)];
    if (from !== to)
      leave('environment-moved', `${slug} inherited from ${from ?? 'nobody'} then, and does from ${to ?? 'nobody'} now.`, null);
  }
  for (const key of [...new Set([...currently.keys(), ...formerly.keys()])].sort()) {
    const hindrance = plan.base?.flag.key === key ? null : hindranceOf(now, past, key);
    const [current, former] = [currently.get(key) ?? null, formerly.get(key)];
    const values = former ? valuesOf(former) : null;
    if (deepEqual(current && valuesOf(current), values)) continue;
    if (hindrance) leave(...hindrance, key);
    else plan.overrides.push({ environment: is, flag: key, current, values });
  }
}

function hindranceOf(now: State, past: State, key: string): [LeftCode, string] | null {
  const [is, was] = [flagByKey(now, key), flagByKey(past, key)];
  if (!was) return ['flag-newer', `"${key}" did not exist then; its override stays as it is.`];
  if (!is) return ['flag-gone', `"${key}" was deleted since, so its override cannot be put back.`];
  if (is.type !== was.type) return ['flag-replaced', `"${key}" is another flag now, of type ${is.type} instead of ${was.type}.`];
  if (is.archivedAt !== null && was.archivedAt === null)
    return ['flag-archived', `"${key}" was archived since: restore the flag itself first.`];
  return null;
}

/** By the key of the flag. */
function overridesOf(state: State, environment: Environment | undefined, only: string | null): Map<string, EnvironmentFlag> {
  const found = new Map<string, EnvironmentFlag>();
  if (!environment) return found;
  for (const [flagId, rows] of state.overrides) {
    const row = rows.get(environment.id);
    const key = state.flags.get(flagId)?.key;
    if (row && key !== undefined && (only === null || only === key)) found.set(key, row);
  }
  return found;
}

function rulesOf({ base, overrides }: RestorePlan): Rule[] {
  return [...(base?.flag.rules ?? []), ...overrides.flatMap(({ values }) => values?.rules ?? [])];
}

/** Rules are put back as they were; the segments that they name are everybody's, and are not. */
function changedSegments(now: State, past: State, rules: readonly Rule[]): Left[] {
  return [...segmentsReachedBy(past.segments, rules)].sort().flatMap((segment): Left[] => {
    const [is, was] = [now.segments.get(segment), past.segments.get(segment)];
    if (!was || deepEqual(is?.conditions, was.conditions)) return [];
    const left = { environment: null, flag: null, segment };
    return is
      ? [
          {
            ...left,
            code: 'segment-differs',
            detail: `The segment "${segment}", which restored rules name, has other conditions now.`,
          },
        ]
      : [{ ...left, code: 'segment-gone', detail: `The segment "${segment}", which restored rules name, was deleted since.` }];
  });
}

const parentOf = (state: State, { parentId }: Environment) =>
  parentId === null ? null : (state.environments.get(parentId)?.slug ?? null);
const overrides = (count: number) => (count === 1 ? '1 override' : `${String(count)} overrides`);
