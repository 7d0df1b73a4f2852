import { introducedDefects, type ResolvedDefect, resolvedDefects } from '../defects/resolved-defects.js';
import type { Interruptible } from '../interruptible.js';
import { contentOf, type OverrideContent, type RowEdit, setsNothing, withField, withRowEdits } from '../resolve/overrides.js';
import { inheritanceChain, resolveFlag } from '../resolve/resolve.js';
import { type Guard, GUARDS, resolveGuard } from '../resolve/settings.js';
import { environmentBySlug, flagByKey } from '../state/chain.js';
import type { State } from '../state/state.js';
import { type Environment, type Flag, FLAG_FIELDS, type FlagField } from '../types.js';

/** A field of an override that gives way. */
export interface ClearedField {
  environment: string;
  flag: string;
  field: FlagField;
}

export interface Cleared {
  rows: RowEdit[];
  fields: ClearedField[];
  /** The state without these fields. */
  after: State;
}

/**
 * Clears the override fields that a write would break below the environments that it writes, where they are less guarded than those: what may
 * be written by fewer people is never held up by what may be written by more. `introduced` are the defects between `before` and `after`.
 * Defects that no clearing repairs stay, and so does what they are about.
 */
export function* slicedClearing(
  before: State,
  after: State,
  introduced: readonly ResolvedDefect[],
  written: ReadonlySet<string>,
): Interruptible<Cleared> {
  const cleared: Cleared = { rows: [], fields: [], after };
  const places = new Map(introduced.map((defect) => [`${defect.environment} ${defect.flag}`, defect]));
  for (const { environment: slug, flag: key } of places.values()) {
    const [environment, flag] = [environmentBySlug(after, slug), flagByKey(after, key)];
    if (environment && flag) repair(cleared, { before, environment, flag, introduced, written });
    yield;
  }
  return cleared;
}

interface BrokenPair {
  before: State;
  environment: Environment;
  flag: Flag;
  introduced: readonly ResolvedDefect[];
  written: ReadonlySet<string>;
}

/** The first of these that leaves nothing broken: the fields that are wrong, any other field by itself, all fields. */
function repair(cleared: Cleared, broken: BrokenPair): void {
  const { before, environment, flag, introduced, written } = broken;
  const links = givingWay(cleared.after, environment, written);
  const defectsIn = (state: State) => {
    const place = environmentBySlug(state, environment.slug);
    const own = flagByKey(state, flag.key);
    return place && own ? resolvedDefects(state, resolveFlag(state, place, own)) : [];
  };
  const known = defectsIn(before);
  if (introducedDefects(known, defectsIn(cleared.after)).length === 0) return;
  const wrong = introduced.filter((one) => one.environment === environment.slug && one.flag === flag.key);
  const named = FLAG_FIELDS.filter((field) => wrong.some((defect) => defect.field === field));
  for (const fields of [named, ...FLAG_FIELDS.map((field) => [field]), FLAG_FIELDS]) {
    const rows = links.flatMap((link) => clearing(cleared.after, link, flag, fields) ?? []);
    if (rows.length === 0) continue;
    const trial = withRowEdits(cleared.after, rows);
    if (introducedDefects(known, defectsIn(trial)).length > 0) continue;
    for (const { environment: slug, before: was } of rows)
      for (const field of fields)
        if (was?.[field] !== undefined) cleared.fields.push({ environment: slug, flag: flag.key, field });
    cleared.rows = merged(cleared.rows, rows);
    cleared.after = trial;
    return;
  }
}

/** The links of the chain below the nearest written environment that is more guarded than they are. */
function givingWay(state: State, environment: Environment, written: ReadonlySet<string>): Environment[] {
  const chain = inheritanceChain(state, environment);
  const top = chain.findIndex((link, depth) => depth > 0 && written.has(link.id) && isLessGuarded(state, environment, link));
  const writer = chain[top];
  return writer ? chain.slice(0, top).filter((link) => isLessGuarded(state, link, writer)) : [];
}

/** Each guard of the one is a guard of the other, which has more of them. */
function isLessGuarded(state: State, one: Environment, other: Environment): boolean {
  const holds = (environment: Environment) => (guard: Guard) => resolveGuard(state, environment, guard).holds;
  const [own, its] = [GUARDS.filter(holds(one)), GUARDS.filter(holds(other))];
  return own.length < its.length && own.every((guard) => its.includes(guard));
}

function clearing(state: State, { id, slug }: Environment, flag: Flag, fields: readonly FlagField[]): RowEdit | null {
  const own = contentOf(state.overrides.get(flag.id)?.get(id));
  if (!own || !fields.some((field) => own[field] !== undefined)) return null;
  const left = fields.reduce<OverrideContent>((content, field) => withField(content, field, null), own);
  return { environment: slug, flag: flag.key, before: own, after: setsNothing(left) ? null : left };
}

/** One edit of each override, from what it was first to what it is last. */
function merged(rows: readonly RowEdit[], more: readonly RowEdit[]): RowEdit[] {
  const isSame = (a: RowEdit, b: RowEdit) => a.environment === b.environment && a.flag === b.flag;
  const kept = rows.map((row) => ({ ...row, after: (more.find((one) => isSame(one, row)) ?? row).after }));
  return [...kept, ...more.filter((one) => !rows.some((row) => isSame(one, row)))];
}
