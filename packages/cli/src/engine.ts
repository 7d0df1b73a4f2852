/** All that the command line takes of the engine. */
export {
  deepEqual,
  type Environment,
  environmentNamed,
  environmentsInTreeOrder,
  type JsonValue,
  type State,
} from '@flagtree/engine';
export {
  didYouMean,
  type DryRun,
  dryRun,
  type DryRunResult,
  type Finding,
  isRead,
  render,
  type Severity,
  type SourceFile,
  type Validated,
  validateDirectory,
} from '@flagtree/engine/files';
