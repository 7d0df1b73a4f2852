/** The only way into the engine. */
import { type Bucketing, CompiledTree, type Environment, type Flag, type Segment, type Snapshot } from '@flagtree/engine';
import type { HeldDocument } from './snapshot/held-document.js';

export {
  deepEqual,
  type Evaluation,
  evaluate,
  evaluationAttributes,
  type EvaluationContext,
  type Snapshot,
} from '@flagtree/engine';

const NEVER = { createdAt: '1970-01-01T00:00:00Z', updatedAt: '1970-01-01T00:00:00Z', version: 1 };

/** The flags of a document, ready to be evaluated: a state of one environment, which inherits nothing. */
export function snapshotOf(document: HeldDocument, previous?: Snapshot): Snapshot {
  const environment = {
    id: 'e', slug: document.environment, aliases: [], name: '', description: null, url: null, parentId: null, settings: {}, isActive: true, expiresAt: null, ...NEVER,
  } satisfies Environment; // prettier-ignore
  const flags = new Map<string, Flag>();
  for (const [key, row] of Object.entries(document.flags)) {
    flags.set(key, {
      id: key, key, name: key, description: null, owner: null, tags: [], permanent: false, expiresAt: null, archivedAt: null,
      ...(row as unknown as { bucketing: Bucketing }), ...NEVER,
    } as unknown as Flag); // prettier-ignore
  }
  const segments = new Map<string, Segment>();
  for (const [key, row] of Object.entries(document.segments))
    segments.set(key, {
      id: key,
      key,
      name: key,
      description: null,
      ...(row as unknown as Pick<Segment, 'conditions'>),
      ...NEVER,
    });
  const tree = ((previous && trees.get(previous)) ?? CompiledTree.empty()).to({
    revision: document.revision,
    inheritance: true,
    environments: new Map([['e', environment]]),
    flags,
    overrides: new Map(),
    segments,
  });
  const snapshot = tree.snapshot(document.environment) as Snapshot;
  trees.set(snapshot, tree);
  return snapshot;
}

/** From which the snapshot of the next document is made. */
const trees = new WeakMap<Snapshot, CompiledTree>();

/** Whether the flag asks for the time, itself or through others. */
export function isTimed(_snapshot: Snapshot, _key: string): boolean {
  return true;
}
