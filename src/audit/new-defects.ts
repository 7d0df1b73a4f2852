import { dependentsOf, resolvedDefects, type ResolvedDefect, type ResolveOptions, resolveFlag, type Entry, type State } from '../engine/index.js';
import type { Flag, JsonObject } from '../engine/types.js';
import { Unprocessable } from '../platform/http/problem.js';

/**
 * A write is valid only if what it touches resolves to something valid in every environment; it answers for no defect that was there before.
 * @throws {Unprocessable} listing each broken (environment, flag, field).
 */
export function assertNoNewDefects(before: State, after: State, entries: readonly Entry[], options: ResolveOptions): void {
  const flags = touchedFlags(before, after, entries);
  if (flags.length === 0) return;
  const known = new Set(defectsOf(before, flags, options).flatMap((defect) => [identity(defect), identity(defect, null)]));
  const existed = new Set([...before.environments.values()].map(({ slug }) => slug));
  // A new environment is not to blame for what it inherits, so its name does not count.
  const isKnown = (defect: ResolvedDefect) => known.has(identity(defect, existed.has(defect.environment) ? defect.environment : null));
  const introduced = defectsOf(after, flags, options).filter((defect) => !isKnown(defect));
  const [first] = introduced;
  if (!first) return;
  const where = [...new Set(introduced.map(({ environment }) => environment))].join(', ');
  throw new Unprocessable(
    'invalid-flag',
    `This would break "${first.flag}" in ${where}: ${first.detail}. Nothing was changed.`,
    introduced.map(({ environment, flag, field, code, detail }) => ({ pointer: `/${field}`, code, detail, environment, flag, field })),
  );
}

/** The ids of all flags whose validity the entries can alter. */
function touchedFlags(before: State, after: State, entries: readonly Entry[]): string[] {
  if (entries.some(altersEveryFlag)) return [...after.flags.keys()];
  const touched = new Set<string>();
  const waiting: string[] = [];
  const touch = (id: string) => {
    if (touched.has(id)) return;
    touched.add(id);
    waiting.push(id);
  };
  for (const { table, before: was, after: is } of entries) {
    const row = (is ?? was) as JsonObject;
    if (table === 'flags') touch(row['id'] as string);
    if (table === 'environment_flags') touch(row['flag_id'] as string);
  }
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const flag = after.flags.get(id) ?? before.flags.get(id);
    if (flag) for (const dependent of dependentsOf(after, flag.key)) touch(dependent.id);
  }
  return [...touched];
}

function altersEveryFlag({ table, before, after }: Entry): boolean {
  return table === 'segments' || (table === 'environments' && before !== null && before['parent_id'] !== after?.['parent_id']);
}

function defectsOf(state: State, flagIds: readonly string[], options: ResolveOptions): ResolvedDefect[] {
  const flags = flagIds.map((id) => state.flags.get(id)).filter((flag): flag is Flag => flag?.archivedAt === null);
  return [...state.environments.values()].flatMap((environment) =>
    flags.flatMap((flag) => resolvedDefects(state, resolveFlag(state, environment, flag, options), options)),
  );
}

function identity({ environment, flag, field, code, detail }: ResolvedDefect, where: string | null = environment): string {
  return JSON.stringify([where, flag, field, code, detail]);
}
