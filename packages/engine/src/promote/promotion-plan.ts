import { descendantsOf, environmentBySlug, environmentsInTreeOrder, flagByKey } from '../state/chain.js';
import { type EffectEntry, slicedEffect } from '../compare/effect.js';
import { slicedIntroduced } from '../defects/introduced.js';
import type { ResolvedDefect } from '../defects/resolved-defects.js';
import { type Interruptible, runToEnd } from '../interruptible.js';
import { type FieldChange, fieldChanges, flagsOf, mergedEdits, type RowEdit, withRowEdits } from '../resolve/overrides.js';
import { prerequisitesOf } from '../state/prerequisites.js';
import type { State } from '../state/state.js';
import type { Environment, Flag, FlagField } from '../types.js';
import { type Dependency, slicedDependencies } from './dependencies.js';
import type { Obstacle } from './obstacle.js';
import { type KeptField, PlanDraft, type RedundantField } from './plan-draft.js';
import type { PromotionMode, TargetValues } from './promote-flag.js';

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
  /** Slugs of environments that do not follow their target; true: the topmost ones that would change. */
  keep: readonly string[] | true;
  /** What happens with a prerequisite that the target has differently: it blocks, it is promoted, too, or it is only told. */
  dependencies: 'block' | 'include' | 'ignore';
  /** Why the target differs from now on; null: its override keeps the reason that it has. */
  reason: string | null;
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
  kept: KeptField[];
  obstacles: Obstacle[];
  dependencies: Dependency[];
  /** What would newly be wrong, in any environment. */
  defects: ResolvedDefect[];
  /** The state that applying it leads to. */
  after: State;
}

export function planPromotion(state: State, order: PromotionOrder): PromotionPlan {
  return runToEnd(slicedPromotion(state, order));
}

/** Plans a promotion: what it writes, and all that follows from it. Parents come before their children, so that these can inherit. */
export function* slicedPromotion(state: State, order: PromotionOrder): Interruptible<PromotionPlan> {
  const source = environmentBySlug(state, order.from) as Environment;
  const targets = inTreeOrder(state, order.to);
  const needed = order.dependencies === 'include' ? prerequisitesOf(state, order.flags) : [];
  const flags = [...new Set([...order.flags, ...needed])].sort();
  const draft = new PlanDraft(state, { ...order, source, targets });
  for (const key of flags) {
    draft.promote(flagByKey(state, key) as Flag);
    yield;
  }
  const rows = mergedEdits(draft.rows);
  const after = withRowEdits(state, rows);
  const touched = yield* slicedEffect(state, after, flagsOf(state, rows));
  return {
    flags,
    skipped: draft.skipped.filter((key) => order.flags.includes(key)),
    rows,
    changes: fieldChanges(rows),
    effect: touched,
    redundant: draft.redundant,
    kept: draft.kept,
    obstacles: draft.obstacles,
    dependencies: yield* slicedDependencies(state, after, { source, targets, flags }),
    defects: yield* slicedIntroduced(state, after, touched),
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
