import type { EntityManager } from 'typeorm';
import { readMigrations } from '../../platform/database/migrations/sql-migration.js';
import { AUDITED } from './rows.queries.js';
import { plainTrigger, writtenGuards } from './written-guards.js';

/** What of the database's own guards is not as the migrations made it, in sentences. What `manager` does has to be taken back. */
export async function guardDefects(manager: EntityManager): Promise<string[]> {
  const { functions, triggers } = writtenGuards(readMigrations());
  return [
    ...(await triggerDefects(manager, triggers)),
    ...(await functionDefects(manager, functions)),
    ...(await detours(manager)),
  ];
}

async function triggerDefects(manager: EntityManager, written: ReadonlyMap<string, string>): Promise<string[]> {
  const found = await manager.query<{ table: string; trigger: string; definition: string; enabled: string }[]>(
    `SELECT class.relname AS table, trigger.tgname AS trigger, pg_get_triggerdef(trigger.oid) AS definition, trigger.tgenabled AS enabled
       FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
      WHERE class.relnamespace = 'flagtree'::regnamespace AND NOT trigger.tgisinternal`,
  );
  const definitions = new Map(found.map(({ table, trigger, definition }) => [`${table}.${trigger}`, definition]));
  const wrong = Array.from(written).flatMap(([name, statement]) => {
    const definition = definitions.get(name);
    if (definition === undefined) return [`The trigger ${name} is gone`];
    return plainTrigger(definition) === plainTrigger(statement) ? [] : [`The trigger ${name} is not the one of the migrations`];
  });
  // A table that somebody keeps beside ours has triggers of its own.
  const tables = new Set(Array.from(written.keys(), (name) => name.split('.')[0]));
  const others = found.filter(({ table, trigger }) => tables.has(table) && !written.has(`${table}.${trigger}`));
  const off = found.filter(({ enabled }) => enabled === 'D' || enabled === 'R');
  return [
    ...wrong,
    ...others.map(({ table, trigger }) => `The trigger ${table}.${trigger} is of no migration`),
    ...off.map(({ table, trigger }) => `The trigger ${table}.${trigger} is switched off`),
  ];
}

/**
 * The functions of the migrations are made anew, as temporary ones, and PostgreSQL tells of both what they are: so also those are compared
 * whose text it does not keep, whatever its version.
 */
async function functionDefects(manager: EntityManager, written: ReadonlyMap<string, readonly string[]>): Promise<string[]> {
  const made = Array.from(written, ([name, statements]) =>
    statements.map((statement) => statement.replace(`flagtree.${name}(`, `pg_temp.${name}(`)),
  );
  await manager.query(made.flat().join(';\n'));
  const found = await manager.query<{ name: string; isOurs: boolean; definition: string }[]>(
    `SELECT function.proname AS name, function.pronamespace = 'flagtree'::regnamespace AS "isOurs", pg_get_functiondef(function.oid) AS definition
       FROM pg_proc AS function
      WHERE function.pronamespace IN ('flagtree'::regnamespace, pg_my_temp_schema())`,
  );
  const told = (isOurs: boolean) => found.filter((each) => each.isOurs === isOurs);
  const wanted = new Map(told(false).map(({ name, definition }) => [name, headless(definition)]));
  const names = told(true).map(({ name }) => name);
  return [
    ...Array.from(written.keys()).filter((name) => !names.includes(name)).map((name) => `The function ${name}() is gone`), // prettier-ignore
    ...told(true).flatMap(({ name, definition }) => {
      if (!wanted.has(name)) return [`The function ${name}() is of no migration`];
      return wanted.get(name) === headless(definition) ? [] : [`The function ${name}() is not the one of the migrations`];
    }),
  ];
}

/** Without the name of the schema in front of its own. */
const headless = (definition: string) => definition.replace(/ (FUNCTION|PROCEDURE) \w+\./, ' $1 ');

/** Ways past the triggers. */
async function detours(manager: EntityManager): Promise<string[]> {
  const rows = await manager.query<{ detail: string }[]>(
    `SELECT format('%s is no table (any more)', class.relname) AS detail
       FROM pg_class AS class
      WHERE class.relnamespace = 'flagtree'::regnamespace AND class.relname = ANY ($1) AND class.relkind <> 'r'
     UNION ALL
     SELECT format('The rule %s of %s does something else than what is written', rule.rulename, rule.tablename)
       FROM pg_rules AS rule WHERE rule.schemaname = 'flagtree' AND rule.tablename = ANY ($1)
     UNION ALL
     SELECT 'A setting of the database or of a role switches triggers off (session_replication_role)'
       FROM pg_db_role_setting AS setting
      WHERE setting.setdatabase IN (0, (SELECT this.oid FROM pg_database AS this WHERE this.datname = current_database()))
        AND setting.setconfig::text LIKE '%session_replication_role%'`,
    [[...AUDITED, 'audit_entries', 'ledger']],
  );
  return rows.map(({ detail }) => detail);
}
