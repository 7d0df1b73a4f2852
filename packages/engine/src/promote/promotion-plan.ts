import { descendantsOf, environmentBySlug, environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import { deepEqual } from '../json/equal.js';
import { type EffectEntry, slicedEffect } from '../compare/effect.js';
import { type Dependency, slicedDependencies } from './dependencies.js';
import { prerequisitesOf } from '../state/prerequisites.js';
import {
  contentOf,
  type FieldChange,
  fieldChanges,
  flagsOf,
  type OverrideContent,
  type RowEdit,
  setsNothing,
  withField,
  withRowEdits,
} from '../resolve/overrides.js';
import { type Impossible, type PromotedFlag, promotedRow, type PromotionMode, redundantFields } from './promote-flag.js';
import type { Obstacle } from './obstacle.js';
import { slicedIntroduced } from '../defects/introduced.js';
import { inheritanceChain, resolveAlong, type ResolveOptions } from '../resolve/resolve.js';
import type { ResolvedDefect } from '../defects/resolved-defects.js';
import { runToEnd, type Interruptible } from '../interruptible.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag, FlagField } from '../types.js';

export interface PromotionOrder {
  /** Slugs of environments that exist. */
  from: string;
  to: readonly string[];
  /** Keys of flags in use. */
  flags: readonly string[];
  fields: readonly FlagField[];
  mode: PromotionMode;
  /** Remove overrides of the source that the promotion makes redundant. */
  prune: boolean;
  /** What happens with a prerequisite that the target has differently: it blocks, it is promoted, too, or it is only told. */
  dependencies: 'block' | 'include' | 'ignore';
  /** Why the target differs from now on; null: its override keeps the reason that it has. */
  reason: string | null;
}

/** A field of the source's own override that gives nothing any more. */
export interface RedundantField {
  environment: string;
  flag: string;
  field: FlagField;
  pruned: boolean;
}

export interface PromotionPlan {
  /** What was asked for, and with `dependencies: 'include'` the prerequisites that it needs; sorted. */
  flags: string[];
  rows: RowEdit[];
  changes: FieldChange[];
  effect: EffectEntry[];
  redundant: RedundantField[];
  obstacles: Obstacle[];
  dependencies: Dependency[];
  /** What would newly be wrong, in any environment. */
  defects: ResolvedDefect[];
  /** The state that applying it leads to. */
  after: State;
}

export function planPromotion(state: State, order: PromotionOrder, options: ResolveOptions = {}): PromotionPlan {
  return runToEnd(slicedPromotion(state, order, options));
}

/** Plans a promotion: what it writes, and all that follows from it. Parents come before their children, so that these can inherit. */
export function* slicedPromotion(
  state: State,
  order: PromotionOrder,
  options: ResolveOptions = {},
): Interruptible<PromotionPlan> {
  const source = environmentBySlug(state, order.from) as Environment;
  const targets = inTreeOrder(state, order.to);
  const needed = order.dependencies === 'include' ? prerequisitesOf(state, order.flags) : [];
  const flags = [...new Set([...order.flags, ...needed])].sort();
  const draft = new Draft(state, order, options);
  for (const key of flags) {
    draft.promote(flagByKey(state, key) as Flag, source, targets);
    yield;
  }
  const { rows, redundant, obstacles } = draft;
  const after = withRowEdits(state, rows);
  const touched = yield* slicedEffect(state, after, flagsOf(state, rows), options);
  return {
    flags,
    rows,
    changes: fieldChanges(rows),
    effect: touched,
    redundant,
    obstacles,
    dependencies: yield* slicedDependencies(state, after, { source, targets, flags }, options),
    defects: yield* slicedIntroduced(state, after, touched, options),
    after,
  };
}

/** The environments whose values a promotion can alter: the targets and all below them, in tree order. */
export function reachedBy(state: State, targets: readonly string[]): Environment[] {
  const found = targets.flatMap((slug) => {
    const environment = environmentBySlug(state, slug);
    return environment ? [environment, ...descendantsOf(state, environment)] : [];
  });
  return inTreeOrder(
    state,
    found.map(({ slug }) => slug),
  );
}

function inTreeOrder(state: State, slugs: readonly string[]): Environment[] {
  const wanted = new Set(slugs);
  return environmentsInTreeOrder(state).filter(({ slug }) => wanted.has(slug));
}

/** The overrides of one flag, by environment id. */
type Rows = ReadonlyMap<string, EnvironmentFlag> | undefined;

class Draft {
  readonly rows: RowEdit[] = [];
  readonly redundant: RedundantField[] = [];
  readonly obstacles: Obstacle[] = [];
  private readonly chains = new Map<Environment, Environment[]>();

  constructor(
    private readonly state: State,
    private readonly order: PromotionOrder,
    private readonly options: ResolveOptions,
  ) {}

  promote(flag: Flag, source: Environment, targets: readonly Environment[]): void {
    const { fields, mode } = this.order;
    let rows = this.state.overrides.get(flag.id);
    const promoted: PromotedFlag = {
      own: contentOf(rows?.get(source.id)),
      resolved: resolveAlong(this.chainOf(source), rows, flag),
    };
    for (const target of targets) {
      const { after, impossible } = promotedRow(promoted, { flag, chain: this.chainOf(target), rows }, fields, mode);
      for (const one of impossible) this.obstacles.push(obstacle(target, flag, one, source));
      rows = this.edit(flag, target, rows, after, this.order.reason);
    }
    if (targets.some((target) => target !== source && this.chainOf(source).includes(target)))
      this.tidy(flag, source, promoted, rows);
  }

  /** What the source would now inherit anyway. */
  private tidy(flag: Flag, source: Environment, promoted: PromotedFlag, rows: Rows): void {
    const redundant = redundantFields(promoted.resolved, { flag, chain: this.chainOf(source), rows }, this.order.fields);
    for (const field of redundant)
      this.redundant.push({ environment: source.slug, flag: flag.key, field, pruned: this.order.prune });
    if (!this.order.prune || redundant.length === 0) return;
    const kept = redundant.reduce((content, field) => withField(content, field, null), promoted.own ?? {});
    this.edit(flag, source, rows, setsNothing(kept) ? null : kept, null);
  }

  private edit(flag: Flag, environment: Environment, rows: Rows, wanted: OverrideContent | null, reason: string | null): Rows {
    const before = contentOf(rows?.get(environment.id));
    if (deepEqual(before, wanted)) return rows;
    const after = wanted && reason !== null ? { ...wanted, reason } : wanted;
    const edit = { environment: environment.slug, flag: flag.key, before, after };
    this.rows.push(edit);
    return withRowEdits({ ...this.state, overrides: rows ? new Map([[flag.id, rows]]) : new Map() }, [edit]).overrides.get(
      flag.id,
    );
  }

  private chainOf(environment: Environment): Environment[] {
    let chain = this.chains.get(environment);
    if (!chain) this.chains.set(environment, (chain = inheritanceChain(this.state, environment, this.options)));
    return chain;
  }
}

function obstacle(target: Environment, { key }: Flag, { field, why }: Impossible, source: Environment): Obstacle {
  const reason =
    why === null
      ? `${source.slug} has no ${field} for ${key}, and an override of ${target.slug} cannot say "none" where it inherits one`
      : `the ${field} that ${target.slug} would need for ${key} cannot be its own: ${why}`;
  return { environment: target.slug, flag: key, field, detail: `${reason}; or leave ${field} out of fields` };
}
