export * from './types.js';
export { whyNotOneList } from './as-one-list.js';
export { canonicalJson } from './canonical.js';
export {
  chainOf,
  childrenOf,
  CircularEnvironmentInheritanceError,
  descendantsOf,
  effectiveSettings,
  environmentBySlug,
  environmentsInTreeOrder,
  flagByKey,
} from './chain.js';
export {
  branchesOf,
  checkOutcomes,
  slicedOutcomes,
  type Branch,
  type Check,
  type CheckOutcome,
  type Served,
} from './check-outcomes.js';
export { compileEnvironment, type CompileOptions } from './compile.js';
export {
  applyDifferences,
  diff,
  differingFields,
  flagValues,
  type Difference,
  type FlagValues,
  type Side,
  type SideValue,
} from './diff.js';
export { digestOf } from './digest.js';
export { defectsAcross } from './defects-across.js';
export { effect, type EffectEntry, slicedEffect } from './effect.js';
export { deepEqual } from './equal.js';
export { bulkOf, type VaryingFlag } from './bulk.js';
export { evaluate, evaluateAll } from './evaluate.js';
export { explain, type Explanation } from './explain.js';
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
} from './override-rows.js';
export { PROMOTION_MODES, type PromotionMode } from './promote-flag.js';
export { type Dependency, prerequisitesOf } from './promotion-dependencies.js';
export {
  type Obstacle,
  planPromotion,
  type PromotionOrder,
  type PromotionPlan,
  reachedBy,
  type RedundantField,
  slicedPromotion,
} from './promotion-plan.js';
export type { BucketStep, ConditionStep, Step } from './recorder.js';
export { dependentsOf, segmentsNamedIn, segmentsReachedBy } from './references.js';
export {
  resolveFlag,
  type Resolved,
  type ResolvedFlag,
  type ResolvedState,
  type ResolveOptions,
  type Source,
} from './resolve.js';
export { introducedDefects, resolvedDefects, type ResolvedDefect } from './resolved-defects.js';
export { slicedRevert, type RevertConflict, type RevertPlan } from './revert-plan.js';
export { environmentFlagFromRow, environmentFromRow, flagFromRow, segmentFromRow } from './rows.js';
export { inOneGo, type Sliced } from './sliced.js';
export { segmentDifferences, type SegmentDifference } from './segment-differences.js';
export {
  applyEntries,
  buildState,
  emptyState,
  rewindEntries,
  type AuditedTable,
  type Entry,
  type State,
  type StateRows,
} from './state.js';
export { parseTimestamp } from './timestamps.js';
export { touchedFlags } from './touched.js';
export * from './validate.js';
