import { differingFields } from '../compare/diff.js';
import { deepEqual } from '../json/equal.js';
import { type Interruptible } from '../interruptible.js';
import { contentOf, type OverrideContent, type RowEdit, rowsWithEdit, withField } from '../resolve/overrides.js';
import { type ResolvedFlag, resolveFlag } from '../resolve/resolve.js';
import { environmentBySlug, environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import type { State } from '../state/state.js';
import { type Environment, type EnvironmentFlag, FLAG_FIELDS, type FlagField } from '../types.js';
import { whyNotOneList } from '../validate/rules/one-list-of-rules.js';
import type { Obstacle } from './obstacle.js';

export interface KeepOrder {
  /** Slugs of environments that must not follow the write; true: the topmost ones that would change. */
  keep: readonly string[] | true;
  /** Slugs of the environments that the write is about. They change, whatever `keep` says. */
  written: readonly string[];
  /** Keys of the flags that the write can change. */
  flags: readonly string[];
  /** Why the kept environments differ from now on, such as "kept from production". */
  reason: string;
}

/** Rules that came together from several rows, and are one list of the kept environment from now on. */
export interface EndedLayering {
  environment: string;
  flag: string;
}

export interface Kept {
  /** The overrides that keep the environments as they are: parents before children, by flag. */
  rows: RowEdit[];
  /** Fields that no override can keep. */
  obstacles: Obstacle[];
  layeringsEnd: EndedLayering[];
  /** The state that the write leads to with these overrides. */
  after: State;
}

/**
 * The overrides with which environments below a write stay what they were. `before` and `after` are the states around the write alone.
 * Only fields that the write would change are written; an environment that inherits from a kept one needs no row.
 */
export function* slicedKeep(before: State, after: State, { keep, written, flags, reason }: KeepOrder): Interruptible<Kept> {
  const overrides = new Map(after.overrides);
  const kept: Kept = { rows: [], obstacles: [], layeringsEnd: [], after: { ...after, overrides } };
  const places = environmentsInTreeOrder(after).filter(
    ({ slug }) => !written.includes(slug) && (keep === true || keep.includes(slug)) && environmentBySlug(before, slug),
  );
  for (const key of [...new Set(flags)].sort()) {
    for (const place of places) keepFlag({ kept, overrides }, before, key, place, reason);
    yield;
  }
  return kept;
}

/** `overrides` are those of `kept.after`. */
interface Keeping {
  kept: Kept;
  overrides: Map<string, ReadonlyMap<string, EnvironmentFlag>>;
}

function keepFlag({ kept, overrides }: Keeping, before: State, key: string, place: Environment, reason: string): void {
  const pair = [before, kept.after].map((state) => resolvedIn(state, place.slug, key));
  const [was, is] = pair;
  if (!was || !is) return;
  const { flag } = is;
  const old = contentOf(overrides.get(flag.id)?.get(place.id));
  const { after, obstacles, endsLayering } = keptOverride(was, is, old);
  kept.obstacles.push(...obstacles);
  if (after === old) return;
  if (endsLayering) kept.layeringsEnd.push({ environment: place.slug, flag: key });
  const edit = { environment: place.slug, flag: key, before: old, after: { ...after, reason } };
  kept.rows.push(edit);
  overrides.set(flag.id, rowsWithEdit(overrides.get(flag.id), edit.after, place.id, flag.id));
}

/** The override with which a flag that would be `is` stays what it `was`. The one that is there now, where that is the same. */
export function keptOverride(
  was: ResolvedFlag,
  is: ResolvedFlag,
  own: OverrideContent | null,
): { after: OverrideContent | null; obstacles: Obstacle[]; endsLayering: boolean } {
  const changed = differingFields(was, is).flatMap(({ field }) => FLAG_FIELDS.filter((one) => one === field));
  const obstacles: Obstacle[] = [];
  let content: OverrideContent = own ?? {};
  for (const field of changed) {
    const why = whyNotKept(was, field);
    if (why === null) content = withField(content, field, valueOf(was, field));
    else obstacles.push({ environment: is.environment, flag: is.flag.key, field, detail: detailOf(is, field, why) });
  }
  const after = deepEqual(content, own ?? {}) ? own : content;
  return { after, obstacles, endsLayering: after !== own && changed.includes('rules') && isLayered(was, own) };
}

function resolvedIn(state: State, slug: string, key: string): ResolvedFlag | null {
  const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
  if (!environment || !flag || flag.archivedAt !== null) return null;
  return resolveFlag(state, environment, flag);
}

function valueOf({ fields }: ResolvedFlag, field: FlagField): OverrideContent {
  if (field === 'rules') return { rules: fields.rules.value, rulesMode: 'replace' };
  return { [field]: fields[field].value };
}

/** An override says null for "inherit", so that it cannot keep a field that has no value. */
function whyNotKept({ fields }: ResolvedFlag, field: FlagField): string | null {
  if (field === 'rules') return whyNotOneList(fields.rules.value);
  return fields[field].value === null ? 'an override cannot say "none" where it would inherit one' : null;
}

function detailOf({ environment, flag }: ResolvedFlag, field: FlagField, why: string): string {
  return `${environment} cannot keep the ${field} that it has for ${flag.key}: ${why}; or take ${environment} out of keep`;
}

/** Whether the rules come from more rows than one, or were added to inherited ones. */
function isLayered({ ruleSources }: ResolvedFlag, own: OverrideContent | null): boolean {
  const names = ruleSources.map((source) => (source.kind === 'flag' ? '' : source.slug));
  return new Set(names).size > 1 || (own?.rulesMode ?? 'replace') !== 'replace';
}
