import type { EntityManager } from 'typeorm';
import { environmentFromRow, type Guard, type JsonObject, resolveGuard, buildState, type Environment } from '@flagtree/engine';

export type Guards = Readonly<Record<Guard, boolean>>;

/** Whoever had a name last, as it was guarded then. */
export interface FormerBearer {
  id: string;
  slug: string;
  guards: Guards;
}

/** What the log knows of names and environments that are not there. */
export interface FormerEnvironments {
  /** By name. */
  bearers: ReadonlyMap<string, FormerBearer>;
  /** By id: of environments that were deleted, as they were guarded then. */
  guards: ReadonlyMap<string, Guards>;
}

export const NO_PAST: FormerEnvironments = { bearers: new Map(), guards: new Map() };

/** An environment lost a name, or its existence, in this revision. */
interface Loss {
  id: string;
  revision: number;
}

/** As of the revision `head`, so that what an open change has written itself is not asked about. */
export async function pastEnvironments(
  manager: EntityManager,
  { names, ids }: { names: readonly string[]; ids: readonly string[] },
  head: number,
): Promise<FormerEnvironments> {
  const bearers = new Map<string, FormerBearer>();
  for (const name of names) {
    const loss = await lossOfName(manager, name, head);
    const last = loss && (await environmentBefore(manager, loss));
    if (last) bearers.set(name, last);
  }
  const guards = new Map<string, Guards>();
  for (const id of ids) {
    const loss = await lossOf(manager, id, head);
    const last = loss && (await environmentBefore(manager, loss));
    if (last) guards.set(id, last.guards);
  }
  return { bearers, guards };
}

async function lossOfName(manager: EntityManager, name: string, head: number): Promise<Loss | null> {
  return newest(
    manager,
    `entry.table_name = 'environments' AND entry.before IS NOT NULL
     AND (entry.before ->> 'slug' = $1 OR entry.before -> 'aliases' ? $1)
     AND NOT coalesce(entry.after ->> 'slug' = $1 OR entry.after -> 'aliases' ? $1, false)`,
    [name, head],
  );
}

async function lossOf(manager: EntityManager, id: string, head: number): Promise<Loss | null> {
  return newest(manager, `entry.table_name = 'environments' AND entry.row_id = $1 AND entry.action = 'deleted'`, [id, head]);
}

async function newest(manager: EntityManager, isIt: string, values: [string, number]): Promise<Loss | null> {
  const [found] = await manager.query<{ id: string; revision: string }[]>(
    `SELECT entry.row_id AS id, entry.revision
       FROM flagtree.audit_entries AS entry
      WHERE ${isIt} AND entry.revision <= $2
      ORDER BY entry.id DESC
      LIMIT 1`,
    values,
  );
  return found ? { id: found.id, revision: Number(found.revision) } : null;
}

/** As the environment and those above it were before that revision. */
async function environmentBefore(manager: EntityManager, { id, revision }: Loss): Promise<FormerBearer | null> {
  const chain: Environment[] = [];
  for (let next: string | null = id; next !== null && !chain.some((link) => link.id === next);) {
    const row: JsonObject | null = await rowBefore(manager, next, revision);
    if (!row) break;
    const link = environmentFromRow(row);
    chain.push(link);
    next = link.parentId;
  }
  const [own] = chain;
  if (!own) return null;
  const state = buildState({ revision, environments: chain, flags: [], overrides: [], segments: [] });
  const holds = (guard: Guard) => resolveGuard(state, own, guard).holds;
  return { id, slug: own.slug, guards: { protected: holds('protected'), require_approval: holds('require_approval') } };
}

/** The row as the last revision before this one left it; of a row that is younger, as this revision found it. */
async function rowBefore(manager: EntityManager, id: string, revision: number): Promise<JsonObject | null> {
  const [found] = await manager.query<{ row: JsonObject | null }[]>(
    `SELECT CASE WHEN entry.revision < $2 THEN entry.after ELSE coalesce(entry.before, entry.after) END AS row
       FROM flagtree.audit_entries AS entry
      WHERE entry.row_id = $1 AND entry.table_name = 'environments' AND entry.revision <= $2
      ORDER BY entry.revision < $2 DESC, CASE WHEN entry.revision < $2 THEN -entry.id ELSE entry.id END
      LIMIT 1`,
    [id, revision],
  );
  return found?.row ?? null;
}
