import { type Interruptible, runToEnd } from '../interruptible.js';
import { segmentsReachedBy } from '../state/references.js';
import type { State } from '../state/state.js';
import { type Environment, type EnvironmentFlag, FLAG_FIELDS, type Flag } from '../types.js';
import { environmentBySlug } from '../state/chain.js';
import { selectFlags } from '../state/select-flags.js';
import { canonicalInstant } from '../validate/rules/instants.js';
import {
  type CoreSection, type EnvironmentItem, type FlagItem, FORMAT, type OverrideItem, type SegmentItem, type StatesDocument, type StatesSelection, VERSION,
} from './states-document.js'; // prettier-ignore

export interface ExportOptions {
  selection: StatesSelection;
  sections: ReadonlySet<CoreSection>;
  /** Archived flags too. */
  archived: boolean;
}

/** The state as a document; environments that are selected and not there are passed over: the same content gives the same document, wherever and whenever. */
export function exportStates(state: State, options: ExportOptions): StatesDocument {
  return runToEnd(slicedExport(state, options));
}

/** The same, in parts. */
export function* slicedExport(state: State, { selection, sections, archived }: ExportOptions): Interruptible<StatesDocument> {
  const environments = (
    selection.environments?.flatMap((slug) => environmentBySlug(state, slug) ?? []) ?? [...state.environments.values()]
  ).sort((a, b) => order(a.slug, b.slug));
  const flags = flagsToExport(state, selection, archived);
  const overrides = yield* overridesOf(state, flags, environments);
  const isPart = Object.values(selection).some((words) => words !== undefined);
  return {
    format: FORMAT,
    version: VERSION,
    ...(isPart ? { selection } : {}),
    ...(sections.has('environments')
      ? { environments: environments.map((environment) => environmentItem(state, environment)) }
      : {}),
    ...(sections.has('segments') ? { segments: segmentItems(state, selection, flags, overrides) } : {}),
    ...(sections.has('flags') ? { flags: yield* mapped(flags, flagItem) } : {}),
    ...(sections.has('overrides')
      ? { overrides: yield* mapped(overrides, ({ flag, environment, row }) => overrideItem(flag, environment, row)) }
      : {}),
  };
}

function* mapped<T, U>(things: readonly T[], make: (thing: T) => U): Interruptible<U[]> {
  const made: U[] = [];
  for (const thing of things) {
    made.push(make(thing));
    yield;
  }
  return made;
}

interface Override {
  flag: Flag;
  environment: Environment;
  row: EnvironmentFlag;
}

function* overridesOf(state: State, flags: readonly Flag[], environments: readonly Environment[]): Interruptible<Override[]> {
  const overrides: Override[] = [];
  for (const flag of flags) {
    const rows = state.overrides.get(flag.id);
    if (!rows) continue;
    for (const environment of environments) {
      const row = rows.get(environment.id);
      if (row) overrides.push({ flag, environment, row });
    }
    yield;
  }
  return overrides;
}

/** Those in use that are selected, or with `archived` the archived ones too; by key. */
export function flagsToExport(state: State, selection: StatesSelection, archived: boolean): Flag[] {
  return archived ? withArchived(state, selection) : selectFlags(state, selection);
}

function withArchived(state: State, selection: StatesSelection): Flag[] {
  const revived = new Map([...state.flags].map(([id, flag]) => [id, { ...flag, archivedAt: null }]));
  return selectFlags({ ...state, flags: revived }, selection).map(({ id }) => state.flags.get(id) as Flag);
}

/** All of them, or where flags are selected those that these reach. */
function segmentItems(
  state: State,
  { flags: keys, tags }: StatesSelection,
  flags: readonly Flag[],
  overrides: readonly Override[],
): SegmentItem[] {
  const rules = [...flags, ...overrides.map(({ row }) => row)].flatMap((thing) => thing.rules ?? []);
  const reached = keys === undefined && tags === undefined ? null : segmentsReachedBy(state.segments, rules);
  return [...state.segments.values()]
    .filter(({ key }) => reached === null || reached.has(key))
    .sort((a, b) => order(a.key, b.key))
    .map(({ key, name, description, conditions }) => ({ key, name, description, conditions }));
}

function environmentItem(
  state: State,
  { slug, aliases, name, description, url, parentId, settings, isActive, expiresAt }: Environment,
): EnvironmentItem {
  const parent = parentId === null ? null : (state.environments.get(parentId)?.slug ?? null);
  return {
    slug,
    aliases: [...aliases].sort(),
    name,
    description,
    url,
    parent,
    settings,
    isActive,
    expiresAt: instant(expiresAt),
  };
}

function flagItem({
  id: _id,
  createdAt: _createdAt,
  updatedAt: _updatedAt,
  version: _version,
  expiresAt,
  archivedAt,
  ...item
}: Flag): FlagItem {
  return { ...item, expiresAt: instant(expiresAt), archivedAt: instant(archivedAt) };
}

/** Only what it overrides: tens of thousands of nulls would hide it. */
function overrideItem({ key }: Flag, { slug }: Environment, row: EnvironmentFlag): OverrideItem {
  const item: Record<string, unknown> = { flag: key, environment: slug };
  for (const field of FLAG_FIELDS) {
    if (row[field] !== null) item[field] = row[field];
    if (field === 'rules' && row.rulesMode !== 'replace') item['rulesMode'] = row.rulesMode;
  }
  if (row.reason !== null) item['reason'] = row.reason;
  return item as unknown as OverrideItem;
}

const instant = (text: string | null) => (text === null ? null : canonicalInstant(text));
const order = (a: string, b: string) => (a < b ? -1 : 1);
