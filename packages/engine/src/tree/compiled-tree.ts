import { etagOf, placeOf, requirementsOf, type SnapshotPlace } from '../compile/compile-environment.js';
import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import type { Lanes } from '../json/digest.js';
import { type Interruptible, runToEnd } from '../interruptible.js';
import { type CircularEnvironmentInheritanceError, environmentBySlug } from '../state/chain.js';
import { endlessPrerequisites } from '../state/prerequisites.js';
import { emptyState, type State } from '../state/state.js';
import type { Environment } from '../types.js';
import { type Branches, branchesOf } from './branches.js';
import { formIn, HEIR, type Place } from './flag-forms.js';
import { stepTo, type TreeStep } from './step.js';
import type { ReadableTree, TreeParts } from './tree-parts.js';
import { TreeTable } from './tree-table.js';

/** For so many lookups of flags in tables it is worth it to keep the tables of environments in use. */
const MOST_LOOKUPS = 20_000;

/**
 * All environments of a state, compiled together: each flag as often as it is overridden, and an environment not at all. Snapshots are
 * views of it, made when they are asked for.
 */
export class CompiledTree implements ReadableTree {
  readonly state: State;
  readonly branches: Branches;
  readonly forms: TreeParts['forms'];
  readonly list: TreeParts['list'];
  readonly overridden: TreeParts['overridden'];
  readonly broken: TreeParts['broken'];
  readonly baseLanes: Lanes;
  private readonly snapshots = new Map<string, Snapshot>();
  private readonly tables = new Map<string, TreeTable>();
  private knownEndless: ReadonlySet<string> | undefined;
  private order: Order = { number: ++trees, before: null, keys: NONE };

  private constructor(parts: TreeParts) {
    this.state = parts.state;
    this.branches = parts.branches;
    this.forms = parts.forms;
    this.list = parts.list;
    this.overridden = parts.overridden;
    this.broken = parts.broken;
    this.baseLanes = parts.baseLanes;
  }

  static empty(): CompiledTree {
    const state = emptyState();
    const nothing = new Map<string, never>();
    return new CompiledTree({
      state,
      branches: branchesOf(state, undefined),
      forms: nothing,
      list: [],
      overridden: nothing,
      broken: nothing,
      baseLanes: [0, 0, 0, 0],
    });
  }

  /** The tree of another state, which shares with this one whatever is the same in both. */
  to(state: State): CompiledTree {
    return runToEnd(this.slicedTo(state));
  }

  /** The same, in parts. This tree stays as it is, and can be used meanwhile. */
  *slicedTo(state: State): Interruptible<CompiledTree> {
    const step = yield* stepTo(this, state);
    const next = new CompiledTree(step.parts);
    next.order = { number: next.order.number, before: this.order.number, keys: step.keys };
    if (!step.requirementsDiffer) next.knownEndless = this.knownEndless;
    this.handTablesTo(next, step);
    return next;
  }

  /** Undefined: there is no such environment. */
  snapshot(slug: string): Snapshot | CircularEnvironmentInheritanceError | undefined {
    const known = this.snapshots.get(slug);
    if (known) return known;
    const environment = environmentBySlug(this.state, slug);
    if (!environment) return undefined;
    const chain = this.branches.chains.get(environment.id);
    if (!chain) return this.branches.cycles.get(slug);
    const snapshot = new TreeSnapshot(placeOf(environment, chain), this.state.revision, this.tableOf(chain), this.order);
    this.snapshots.set(slug, snapshot);
    return snapshot;
  }

  /** Flags whose prerequisites have no end, where no flag is broken: then they are the same in all environments. */
  get endless(): ReadonlySet<string> {
    this.knownEndless ??= endlessPrerequisites(requirementsOf(this.list.map(({ base }) => base)));
    return this.knownEndless;
  }

  formAt(key: string, place: Place): CompiledFlag | undefined {
    const forms = this.forms.get(key);
    return forms && formIn(forms, place);
  }

  /** Environments that override nothing have the table of the nearest above them that does, as its heirs see it. */
  private tableOf(chain: readonly Environment[]): TreeTable {
    const depth = chain.findIndex(({ id }) => this.overridden.has(id));
    const nearest = depth < 0 ? [] : chain.slice(depth).map(({ id }) => id);
    const place = depth > 0 ? [HEIR, ...nearest] : nearest;
    const name = nameOf(place);
    let table = this.tables.get(name);
    if (!table) this.tables.set(name, (table = new TreeTable(this, place)));
    return table;
  }

  private handTablesTo(next: CompiledTree, { keys }: TreeStep): void {
    if (this.tables.size * keys.size > MOST_LOOKUPS) return;
    const changed = [...keys];
    for (const [name, table] of this.tables) {
      if (next.isPlace(table.place)) next.tables.set(name, table.in(next, changed));
    }
  }

  private isPlace(place: Place): boolean {
    const ids = place[0] === HEIR ? place.slice(1) : place;
    const [nearest] = ids;
    if (nearest === undefined) return true;
    const chain = this.branches.chains.get(nearest);
    return chain?.length === ids.length && this.overridden.has(nearest) && chain.every(({ id }, depth) => id === ids[depth]);
  }
}

/** Trees are known by numbers to those that must not keep them. */
interface Order {
  number: number;
  /** The tree from which this one was made; null: it was made from nothing. */
  before: number | null;
  /** What may be other than in that one. */
  keys: ReadonlySet<string>;
}

let trees = 0;
const NONE: ReadonlySet<string> = new Set();

class TreeSnapshot implements Snapshot {
  readonly environment: string;
  readonly aliases: readonly string[];
  readonly chain: readonly string[];
  private knownEtag: string | undefined;

  constructor(
    place: SnapshotPlace,
    readonly revision: number,
    readonly flags: TreeTable,
    readonly order: Order,
  ) {
    this.environment = place.environment;
    this.aliases = place.aliases;
    this.chain = place.chain;
  }

  get etag(): string {
    this.knownEtag ??= etagOf(this, this.flags.size, this.flags.lanes);
    return this.knownEtag;
  }

  get endless(): ReadonlySet<string> {
    return this.flags.endless;
  }
}

/** The keys that can hold another flag in `after` than in `before`; null: each key can. */
export function keysThatMayDiffer(before: Snapshot, after: Snapshot): ReadonlySet<string> | null {
  if (!(before instanceof TreeSnapshot) || !(after instanceof TreeSnapshot)) return null;
  if (before.environment !== after.environment || before.order.number !== after.order.before) return null;
  return sameTexts(before.chain, after.chain) ? after.order.keys : null;
}

function nameOf(place: Place): string {
  return place.slice(0, 2).join(' ');
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
