export * from './types.js';
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
export { compileEnvironment, type CompileOptions } from './compile.js';
export { digestOf } from './digest.js';
export { effect, type EffectEntry } from './effect.js';
export { deepEqual } from './equal.js';
export { evaluate } from './evaluate.js';
export { explain, type Explanation } from './explain.js';
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
export { environmentFlagFromRow, environmentFromRow, flagFromRow, segmentFromRow } from './rows.js';
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
export * from './validate.js';
