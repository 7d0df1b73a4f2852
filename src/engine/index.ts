export * from './types.js';
export { whyNotOneList } from './validate/one-list-of-rules.js';
export { canonicalJson } from './json/canonical.js';
export {
  chainOf,
  childrenOf,
  CircularEnvironmentInheritanceError,
  descendantsOf,
  effectiveSettings,
  environmentBySlug,
  environmentsInTreeOrder,
  flagByKey,
} from './state/chain.js';
export {
  branchesOf,
  checkOutcomes,
  slicedOutcomes,
  type Branch,
  type Check,
  type CheckOutcome,
  type Served,
} from './evaluate/check-outcomes.js';
export { compileEnvironment, type CompileOptions } from './compile/compile-environment.js';
export {
  applyDifferences,
  diff,
  differingFields,
  flagValues,
  type Difference,
  type FlagValues,
  type Side,
  type SideValue,
} from './compare/diff.js';
export { digestOf } from './json/digest.js';
export { defectsAcross } from './defects/defects-across.js';
export { effect, type EffectEntry, slicedEffect } from './compare/effect.js';
export { deepEqual } from './json/equal.js';
export { bulkOf, type VaryingFlag } from './evaluate/evaluate-all.js';
export { evaluate, evaluateAll } from './evaluate/evaluate.js';
export { explain, type Explanation } from './evaluate/explain.js';
export {
  contentOf,
  type FieldChange,
  fieldChanges,
  type OverrideContent,
  ownValue,
  type RowEdit,
  rowOf,
  setsNothing,
  withField,
  withRowEdits,
} from './resolve/overrides.js';
export { PROMOTION_MODES, type PromotionMode } from './promote/promote-flag.js';
export { type Dependency } from './promote/dependencies.js';
export { prerequisitesOf } from './state/prerequisites.js';
export {
  type Obstacle,
  planPromotion,
  type PromotionOrder,
  type PromotionPlan,
  reachedBy,
  type RedundantField,
  slicedPromotion,
} from './promote/promotion-plan.js';
export type { BucketStep, ConditionStep, Step } from './trace/steps.js';
export { dependentsOf, segmentsNamedIn, segmentsReachedBy } from './state/references.js';
export {
  resolveFlag,
  type Resolved,
  type ResolvedFlag,
  type ResolvedState,
  type ResolveOptions,
  type Source,
} from './resolve/resolve.js';
export { introducedDefects, resolvedDefects, type ResolvedDefect } from './defects/resolved-defects.js';
export { slicedRevert, type RevertConflict, type RevertPlan } from './promote/revert-plan.js';
export { environmentFlagFromRow, environmentFromRow, flagFromRow, segmentFromRow } from './state/rows.js';
export { runToEnd, type Interruptible } from './interruptible.js';
export { segmentDifferences, type SegmentDifference } from './compare/segment-differences.js';
export {
  applyEntries,
  buildState,
  emptyState,
  rewindEntries,
  type AuditedTable,
  type Entry,
  type State,
  type StateRows,
} from './state/state.js';
export { parseTimestamp } from './operators/timestamps.js';
export { touchedFlags } from './state/touched-flags.js';
export * from './validate/validate.js';
