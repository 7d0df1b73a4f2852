import type { EntityManager } from 'typeorm';
import type { Entry, JsonObject, JsonValue } from '@flagtree/engine';

export type WritableTable = Extract<Entry['table'], 'environments' | 'segments' | 'flags' | 'environment_flags' | 'checks'>;

/** The columns that a writer says; the others (versions, times) are the database's own. The first is the key. */
const COLUMNS: Record<WritableTable, readonly [string, ...string[]]> = {
  environments: ['id', 'slug', 'aliases', 'name', 'description', 'url', 'parent_id', 'settings', 'is_active', 'expires_at'],
  segments: ['id', 'key', 'name', 'description', 'conditions'],
  flags: [
    'id', 'key', 'name', 'description', 'type', 'enabled', 'percentage', 'rules', 'variants', 'default_variant', 'off_variant',
    'bucketing', 'salt', 'on_missing_key', 'prerequisites', 'owner', 'tags', 'metadata', 'permanent', 'expires_at', 'archived_at',
  ], // prettier-ignore
  environment_flags: [
    'id', 'environment_id', 'flag_id', 'enabled', 'percentage', 'rules', 'rules_mode', 'variants', 'default_variant', 'off_variant', 'reason',
  ], // prettier-ignore
  checks: ['id', 'flag_id', 'environment_id', 'name', 'context', 'variant'],
};

/** Inserts whole rows, given as jsonb has them (snake_case, with their ids), in one statement. JSON null becomes SQL NULL: inherit. */
export async function insertRows(manager: EntityManager, table: WritableTable, rows: readonly JsonObject[]): Promise<void> {
  const columns = COLUMNS[table];
  await manager.query(
    `INSERT INTO flagtree.${table} (${columns.join(', ')})
     SELECT ${columns.map((column) => `given.${column}`).join(', ')} FROM jsonb_populate_recordset(NULL::flagtree.${table}, $1::jsonb) AS given`,
    [textOf(table, rows)],
  );
}

/** Makes stored rows exactly these; a row that is so already is left alone by the database. */
export async function updateRows(manager: EntityManager, table: WritableTable, rows: readonly JsonObject[]): Promise<void> {
  const [key, ...columns] = COLUMNS[table];
  await manager.query(
    `UPDATE flagtree.${table} AS stored
        SET ${columns.map((column) => `${column} = given.${column}`).join(', ')}
       FROM jsonb_populate_recordset(NULL::flagtree.${table}, $1::jsonb) AS given
      WHERE stored.${key} = given.${key}`,
    [textOf(table, rows)],
  );
}

export async function deleteRows(manager: EntityManager, table: WritableTable, rows: readonly JsonObject[]): Promise<void> {
  const ids = rows.map((row) => row['id']);
  await manager.query(`DELETE FROM flagtree.${table} AS stored WHERE stored.id = ANY ($1::uuid[])`, [ids]);
}

/** What a row has in columns that came later than it: audit entries hold rows as they were. */
const BEFORE_THE_COLUMN: Partial<Record<WritableTable, JsonObject>> = {
  environments: { aliases: [] },
  flags: { on_missing_key: 'error', metadata: {} },
};

function textOf(table: WritableTable, rows: readonly JsonObject[]): string {
  const columnsOf = (row: JsonObject): [string, JsonValue | undefined][] => COLUMNS[table].map((column) => [column, row[column]]);
  return JSON.stringify(rows.map((row) => Object.fromEntries(columnsOf({ ...BEFORE_THE_COLUMN[table], ...row }))));
}
