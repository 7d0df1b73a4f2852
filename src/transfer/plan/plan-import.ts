import { insertedFlag } from '../../audit/change/inserted-flag.js';
import { newId } from '../../audit/change/new-id.js';
import { type PlannedEntry, slicedForesight } from '../../audit/change/write-entries.js';
import {
  type Defect,
  type Environment,
  type EnvironmentFlag,
  environmentNamed,
  type Flag,
  flagByKey,
  type Interruptible,
  matcherOf,
  rowOf,
  runToEnd,
  sameInstant,
  type Segment,
  slugNamed,
  type State,
} from '@flagtree/engine';
import type { CoreSection, FlagItem, OverrideItem, StatesDocument, StatesSelection } from '@flagtree/engine/states';
import { firstDefects } from '../../platform/http/problems/bounded-defects.js';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import type { ImportOptions } from './import-options.js';
import { planEnvironments } from './plan-environments.js';
import { Plan, type SectionCounts } from './plan.js';

export interface ImportPlan {
  /** What it was decided by. */
  before: State;
  entries: PlannedEntry[];
  counts: Partial<Record<CoreSection, SectionCounts>>;
}

/**
 * What has to be written to make a state what the document says; nothing where it is so already.
 * @throws {Unprocessable} naming each place of the document that does not fit what is stored.
 */
export function planImport(before: State, document: StatesDocument, options: ImportOptions): ImportPlan {
  return runToEnd(slicedImport(before, document, options));
}

export function* slicedImport(before: State, document: StatesDocument, options: ImportOptions): Interruptible<ImportPlan> {
  const plan = new Plan();
  if (document.environments) planEnvironments(plan, before, document, options);
  planSegments(plan, before, document, options);
  yield* planFlags(plan, before, document, options);
  const base = yield* slicedForesight(before, plan.entries);
  if (document.overrides) yield* planOverrides(plan, base, document, options);
  if (plan.defects.length > 0) throw misfit(plan.defects);
  return { before, entries: plan.entries, counts: plan.counts };
}

function planSegments(
  plan: Plan,
  { segments }: State,
  { segments: items, selection }: StatesDocument,
  { mode }: ImportOptions,
): void {
  if (!items) return;
  const count = plan.count('segments');
  for (const item of items) {
    const existing = segments.get(item.key);
    const wanted: Segment = { ...(existing ?? stamps()), ...item };
    plan.put(count, 'segments', existing, wanted);
  }
  // Of a selection of flags the document has only the segments that these reach: it says nothing about the others.
  if (mode !== 'replace' || selection?.flags !== undefined || selection?.tags !== undefined) return;
  const named = new Set(items.map(({ key }) => key));
  for (const segment of segments.values()) if (!named.has(segment.key)) plan.remove(count, 'segments', segment);
}

function* planFlags(
  plan: Plan,
  state: State,
  { flags: items, selection }: StatesDocument,
  { mode, force, now }: ImportOptions,
): Interruptible<void> {
  if (!items) return;
  const count = plan.count('flags');
  for (const [index, item] of items.entries()) {
    yield;
    const existing = flagByKey(state, item.key);
    const at = `/flags/${String(index)}`;
    if (existing && existing.type !== item.type) {
      plan.refuse(`${at}/type`, 'immutable-field', `"${item.key}" is of type ${existing.type} here, and types never change.`);
    } else if (existing?.archivedAt && item.archivedAt === null && !force) {
      plan.refuse(
        at,
        'flag-archived',
        `"${item.key}" is archived here: import with ?force=true to take it back into use, or restore it first.`,
      );
    } else {
      const wanted: Flag = { ...(existing ?? newFlag()), ...item, ...keptInstants(existing, item) };
      if (existing) plan.put(count, 'flags', existing, wanted);
      else {
        count.created++;
        plan.entries.push(...insertedFlag(wanted));
      }
    }
  }
  if (mode !== 'replace') return;
  const named = new Set(items.map(({ key }) => key));
  const speaksFor = scopeOf(selection);
  for (const flag of state.flags.values()) {
    if (flag.archivedAt !== null || named.has(flag.key) || !speaksFor(flag)) continue;
    count.removed++;
    plan.entries.push({ table: 'flags', before: rowOf(flag), after: rowOf({ ...flag, archivedAt: now.toISOString() }) });
  }
}

function* planOverrides(
  plan: Plan,
  state: State,
  { overrides: items = [], selection }: StatesDocument,
  { mode }: ImportOptions,
): Interruptible<void> {
  const count = plan.count('overrides');
  const named = new Set<string>();
  for (const [index, item] of items.entries()) {
    yield;
    const at = `/overrides/${String(index)}`;
    const [environment, flag] = [environmentNamed(state, item.environment), flagByKey(state, item.flag)];
    if (!environment)
      plan.refuse(
        `${at}/environment`,
        'environment-not-found',
        `There is no environment "${item.environment}", neither here nor in the document.`,
      );
    if (!flag) plan.refuse(`${at}/flag`, 'flag-not-found', `There is no flag "${item.flag}", neither here nor in the document.`);
    if (!environment || !flag) continue;
    const identity = `${environment.id} ${flag.id}`;
    if (named.has(identity)) {
      plan.refuse(
        at,
        'duplicate',
        `The override of "${flag.key}" in "${environment.slug}" is there under another name too: keep one.`,
      );
      continue;
    }
    named.add(identity);
    const existing = state.overrides.get(flag.id)?.get(environment.id);
    plan.put(count, 'environment_flags', existing, overrideRow(item, existing, environment, flag));
  }
  if (mode !== 'replace') return;
  const speaksFor = scopeOf(selection);
  const slugs = selection?.environments?.map((name) => slugNamed(state, name));
  for (const rows of state.overrides.values()) {
    for (const row of rows.values()) {
      const [environment, flag] = [state.environments.get(row.environmentId), state.flags.get(row.flagId)];
      if (!environment || flag?.archivedAt !== null || named.has(`${row.environmentId} ${row.flagId}`)) continue;
      if (speaksFor(flag) && (slugs === undefined || slugs.includes(environment.slug)))
        plan.remove(count, 'environment_flags', row);
    }
  }
}

function overrideRow(
  { environment: _slug, flag: _key, ...values }: OverrideItem,
  existing: EnvironmentFlag | undefined,
  environment: Environment,
  flag: Flag,
): EnvironmentFlag {
  return { ...(existing ?? { ...stamps(), environmentId: environment.id, flagId: flag.id }), ...values } as EnvironmentFlag;
}

/** Which flags a document speaks for. */
function scopeOf({ flags, tags }: StatesSelection = {}): (flag: Flag) => boolean {
  const isNamed = flags === undefined ? () => true : matcherOf(flags);
  return ({ key, tags: own }) => isNamed(key) && (tags === undefined || own.some((tag) => tags.includes(tag)));
}

/** The same moment in other words is no difference. */
function keptInstants(existing: Flag | undefined, { expiresAt, archivedAt }: FlagItem): Pick<Flag, 'expiresAt' | 'archivedAt'> {
  if (!existing) return { expiresAt, archivedAt };
  return {
    expiresAt: sameInstant(existing.expiresAt, expiresAt) ? existing.expiresAt : expiresAt,
    archivedAt: sameInstant(existing.archivedAt, archivedAt) ? existing.archivedAt : archivedAt,
  };
}

/** A flag of a document that does not know these members has them as one that is created without them. */
function newFlag() {
  return { ...stamps(), onMissingKey: 'error' as const, metadata: {} };
}

function stamps() {
  return { id: newId(), createdAt: '', updatedAt: '', version: 1 };
}

function misfit(defects: readonly Defect[]): Unprocessable {
  return new Unprocessable(
    'import-does-not-fit',
    `${String(defects.length)} places of the document do not fit what is stored here: see errors. Nothing was changed.`,
    ...firstDefects(defects),
  );
}
