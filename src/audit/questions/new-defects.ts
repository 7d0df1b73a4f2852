import {
  defectsAcross,
  dependentsOf,
  descendantsOf,
  type Environment,
  environmentsInTreeOrder,
  type Flag,
  type Interruptible,
  introducedSegmentDefects,
  type JsonObject,
  type ResolvedDefect,
  segmentsReachedBy,
  type State,
} from '@flagtree/engine';
import { boundedDefects, firstDefects } from '../../platform/http/problems/bounded-defects.js';
import { listed } from '../../platform/http/problems/listed.js';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import type { MadeChange } from './made-change.js';

/**
 * A write is valid only if what it touches resolves to something valid in every environment; it answers for no defect that was there before.
 * @throws {Unprocessable} listing each broken (environment, flag, field).
 */
export function assertBreaksNothing(introduced: readonly ResolvedDefect[], before: State, after: State): void {
  const [first] = introduced;
  // of segments that flags name, the flags are told: with the environments in which they would break
  if (!first) {
    assertSegmentsHold(before, after);
    return;
  }
  const where = listed([...new Set(introduced.map(({ environment }) => environment))], ', ');
  const { errors, counts } = boundedDefects(introduced);
  throw new Unprocessable(
    'invalid-flag',
    `This would break "${first.flag}" in ${where}: ${first.detail}. Nothing was changed.`,
    errors,
    counts,
  );
}

/** @throws {Unprocessable} */
function assertSegmentsHold(before: State, after: State): void {
  const defects = introducedSegmentDefects(before.segments, after.segments);
  const [first] = defects;
  if (!first) return;
  throw new Unprocessable(
    'invalid-segment',
    `This would break the segment "${first.segment}": ${first.detail}. Nothing was changed.`,
    ...firstDefects(defects.map((defect) => ({ pointer: '/conditions', ...defect }))),
  );
}

/** What is wrong after the entries and was not before them, in whatever they touch. */
export function* introducedBy({
  before,
  state: after,
  entries,
}: Pick<MadeChange, 'before' | 'state' | 'entries'>): Interruptible<ResolvedDefect[]> {
  const touched = new Touched(before, after);
  for (const entry of entries) {
    touched.add(entry);
    yield;
  }
  return yield* newDefects(before, after, touched);
}

function* newDefects(before: State, after: State, touched: Touched): Interruptible<ResolvedDefect[]> {
  const found = yield* defectsOf(after, touched);
  if (found.length === 0) return [];
  const broken = yield* defectsOf(before, touched);
  const known = new Set(broken.flatMap((defect) => [identity(defect), identity(defect, null)]));
  const existed = new Set([...before.environments.values()].map(({ slug }) => slug));
  // A new environment is not to blame for what it inherits, so its name does not count.
  const introduced: ResolvedDefect[] = [];
  for (const [index, defect] of found.entries()) {
    if (index % DEFECTS_AT_ONCE === 0) yield;
    if (!known.has(identity(defect, existed.has(defect.environment) ? defect.environment : null))) introduced.push(defect);
  }
  return introduced;
}

/** Compared before others get their turn. */
const DEFECTS_AT_ONCE = 100;

/** Which flags, in which environments, the entries of a change can make or break. */
class Touched {
  /** Flag id → the ids of the environments; null: all of them. */
  readonly places = new Map<string, ReadonlySet<string> | null>();
  private readonly subtrees = new Map<string, ReadonlySet<string>>();
  private readonly ownSets = new Set<ReadonlySet<string>>();

  constructor(
    private readonly before: State,
    private readonly after: State,
  ) {}

  add({ table, before, after }: MadeChange['entries'][number]): void {
    const row = (after ?? before) as JsonObject;
    if (table === 'flags') this.addFlag(row['id'] as string, null);
    if (table === 'environment_flags') this.addFlag(row['flag_id'] as string, this.below(row['environment_id'] as string));
    if (table === 'environments' && this.isMoved(before, after)) {
      const moved = this.below(row['id'] as string);
      for (const id of this.after.flags.keys()) this.addFlag(id, moved);
    }
    if (table === 'segments') for (const id of this.usersOf(row['key'] as string)) this.addFlag(id, null);
  }

  /** A new one below another is as sound as that, but for overrides, which have entries of their own; one that is gone breaks nothing. */
  private isMoved(before: JsonObject | null, after: JsonObject | null): boolean {
    if (after === null) return false;
    if (before === null) return after['parent_id'] == null || !this.after.inheritance;
    return before['parent_id'] !== after['parent_id'];
  }

  /** The environment and all that inherits from it, on either side of the change. */
  private below(id: string): ReadonlySet<string> {
    const known = this.subtrees.get(id);
    if (known) return known;
    const ids = new Set([id]);
    this.subtrees.set(id, ids);
    for (const state of [this.before, this.after]) {
      const environment = state.environments.get(id);
      if (environment) for (const descendant of descendantsOf(state, environment)) ids.add(descendant.id);
    }
    return ids;
  }

  private usersOf(segment: string): string[] {
    return [this.before, this.after].flatMap((state) =>
      [...state.flags.values()]
        .filter((flag) => segmentsReachedBy(state.segments, allRules(state, flag)).has(segment))
        .map(({ id }) => id),
    );
  }

  private addFlag(id: string, environments: ReadonlySet<string> | null): void {
    const known = this.places.get(id);
    if (known === null || known === environments || (known && environments && isWithin(environments, known))) return;
    this.places.set(id, known && environments ? this.union(known, environments) : environments);
    const flag = this.after.flags.get(id) ?? this.before.flags.get(id);
    if (flag) for (const dependent of dependentsOf(this.after, flag.key)) this.addFlag(dependent.id, environments);
  }

  /** Grows what was made here already: a flag may be overridden in each of a thousand environments. */
  private union(known: ReadonlySet<string>, more: ReadonlySet<string>): ReadonlySet<string> {
    const union = (this.ownSets.has(known) ? known : new Set(known)) as Set<string>;
    for (const id of more) union.add(id);
    this.ownSets.add(union);
    return union;
  }
}

function isWithin(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  for (const id of part) if (!whole.has(id)) return false;
  return true;
}

/** The base rules and those of every override. */
function allRules(state: State, { id, rules }: Flag): Flag['rules'] {
  return [...rules, ...[...(state.overrides.get(id)?.values() ?? [])].flatMap((override) => override.rules ?? [])];
}

function* defectsOf(state: State, { places }: Touched): Interruptible<ResolvedDefect[]> {
  const everywhere = parentsFirst(state);
  const ranks = new Map(everywhere.map(({ id }, rank) => [id, rank]));
  const ranked = (ids: ReadonlySet<string>) =>
    [...ids]
      .flatMap((id) => ranks.get(id) ?? [])
      .sort((a, b) => a - b)
      .map((rank) => everywhere[rank] as Environment);
  const sound = new Set<object>();
  const found: ResolvedDefect[] = [];
  for (const [id, ids] of places) {
    const flag = state.flags.get(id);
    if (flag?.archivedAt !== null) continue;
    found.push(...defectsAcross(state, flag, ids === null ? everywhere : ranked(ids), sound));
    yield;
  }
  return found;
}

/** All environments; those under a cycle, which have no place in the tree, last. */
function parentsFirst(state: State): Environment[] {
  return [...new Set([...environmentsInTreeOrder(state), ...state.environments.values()])];
}

function identity({ environment, flag, field, code, detail }: ResolvedDefect, where: string | null = environment): string {
  return JSON.stringify([where, flag, field, code, detail]);
}
