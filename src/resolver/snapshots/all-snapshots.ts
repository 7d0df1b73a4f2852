import { CircularEnvironmentInheritanceError, compileEnvironment, type Snapshot, type State } from '@flagtree/engine';

/** By slug: what an environment evaluates with, or why it has no values. */
export type Snapshots = ReadonlyMap<string, Snapshot | CircularEnvironmentInheritanceError>;

/** The snapshots of `state`. What did not change since `previous` is shared with it: environments, flags, compiled programs. */
export function recompile(previous: Snapshots, state: State): Snapshots {
  const snapshots = new Map<string, Snapshot | CircularEnvironmentInheritanceError>();
  for (const environment of state.environments.values()) {
    const last = previous.get(environment.slug);
    try {
      snapshots.set(
        environment.slug,
        compileEnvironment(state, environment, { previous: last instanceof Error ? undefined : last }),
      );
    } catch (error) {
      if (!(error instanceof CircularEnvironmentInheritanceError)) throw error;
      snapshots.set(environment.slug, error);
    }
  }
  return snapshots;
}
