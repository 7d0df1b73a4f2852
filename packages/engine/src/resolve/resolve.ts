import { chainOf } from '../state/chain.js';
import { deepEqual } from '../json/equal.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag, FlagField, FlagFields, Rule } from '../types.js';
import { perObject } from '../per-object.js';

export type Source = { kind: 'flag' } | { kind: 'environment'; slug: string };

export type ResolvedState = 'inherited' | 'overridden' | 'overridden-equal';

/** `overridden`: the environment's own row sets the field; `overridden-equal`: it does, to what it would inherit anyway. */
export interface Resolved<T> {
  value: T;
  source: Source;
  state: ResolvedState;
}

/** What a flag is somewhere: the same object wherever nobody overrides it. */
export interface ResolvedContent {
  flag: Flag;
  fields: { [F in FlagField]: Resolved<FlagFields[F]> };
  /** Where each rule of `fields.rules.value` comes from, in the same order. */
  ruleSources: readonly Source[];
  /** The nearest ancestor whose row sets a field, when the environment's own row sets none. */
  inheritedFrom: string | null;
}

export interface ResolvedFlag extends ResolvedContent {
  /** The slug. */
  environment: string;
}

/** What a flag is in an environment: each field on its own, the first that is set along the chain, else the flag's base value. */
export function resolveFlag(state: State, environment: Environment, flag: Flag): ResolvedFlag {
  return resolveAlong(inheritanceChain(state, environment), state.overrides.get(flag.id), flag);
}

/** Where the fields of a flag are looked up: the environment, its parent, …, its root; without inheritance the environment alone. */
export function inheritanceChain(state: State, environment: Environment): Environment[] {
  return state.inheritance ? chainOf(state, environment) : [environment];
}

/** `chain` starts with the environment that asks; `rows` are the flag's overrides by environment id. */
export function resolveAlong(
  chain: readonly Environment[],
  rows: ReadonlyMap<string, EnvironmentFlag> | undefined,
  flag: Flag,
): ResolvedFlag {
  return { environment: (chain[0] as Environment).slug, ...resolveContent(chain, rows, baseOf(flag)) };
}

/** `base`, where no row on the chain sets anything. */
export function resolveContent(
  chain: readonly Environment[],
  rows: ReadonlyMap<string, EnvironmentFlag> | undefined,
  base: ResolvedContent,
): ResolvedContent {
  const levels = levelsOf(chain, rows);
  const [nearest] = levels;
  if (!nearest) return base;
  const own = nearest.depth === 0;
  const rules = resolveRules(levels, base);
  return {
    flag: base.flag,
    fields: {
      enabled: resolveField(levels, base, 'enabled'),
      percentage: resolveField(levels, base, 'percentage'),
      rules: rules.field,
      variants: resolveField(levels, base, 'variants'),
      defaultVariant: resolveField(levels, base, 'defaultVariant'),
      offVariant: resolveField(levels, base, 'offVariant'),
    },
    ruleSources: rules.sources,
    inheritedFrom: own ? null : nearest.slug,
  };
}

/** A link of the chain whose row sets at least one field; `depth` 0 is the environment itself. */
interface Level {
  depth: number;
  slug: string;
  source: Source;
  row: EnvironmentFlag;
}

function levelsOf(chain: readonly Environment[], rows: ReadonlyMap<string, EnvironmentFlag> | undefined): Level[] {
  const levels: Level[] = [];
  if (!rows) return levels;
  for (let depth = 0; depth < chain.length; depth++) {
    const environment = chain[depth] as Environment;
    const row = rows.get(environment.id);
    if (row && setsAnyField(row)) levels.push({ depth, slug: environment.slug, source: sourceOf(environment), row });
  }
  return levels;
}

export function setsAnyField(row: EnvironmentFlag): boolean {
  return (
    isSet(row.enabled) ||
    isSet(row.percentage) ||
    isSet(row.rules) ||
    isSet(row.variants) ||
    isSet(row.defaultVariant) ||
    isSet(row.offVariant)
  );
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function resolveField<F extends Exclude<FlagField, 'rules'>>(
  levels: readonly Level[],
  base: ResolvedContent,
  field: F,
): Resolved<FlagFields[F]> {
  const index = levels.findIndex((level) => isSet(level.row[field]));
  const level = levels[index];
  if (!level) return base.fields[field];
  const value = level.row[field] as FlagFields[F];
  if (level.depth > 0) return { value, source: level.source, state: 'inherited' };
  const above = levels.slice(index + 1).find((other) => isSet(other.row[field]));
  const inherited = above ? above.row[field] : base.fields[field].value;
  return { value, source: level.source, state: deepEqual(value, inherited) ? 'overridden-equal' : 'overridden' };
}

/** From the root down, starting with the base rules: `replace` discards what came before, `prepend` and `append` add to it. */
function resolveRules(levels: readonly Level[], base: ResolvedContent): { field: Resolved<Rule[]>; sources: readonly Source[] } {
  let { field, sources }: { field: Resolved<Rule[]>; sources: readonly Source[] } = {
    field: base.fields.rules,
    sources: base.ruleSources,
  };
  for (let i = levels.length - 1; i >= 0; i--) {
    const level = levels[i] as Level;
    const { rules, rulesMode } = level.row;
    if (!isSet(rules)) continue;
    const value = combine(field.value, rules, rulesMode);
    const own = sourcesOf(rules, level.source);
    sources = combine(sources, own, rulesMode);
    const equal = level.depth === 0 && deepEqual(value, field.value);
    field = { value, source: level.source, state: level.depth > 0 ? 'inherited' : equal ? 'overridden-equal' : 'overridden' };
  }
  return { field, sources };
}

function combine<T>(inherited: readonly T[], own: readonly T[], mode: EnvironmentFlag['rulesMode']): T[] {
  if (mode === 'prepend') return [...listOf(own), ...listOf(inherited)];
  if (mode === 'append') return [...listOf(inherited), ...listOf(own)];
  return own as T[];
}

/** Rules written past the database's guards may be no list; they are carried on as one bad rule, which the compiler then names. */
function listOf<T>(value: readonly T[]): readonly T[] {
  return (Array.isArray(value) ? value : [value]) as readonly T[];
}

function sourcesOf(rules: readonly Rule[], source: Source): Source[] {
  return listOf(rules).map(() => source);
}

const FLAG_SOURCE: Source = { kind: 'flag' };
const sourceOf = perObject(({ slug }: Environment): Source => ({ kind: 'environment', slug }));

/** A flag as it is where nobody overrides it. */
export function baseOf(flag: Flag): ResolvedContent {
  const field = <F extends FlagField>(name: F): Resolved<FlagFields[F]> => ({
    value: flag[name],
    source: FLAG_SOURCE,
    state: 'inherited',
  });
  return {
    flag,
    fields: {
      enabled: field('enabled'),
      percentage: field('percentage'),
      rules: field('rules'),
      variants: field('variants'),
      defaultVariant: field('defaultVariant'),
      offVariant: field('offVariant'),
    },
    ruleSources: sourcesOf(flag.rules, FLAG_SOURCE),
    inheritedFrom: null,
  };
}
