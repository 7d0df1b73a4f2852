import { differingFields } from '../compare/diff.js';
import { deepEqual } from '../json/equal.js';
import { type Interruptible } from '../interruptible.js';
import { contentOf, type OverrideContent, type RowEdit, withField, withRowEdits } from '../resolve/overrides.js';
import { type ResolvedFlag, resolveFlag, type ResolveOptions } from '../resolve/resolve.js';
import { environmentBySlug, environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import type { State } from '../state/state.js';
import { type Environment, type Flag, FLAG_FIELDS, type FlagField } from '../types.js';
import { whyNotOneList } from '../validate/one-list-of-rules.js';
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
export function* slicedKeep(
  before: State,
  after: State,
  { keep, written, flags, reason }: KeepOrder,
  options: ResolveOptions = {},
): Interruptible<Kept> {
  const kept: Kept = { rows: [], obstacles: [], layeringsEnd: [], after };
  const places = environmentsInTreeOrder(after).filter(
    ({ slug }) => !written.includes(slug) && (keep === true || keep.includes(slug)) && environmentBySlug(before, slug),
  );
  for (const key of [...new Set(flags)].sort()) {
    for (const place of places) keepFlag(kept, before, key, place, reason, options);
    yield;
  }
  return kept;
}

function keepFlag(kept: Kept, before: State, key: string, place: Environment, reason: string, options: ResolveOptions): void {
  const pair = [before, kept.after].map((state) => resolvedIn(state, place.slug, key, options));
  const [was, is] = pair;
  if (!was || !is) return;
  const changed = differingFields(was, is).flatMap(({ field }) => FLAG_FIELDS.filter((one) => one === field));
  if (changed.length === 0) return;
  const flag = is.flag;
  const old = contentOf(kept.after.overrides.get(flag.id)?.get(place.id));
  let content: OverrideContent = old ?? {};
  for (const field of changed) {
    const why = whyNotKept(was, field);
    if (why === null) content = withField(content, field, valueOf(was, field));
    else kept.obstacles.push({ environment: place.slug, flag: key, field, detail: detailOf(place, flag, field, why) });
  }
  if (deepEqual(content, old ?? {})) return;
  if (changed.includes('rules') && isLayered(was, old)) kept.layeringsEnd.push({ environment: place.slug, flag: key });
  const edit = { environment: place.slug, flag: key, before: old, after: { ...content, reason } };
  kept.rows.push(edit);
  kept.after = withRowEdits(kept.after, [edit]);
}

function resolvedIn(state: State, slug: string, key: string, options: ResolveOptions): ResolvedFlag | null {
  const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
  if (!environment || !flag || flag.archivedAt !== null) return null;
  return resolveFlag(state, environment, flag, options);
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

function detailOf({ slug }: Environment, { key }: Flag, field: FlagField, why: string): string {
  return `${slug} cannot keep the ${field} that it has for ${key}: ${why}; or take ${slug} out of keep`;
}

/** Whether the rules come from more rows than one, or were added to inherited ones. */
function isLayered({ ruleSources }: ResolvedFlag, own: OverrideContent | null): boolean {
  const names = ruleSources.map((source) => (source.kind === 'flag' ? '' : source.slug));
  return new Set(names).size > 1 || (own?.rulesMode ?? 'replace') !== 'replace';
}
