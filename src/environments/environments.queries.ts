import type { EntityManager } from 'typeorm';
import type { JsonObject } from '@flagtree/engine';

/** What the audit log keeps of an environment that was deleted. Rows are as audit entries have them. */
export interface DeletedEnvironment {
  /** The revision that deleted it. */
  revision: number;
  row: JsonObject;
  /** The overrides that went with it. */
  overrides: JsonObject[];
  /** And the checks that had to hold there. */
  checks: JsonObject[];
  /** The ids of the children that were hung elsewhere. */
  children: string[];
}

/** The newest deletion of an environment of this slug, else of one that had this alias or id; null when there is none. */
export async function deletedEnvironment(manager: EntityManager, name: string): Promise<DeletedEnvironment | null> {
  const newest = async (isIt: string) => {
    const [found] = await manager.query<{ revision: string; row: JsonObject }[]>(
      `SELECT entry.revision, entry.before AS row
         FROM flagtree.audit_entries AS entry
        WHERE ${isIt} AND entry.table_name = 'environments' AND entry.action = 'deleted'
        ORDER BY entry.id DESC
        LIMIT 1`,
      [name],
    );
    return found;
  };
  const deleted =
    (await newest('entry.environment_slug = $1')) ??
    (await newest(`(entry.row_id::text = lower($1) OR entry.before -> 'aliases' ? $1)`));
  if (!deleted) return null;
  const within = [deleted.revision, deleted.row['id']];
  const belongings = await manager.query<{ table_name: string; row: JsonObject }[]>(
    `SELECT entry.table_name, entry.before AS row
       FROM flagtree.audit_entries AS entry
      WHERE entry.revision = $1 AND entry.action = 'deleted' AND entry.before ->> 'environment_id' = $2
      ORDER BY entry.id`,
    within,
  );
  const of = (table: string) => belongings.filter(({ table_name: name }) => name === table).map(({ row }) => row);
  const children = await manager.query<{ id: string }[]>(
    `SELECT entry.row_id AS id
       FROM flagtree.audit_entries AS entry
      WHERE entry.revision = $1 AND entry.table_name = 'environments' AND entry.action = 'updated'
        AND entry.before ->> 'parent_id' = $2 AND entry.after ->> 'parent_id' IS DISTINCT FROM $2
      ORDER BY entry.id`,
    within,
  );
  return {
    revision: Number(deleted.revision),
    row: deleted.row,
    overrides: of('environment_flags'),
    checks: of('checks'),
    children: children.map(({ id }) => id),
  };
}

/** Lets the entries of the rest of this transaction say what they take back. */
export async function nameCause(manager: EntityManager, cause: string): Promise<void> {
  await manager.query(`SELECT set_config('flagtree.causation_id', $1, true)`, [cause]);
}
