import type { QueryRunner } from 'typeorm';

export interface Column {
  name: string;
  /** As SQL writes it. */
  type: string;
  /** A sequence gives its values. */
  isIdentity: boolean;
}

export interface BackupTable {
  name: string;
  columns: Column[];
}

/** The list of migrations is written by the migrations themselves. */
const LIST = 'schema_migrations';

/** Every table of the schema with the columns that are stored, those first to which others refer. */
export async function tablesOf(runner: QueryRunner): Promise<BackupTable[]> {
  const rows = (await runner.query(
    `SELECT this.relname AS name,
            json_agg(json_build_object('name', attribute.attname, 'type', format_type(attribute.atttypid, attribute.atttypmod),
                                       'isIdentity', attribute.attidentity <> '') ORDER BY attribute.attnum) AS columns,
            (SELECT coalesce(json_agg(DISTINCT other.relname), '[]')
               FROM pg_constraint AS reference JOIN pg_class AS other ON other.oid = reference.confrelid
              WHERE reference.conrelid = this.oid AND reference.contype = 'f' AND reference.confrelid <> this.oid) AS "refersTo"
       FROM pg_class AS this JOIN pg_attribute AS attribute ON attribute.attrelid = this.oid
      WHERE this.relnamespace = 'flagtree'::regnamespace AND this.relkind = 'r' AND this.relname <> $1
        AND attribute.attnum > 0 AND NOT attribute.attisdropped AND attribute.attgenerated = ''
      GROUP BY this.oid, this.relname ORDER BY this.relname`,
    [LIST],
  )) as (BackupTable & { refersTo: string[] })[];
  return inOrder(rows);
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const qualified = ({ name }: Pick<BackupTable, 'name'>): string => `flagtree.${quoted(name)}`;

function inOrder(tables: readonly (BackupTable & { refersTo: string[] })[]): BackupTable[] {
  const ordered: BackupTable[] = [];
  const place = (name: string): void => {
    const table = tables.find((one) => one.name === name);
    if (!table || ordered.some((one) => one.name === name)) return;
    const { refersTo, ...rest } = table;
    refersTo.forEach(place);
    ordered.push(rest);
  };
  tables.forEach(({ name }) => { place(name); }); // prettier-ignore
  return ordered;
}
