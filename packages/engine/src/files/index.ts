export { type DryRun, dryRun, type DryRunOptions, type DryRunResult, type UnreachedBranch } from './dry-run/dry-run.js';
export { hasErrors, type Validated, validateDirectory } from './findings/validate-directory.js';
export { contentOfFields, stateOf, type ServerTree } from './merge/state-of.js';
export { render } from './merge/render.js';
export { didYouMean, nearest } from './nearest.js';
export { isRead, roleOf } from './read/layout.js';
export { findingsOf, readDirectory } from './read/read-directory.js';
export { SOURCE_NAME } from './read/tree-file.js';
export { isNamed, ownerOf } from './reconcile/ownership.js';
export {
  type DeclaredChange,
  type DeclaredConflict,
  type Drift,
  type HeldField,
  reconcile,
  type Reconciled,
  type ReconcileOptions,
} from './reconcile/reconcile.js';
export {
  type DeclaredThing,
  defaultOf,
  flagWith,
  identityOf,
  liveFields,
  nameOf,
  type SaidThing,
  sameField,
  type NamedThing,
  THING_KINDS,
  type ThingKind,
  thingsOf,
} from './reconcile/things.js';
export { FILE_SCHEMAS, fileSchema, type FileSchemaName } from './schemas/file-schemas.js';
export * from './words.js';
