import type { SqlMigration } from '../../platform/database/migrations/sql-migration.js';
import { sqlStatements } from '../../platform/database/migrations/sql-statements.js';

/** The functions and triggers of the schema, as the migrations make them. */
export interface WrittenGuards {
  /** By name: the statements that made the newest one, a CREATE at first. */
  functions: Map<string, string[]>;
  /** By table and name (`flags.t4_stamp`): the statement. */
  triggers: Map<string, string>;
}

export function writtenGuards(migrations: readonly SqlMigration[]): WrittenGuards {
  const functions = new Map<string, string[]>();
  const triggers = new Map<string, string>();
  for (const statement of migrations.flatMap(({ text }) => sqlStatements(text).flatMap(withoutLoops))) {
    const [, verb, name] = FUNCTION.exec(statement) ?? [];
    if (name !== undefined && verb === 'CREATE') functions.set(name, [statement]);
    else if (name !== undefined && verb === 'ALTER') functions.get(name)?.push(statement);
    else if (name !== undefined) functions.delete(name);
    const [, act, trigger, table] = TRIGGER.exec(statement) ?? [];
    if (trigger === undefined || table === undefined) continue;
    if (act === 'CREATE') triggers.set(`${table}.${trigger}`, statement);
    else triggers.delete(`${table}.${trigger}`);
  }
  return { functions, triggers };
}

const FUNCTION = /^(CREATE|ALTER|DROP)(?: OR REPLACE)? (?:FUNCTION|PROCEDURE|ROUTINE) flagtree\.(\w+)\(/;
const TRIGGER = /^(CREATE|DROP)(?: OR REPLACE)?(?: CONSTRAINT)? TRIGGER (\w+)[^]*? ON flagtree\.(\w+)/;

/** What a DO block makes of each table of a list. */
function withoutLoops(statement: string): string[] {
  if (!statement.startsWith('DO ')) return [statement];
  const [, list = ''] = /ARRAY\[([^\]]*)\]/.exec(statement) ?? [];
  const tables = Array.from(list.matchAll(/'(\w+)'/g), ([, table = '']) => table);
  const made = Array.from(statement.matchAll(/format\('(CREATE TRIGGER [^']*)'/g), ([, text = '']) => text);
  return tables.flatMap((table) => made.map((text) => text.replace('%I', table)));
}

/** Of the same trigger the same, as a migration writes it and as PostgreSQL tells it: without case, space, parentheses and casts, events in their order. */
export function plainTrigger(definition: string): string {
  return definition
    .replace(
      /\b(BEFORE|AFTER) ([^]*?) ON flagtree\./,
      (_, when: string, events: string) => `${when} ${events.split(/ OR /).sort().join(' OR ')} ON flagtree.`,
    ) // prettier-ignore
    .replaceAll(/::\w+|[()\s]/g, '')
    .toLowerCase();
}
