import {
  CircularEnvironmentInheritanceError,
  compileEnvironment,
  descendantsOf,
  type Entry,
  type Snapshot,
  type State,
} from '../engine/index.js';

/** By slug: what an environment evaluates with, or why it has no values. */
export type Snapshots = ReadonlyMap<string, Snapshot | CircularEnvironmentInheritanceError>;

export interface RecompileOptions {
  inheritance: boolean;
}

/**
 * The snapshots of `state`. `entries` are all that happened since `previous`; none: anything may have. Only environments whose content
 * can have changed are compiled; the others, and every flag that stayed the same, are shared with `previous`.
 */
export function recompile(previous: Snapshots, state: State, entries: readonly Entry[], options: RecompileOptions): Snapshots {
  const touched = entries.length === 0 ? null : touchedEnvironments(state, entries);
  const snapshots = new Map<string, Snapshot | CircularEnvironmentInheritanceError>();
  for (const environment of state.environments.values()) {
    const known = previous.get(environment.slug);
    const last = known instanceof Error ? undefined : known;
    const stays = last && touched && !touched.has(environment.id);
    snapshots.set(environment.slug, stays ? { ...last, revision: state.revision } : compiled());

    function compiled() {
      try {
        return compileEnvironment(state, environment, { ...options, ...(last && { previous: last }) });
      } catch (error) {
        if (error instanceof CircularEnvironmentInheritanceError) return error;
        throw error;
      }
    }
  }
  return snapshots;
}

/** The ids of the environments whose content `entries` can have changed; null: all of them. */
function touchedEnvironments(state: State, entries: readonly Entry[]): ReadonlySet<string> | null {
  const touched = new Set<string>();
  for (const { table, before, after } of entries) {
    if (table === 'flags' || table === 'segments') return null;
    if (table === 'environment_flags') touch((after ?? before)?.['environment_id']);
    if (table === 'environments' && before?.['parent_id'] !== after?.['parent_id']) touch(after?.['id']);
  }
  return touched;

  function touch(id: unknown): void {
    const environment = state.environments.get(id as string);
    if (!environment) return;
    touched.add(environment.id);
    for (const descendant of descendantsOf(state, environment)) touched.add(descendant.id);
  }
}
