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
import type { Obstacle } from './obstacle.js';
import {
  type Impossible,
  overridesNothing,
  type PromotedFlag,
  promotedOf,
  promotedRow,
  type PromotionMode,
  redundantFields,
  resolveAbove,
  type TargetValues,
} from './promote-flag.js';
import { layeredRules } from './promoted-rules.js';
import { whyNotOneList } from '../validate/one-list-of-rules.js';
import { slicedIntroduced } from '../defects/introduced.js';
import { inheritanceChain, resolveAlong, type ResolvedFlag, type ResolveOptions } from '../resolve/resolve.js';
import type { ResolvedDefect } from '../defects/resolved-defects.js';
import { runToEnd, type Interruptible } from '../interruptible.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag, FlagField, Rule } from '../types.js';

export interface PromotionOrder {
  /** Slugs of environments that exist. */
  from: string;
  to: readonly string[];
  /** Keys of flags in use. */
  flags: readonly string[];
  fields: readonly FlagField[];
  mode: PromotionMode;
  /** Values that each target gets instead of the source's, whether or not `fields` names them. */
  with: TargetValues;
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
  /** Those of the flags asked for that the source does not override, in the modes that take its override. */
  skipped: string[];
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
  const draft = new PlanDraft(state, order, options);
  for (const key of flags) {
    draft.promote(flagByKey(state, key) as Flag, source, targets);
    yield;
  }
  const { rows, skipped, redundant, obstacles } = draft;
  const after = withRowEdits(state, rows);
  const touched = yield* slicedEffect(state, after, flagsOf(state, rows), options);
  return {
    flags,
    skipped: skipped.filter((key) => order.flags.includes(key)),
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

class PlanDraft {
  readonly rows: RowEdit[] = [];
  readonly skipped: string[] = [];
  readonly redundant: RedundantField[] = [];
  readonly obstacles: Obstacle[] = [];
  private readonly chains = new Map<Environment, Environment[]>();
  /** The source and the targets. */
  private places: Environment[] | null = null;

  constructor(
    private readonly state: State,
    private readonly order: PromotionOrder,
    private readonly options: ResolveOptions,
  ) {}

  /** In the order of the tree: what is below the source then inherits what the source is left with. */
  promote(flag: Flag, source: Environment, targets: readonly Environment[]): void {
    const places = (this.places ??= inTreeOrder(this.state, [source.slug, ...this.order.to]));
    let rows = this.state.overrides.get(flag.id);
    const promoted: PromotedFlag = {
      own: contentOf(rows?.get(source.id)),
      resolved: resolveAlong(this.chainOf(source), rows, flag),
    };
    if (overridesNothing(promoted.own, this.order)) {
      this.skipped.push(flag.key);
      return;
    }
    const isBelowATarget = targets.some((target) => target !== source && this.chainOf(source).includes(target));
    for (const place of places) {
      if (targets.includes(place)) rows = this.write(flag, place, promoted, rows, source);
      if (place === source && isBelowATarget) rows = this.tidy(flag, source, promoted, rows);
    }
  }

  private write(flag: Flag, target: Environment, promoted: PromotedFlag, rows: Rows, source: Environment): Rows {
    const { after, impossible } = promotedRow(promoted, { flag, chain: this.chainOf(target), rows }, this.order);
    for (const one of impossible) this.obstacles.push(obstacle(target, flag, one, source));
    return this.edit(flag, target, rows, after, this.order.reason);
  }

  /**
   * What the source would now inherit anyway. Rules that it adds to inherited ones, and that its target has now, go in any case where they
   * would be there twice.
   */
  private tidy(flag: Flag, source: Environment, promoted: PromotedFlag, rows: Rows): Rows {
    const { fields, mode, prune, with: values } = this.order;
    const place = { flag, chain: this.chainOf(source), rows };
    const redundant = redundantFields(promoted.resolved, place, promotedOf(fields, values));
    const isTwice = mode !== 'exact' && fields.includes('rules') && values.rules === undefined && isLayer(promoted.own);
    const pruned = redundant.filter((field) => prune || (field === 'rules' && isTwice));
    for (const field of redundant)
      this.redundant.push({ environment: source.slug, flag: flag.key, field, pruned: pruned.includes(field) });
    let left = pruned.reduce((content, field) => withField(content, field, null), promoted.own ?? {});
    const rules = promoted.resolved.fields.rules.value;
    const resolvesTo = (content: OverrideContent) => ownRules(content, resolveAbove(place));
    if (isTwice && mode === 'resolved' && !redundant.includes('rules') && !deepEqual(resolvesTo(left), rules)) {
      const why = whyNotOneList(rules);
      if (why === null) left = withField(left, 'rules', { rules, rulesMode: 'replace' });
      else this.obstacles.push(obstacle(source, flag, { field: 'rules', why }, source));
    }
    if (deepEqual(left, promoted.own ?? {})) return rows;
    return this.edit(flag, source, rows, setsNothing(left) ? null : left, null);
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

function isLayer(own: OverrideContent | null): boolean {
  return own?.rules !== undefined && own.rulesMode !== 'replace';
}

function ownRules(content: OverrideContent, above: ResolvedFlag): Rule[] {
  const inherited = above.fields.rules.value;
  return content.rules ? layeredRules(inherited, content) : inherited;
}

function obstacle(target: Environment, { key }: Flag, { field, why }: Impossible, source: Environment): Obstacle {
  const reason =
    why === null
      ? `${source.slug} has no ${field} for ${key}, and an override of ${target.slug} cannot say "none" where it inherits one`
      : `the ${field} that ${target.slug} would need for ${key} cannot be its own: ${why}`;
  return { environment: target.slug, flag: key, field, detail: `${reason}; or leave ${field} out of fields` };
}
