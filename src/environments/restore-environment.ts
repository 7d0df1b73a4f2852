import { insertRows, updateRows } from '../audit/change/rows.queries.js';
import type { Change } from '../audit/change/change.js';
import { type Environment, environmentFromRow, environmentNamed, type JsonObject, rowOf, type State } from '@flagtree/engine';
import { Conflict, NotFound } from '../platform/http/problems/problem.js';
import { type DeletedEnvironment, deletedEnvironment, nameCause } from './environments.queries.js';

/** What a restore brought back, and what it could not. */
export interface Restored {
  slug: string;
  /** The revision that had deleted it, which this takes back. */
  deletedAtRevision: number;
  overrides: number;
  /** Slugs of the children that hang under it again. */
  children: string[];
  /** How many overrides were of flags that exist no more. */
  leftOut: number;
  /** Aliases that another environment has now. */
  lostAliases: string[];
}

export interface EnvironmentRestoreOptions {
  /** Another parent than the one that it had; undefined: that one. */
  parent: Environment | null | undefined;
  /** Hang the children under it again that its deletion moved away. */
  children: boolean;
}

/**
 * Brings back a deleted environment as the audit log has it: its row, with the same id, and the overrides that were deleted with it.
 * Children come back too if asked for, and only those that still hang where the deletion left them.
 */
export async function restoreEnvironment(change: Change, name: string, options: EnvironmentRestoreOptions): Promise<Restored> {
  assertIsGone(change.state, name);
  const deleted = await deletedEnvironment(change.manager, name);
  if (!deleted) {
    throw new NotFound(
      'environment-not-found',
      `No environment "${name}" was deleted: see GET /api/flags/audit?environment=${name}&action=deleted for what was.`,
    );
  }
  const { id, slug, aliases } = environmentFromRow(deleted.row);
  assertIsGone(change.state, slug);
  const parentId = parentOf(change, slug, deleted, options.parent);
  const isOfFlag = (row: JsonObject) => change.state.flags.has(row['flag_id'] as string);
  const overrides = deleted.overrides.filter(isOfFlag);
  const checks = deleted.checks.filter(isOfFlag);
  const children = options.children ? childrenLeft(change.state, deleted) : [];
  const lostAliases = aliases.filter((alias) => environmentNamed(change.state, alias));
  const row = { ...deleted.row, parent_id: parentId, aliases: aliases.filter((alias) => !lostAliases.includes(alias)) };
  await nameCause(change.manager, `revision:${String(deleted.revision)}`);
  await insertRows(change.manager, 'environments', [row]);
  if (overrides.length > 0) await insertRows(change.manager, 'environment_flags', overrides);
  if (checks.length > 0) await insertRows(change.manager, 'checks', checks);
  if (children.length > 0)
    await updateRows(
      change.manager,
      'environments',
      children.map((child) => rowOf({ ...child, parentId: id })),
    );
  await change.sync();
  return {
    slug,
    deletedAtRevision: deleted.revision,
    overrides: overrides.length,
    children: children.map((child) => child.slug).sort(),
    leftOut: deleted.overrides.length - overrides.length,
    lostAliases,
  };
}

function assertIsGone(state: State, name: string): void {
  const environment = environmentNamed(state, name);
  if (!environment) return;
  const named = environment.slug === name ? `"${name}"` : `"${name}" ("${environment.slug}")`;
  throw new Conflict(
    'environment-exists',
    `There is an environment ${named} already: delete that one first, if the deleted one of this name is to come back.`,
  );
}

function parentOf(
  { state }: Change,
  slug: string,
  { row }: DeletedEnvironment,
  wanted: Environment | null | undefined,
): string | null {
  const parentId = wanted === undefined ? (row['parent_id'] as string | null) : (wanted?.id ?? null);
  if (parentId !== null && !state.environments.has(parentId)) {
    throw new Conflict(
      'parent-gone',
      `The parent of "${slug}" was deleted too: restore that one first, or name another one as "parent" in the body.`,
    );
  }
  return parentId;
}

function childrenLeft({ environments }: State, { children, row }: DeletedEnvironment): Environment[] {
  return children.flatMap((id) => environments.get(id) ?? []).filter(({ parentId }) => parentId === row['parent_id']);
}
