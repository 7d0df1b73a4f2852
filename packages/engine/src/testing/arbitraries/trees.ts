import type { Snapshot } from '../../compile/snapshot.js';
import type { State } from '../../state/state.js';
import { CompiledTree } from '../../tree/compiled-tree.js';

const trees = new WeakMap<Snapshot, CompiledTree>();

/** The snapshot of an environment in the tree that follows the one from which `previous` is; without it, in a first one. */
export function following(at: State, slug: string, previous?: Snapshot): Snapshot {
  const before = previous && trees.get(previous);
  const tree = (before ?? CompiledTree.empty()).to(at);
  const snapshot = tree.snapshot(slug);
  if (!snapshot || snapshot instanceof Error) throw snapshot ?? new Error(`there is no environment ${slug}`);
  trees.set(snapshot, tree);
  return snapshot;
}
