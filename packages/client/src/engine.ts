/** The only way into the engine. */
import { SNAPSHOT_FORMAT, type Snapshot, type SnapshotDocument, snapshotOf as made } from '@flagtree/engine';
import type { HeldDocument } from './snapshot/held-document.js';

export {
  deepEqual,
  type Evaluation,
  evaluate,
  evaluationAttributes,
  type EvaluationContext,
  isTimed,
  type Snapshot,
} from '@flagtree/engine';

/** The flags of a document, ready to be evaluated; what says the same as in `previous` is taken from there. */
export function snapshotOf(document: HeldDocument, previous?: Snapshot): Snapshot {
  return made({ ...document, format: SNAPSHOT_FORMAT } as unknown as SnapshotDocument, previous);
}
