export * from './types.js';
export {
  applyDifferences,
  diff,
  type Difference,
  differingFields,
  flagValues,
  slicedDiff,
  type FlagValues,
  type DiffSide,
  type SideValue,
} from './compare/diff.js';
export { type CellFace, slicedFaces } from './compare/faces.js';
export { effect, type EffectEntry, slicedEffect } from './compare/effect.js';
export { type SegmentDifference, segmentDifferences, slicedSegmentDifferences } from './compare/segment-differences.js';
export { PERCENTAGE_WEIGHT } from './buckets/weights.js';
export { compileEnvironment, slicedCompile } from './compile/compile-environment.js';
export { partWithTags } from './compile/part.js';
export { CompiledTree, keysThatMayDiffer } from './tree/compiled-tree.js';
export type { CompiledFlag, Snapshot } from './compile/snapshot.js';
export { type FlagCost, slicedCosts } from './costs/flag-costs.js';
export { MAX_FLAG_COST } from './costs/rules-price.js';
export { defectsAcross } from './defects/defects-across.js';
export { introducedDefects, type ResolvedDefect, resolvedDefects } from './defects/resolved-defects.js';
export {
  type Branch,
  branchesOf,
  type Check,
  type CheckOutcome,
  checkOutcomes,
  type ServedVariant,
  slicedOutcomes,
} from './evaluate/check-outcomes.js';
export { bulkOf, type VaryingFlag } from './evaluate/bulk.js';
export { EVALUATION_BUDGET } from './evaluate/budget.js';
export { evaluate, evaluateAll, evaluateSeveral } from './evaluate/evaluate.js';
export { isTimed, readsTime } from './evaluate/timed.js';
export { explain, type Explanation } from './evaluate/explain.js';
export { type DocumentChange, documentChange } from './exchange/document-change.js';
export { evaluationAttributes, type ToldEvaluation } from './exchange/evaluation-attributes.js';
export {
  conditionsOf,
  type DefectiveFlag,
  documentOf,
  SNAPSHOT_FORMAT,
  type SnapshotDocument,
  snapshotDocument,
  type SnapshotFlag,
  snapshotFlag,
} from './exchange/snapshot-document.js';
export { snapshotOf } from './exchange/snapshot-of.js';
export {
  type DetectableRequest,
  type DetectedEnvironment,
  detectEnvironment,
  type DetectionSettings,
  type EnvironmentSource,
  type IgnoredBecause,
} from './request/environment-detection.js';
export { type Interruptible, runToEnd } from './interruptible.js';
export { introducedSegmentDefects } from './defects/segment-shapes.js';
export { canonicalJson } from './json/canonical.js';
export { digestOf } from './json/digest.js';
export { deepEqual } from './json/equal.js';
export { isPlainObject, pointerTo } from './json/values.js';
export { parseTimestamp } from './operators/timestamps.js';
export type { Dependency } from './promote/dependencies.js';
export { type Cleared, type ClearedField, slicedClearing } from './promote/clear-broken.js';
export { type EndedLayering, type Kept, type KeepOrder, slicedKeep } from './promote/keep.js';
export type { Obstacle } from './promote/obstacle.js';
export { PROMOTION_MODES, type PromotionMode, type TargetValues } from './promote/promote-flag.js';
export type { KeptField, RedundantField } from './promote/plan-draft.js';
export { planPromotion, type PromotionOrder, type PromotionPlan, reachedBy, slicedPromotion } from './promote/promotion-plan.js';
export { type RevertConflict, type RevertPlan, slicedRevert } from './promote/revert-plan.js';
export { nearestOverride, type PlacedOverride } from './resolve/nearest-override.js';
export {
  contentOf,
  type FieldChange,
  fieldChanges,
  type OverrideContent,
  ownValue,
  type RowEdit,
  INHERIT_ALL,
  type OverrideValues,
  setsNothing,
  toRow,
  valuesOf,
  withField,
  withRowEdits,
} from './resolve/overrides.js';
export { type Resolved, type ResolvedFlag, type ResolvedState, resolveFlag, type Source } from './resolve/resolve.js';
export {
  effectiveSettings,
  type Guard,
  GUARDS,
  KNOWN_SETTINGS,
  type ResolvedSettings,
  resolveGuard,
  resolveSettings,
} from './resolve/settings.js';
export {
  chainOf,
  childrenOf,
  CircularEnvironmentInheritanceError,
  descendantsOf,
  environmentBySlug,
  environmentNamed,
  environmentsInTreeOrder,
  flagByKey,
  slugNamed,
} from './state/chain.js';
export { perObject } from './per-object.js';
export { byKey, ENVIRONMENT_NAME, FLAG_KEY, MAX_NAME_LENGTH, SLUG, UUID } from './state/names.js';
export { prerequisitesOf } from './state/prerequisites.js';
export { dependentsOf, segmentsNamedIn, segmentsReachedBy } from './state/references.js';
export {
  type Counted,
  oversized,
  type SizeChange,
  type SizeLimits,
  slicedSizeChanges,
  type Weighed,
} from './sizes/size-changes.js';
export { MAX_FLAG_BYTES } from './sizes/flag-bytes.js';
export { environmentFlagFromRow, environmentFromRow, flagFromRow, rowOf, segmentFromRow } from './state/rows.js';
export { matcherOf, selectFlags, selectionDefects } from './state/select-flags.js';
export {
  applyEntries,
  type AuditedTable,
  buildState,
  emptyState,
  type Entry,
  rewindEntries,
  slicedRewind,
  slicedApply,
  slicedStateFromRows,
  type State,
  stateFromRows,
  type StateRows,
  type StoredRows,
} from './state/state.js';
export { touchedFlags } from './state/touched-flags.js';
export type { BucketStep, ConditionStep, Step } from './trace/steps.js';
export { CONTEXT_LIMITS, contextDefect } from './validate/context.js';
export { sameInstant, validateInstant } from './validate/rules/instants.js';
export { whyNotOneList } from './validate/rules/one-list-of-rules.js';
export { validateConditions } from './validate/rules/validate-conditions.js';
export { validateAliases, validatePercentage, validatePrerequisites, validateUrl } from './validate/flag/validate-fields.js';
export { validateMetadata } from './validate/flag/validate-metadata.js';
export { mergeSettings, validateSettings, validateSettingsEdit } from './validate/validate-settings.js';
export { validateRules } from './validate/rules/validate-rules.js';
export { validateVariants } from './validate/flag/validate-variants.js';
export { SPLIT_DEFECTS } from './validate/flag/validate-weights.js';
export { type NearlyWhole, nearlyWhole } from './validate/flag/weight-warnings.js';
