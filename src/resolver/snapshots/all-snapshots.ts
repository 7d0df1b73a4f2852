import type { CircularEnvironmentInheritanceError, CompiledTree, Snapshot } from '@flagtree/engine';

/** By slug: what an environment evaluates with, or why it has no values. */
export type Snapshots = ReadonlyMap<string, Snapshot | CircularEnvironmentInheritanceError>;

/** Of every environment there is: for who needs them all, since a snapshot is made when it is first asked for. */
export function allSnapshots(tree: CompiledTree): Snapshots {
  const snapshots = new Map<string, Snapshot | CircularEnvironmentInheritanceError>();
  for (const { slug } of tree.state.environments.values()) {
    const snapshot = tree.snapshot(slug);
    if (snapshot) snapshots.set(slug, snapshot);
  }
  return snapshots;
}
