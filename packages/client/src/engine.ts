/** The only way into the engine. */
import { SNAPSHOT_FORMAT, type Snapshot, type SnapshotDocument, snapshotOf as made } from '@flagtree/engine';
import type { HeldDocument } from './snapshot/held-document.js';

export {
  deepEqual,
  type Evaluation,
  evaluate,
  evaluationAttributes,
  type EvaluationContext,
  type Snapshot,
} from '@flagtree/engine';

/** The flags of a document, ready to be evaluated; what says the same as in `previous` is taken from there. */
export function snapshotOf(document: HeldDocument, previous?: Snapshot): Snapshot {
  const whole = { ...document, format: SNAPSHOT_FORMAT, chain: [document.environment] };
  return made(whole as unknown as SnapshotDocument, previous);
}

/** Whether the flag asks for the time, itself or through others. */
export function isTimed(_snapshot: Snapshot, _key: string): boolean {
  return true;
}
