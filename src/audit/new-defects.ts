import { resolvedDefects, resolveFlag, type ResolvedDefect, type Entry, type State } from '../engine/index.js';
import type { Flag, JsonObject } from '../engine/types.js';
import { Unprocessable } from '../platform/http/problem.js';

/**
 * A write is valid only if what it touches resolves to something valid in every environment; it answers for no defect that was there before.
 * @throws {Unprocessable} listing each broken (environment, flag, field).
 */
export function assertNoNewDefects(before: State, after: State, entries: readonly Entry[]): void {
  const flags = touchedFlags(before, after, entries);
  if (flags.length === 0) return;
  const known = new Set(defectsOf(before, flags).map((defect) => identity(before, defect)));
  const introduced = defectsOf(after, flags).filter((defect) => !known.has(identity(before, defect)));
  if (introduced.length === 0) return;
  const places = introduced.map(({ environment, flag, field, code, detail }) => ({ pointer: `/${field}`, code, detail, environment, flag, field }));
  const [first] = introduced;
  const where = [...new Set(introduced.map(({ environment }) => environment))].join(', ');
  throw new Unprocessable('invalid-flag', `This would break ${first?.flag ?? 'a flag'} in ${where}: ${first?.detail ?? ''} Nothing was changed.`, places);
}

/** The ids of all flags whose validity the entries can alter. */
function touchedFlags(before: State, after: State, entries: readonly Entry[]): string[] {
  const everything = entries.some(
    ({ table, before: was, after: is }) => table === 'segments' || (table === 'environments' && was !== null && was['parent_id'] !== is?.['parent_id']),
  );
  if (everything) return [...after.flags.keys()];
  const touched = new Set<string>();
  for (const { table, before: was, after: is } of entries) {
    const row = (is ?? was) as JsonObject;
    if (table === 'flags') touched.add(row['id'] as string);
    if (table === 'environment_flags') touched.add(row['flag_id'] as string);
  }
  const flags = [...after.flags.values()];
  for (let grown = true; grown;) {
    const keys = new Set([...touched].map((id) => (after.flags.get(id) ?? before.flags.get(id))?.key));
    const dependents = flags.filter(({ id, prerequisites }) => !touched.has(id) && prerequisites.some(({ flag }) => keys.has(flag)));
    for (const { id } of dependents) touched.add(id);
    grown = dependents.length > 0;
  }
  return [...touched];
}

function defectsOf(state: State, flagIds: readonly string[]): ResolvedDefect[] {
  const flags = flagIds.map((id) => state.flags.get(id)).filter((flag): flag is Flag => flag !== undefined && flag.archivedAt === null);
  return [...state.environments.values()].flatMap((environment) =>
    flags.flatMap((flag) => {
      try {
        return resolvedDefects(state, resolveFlag(state, environment, flag));
      } catch {
        return []; // a cycle among the environments, which no write through this door can make: it is told where it is read
      }
    }),
  );
}

/** A new environment inherits defects of its parent's: it is not to blame for them, so its name does not count. */
function identity(before: State, { environment, flag, field, code, detail }: ResolvedDefect): string {
  const existed = [...before.environments.values()].some(({ slug }) => slug === environment);
  return JSON.stringify([existed ? environment : null, flag, field, code, detail]);
}
