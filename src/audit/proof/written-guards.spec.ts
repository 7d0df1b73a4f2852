import { describe, expect, it } from '@jest/globals';
import { readMigrations, SqlMigration } from '../../platform/database/migrations/sql-migration.js';
import { AUDITED } from './rows.queries.js';
import { plainTrigger, writtenGuards } from './written-guards.js';

const written = (text: string) => writtenGuards([new SqlMigration('1-x', text, '')]);

describe('the guards that migrations write', () => {
  it('are the newest of each name, with what was altered since', () => {
    const { functions, triggers } = written(`
      CREATE FUNCTION flagtree.a() RETURNS int RETURN 1; ALTER FUNCTION flagtree.a() SET x = 1;
      CREATE OR REPLACE FUNCTION flagtree.a() RETURNS int RETURN 2; ALTER FUNCTION flagtree.a() SET x = 2;
      CREATE FUNCTION flagtree.b() RETURNS int RETURN 1; DROP FUNCTION flagtree.b();
      CREATE TRIGGER t BEFORE INSERT ON flagtree.flags EXECUTE FUNCTION flagtree.a(); DROP TRIGGER t ON flagtree.flags;
      DO $$ BEGIN FOREACH x IN ARRAY ARRAY['flags', 'tokens'] LOOP EXECUTE format('CREATE TRIGGER u BEFORE INSERT ON flagtree.%I z', x); END LOOP; END $$;`);
    expect([...functions]).toEqual([
      ['a', ['CREATE OR REPLACE FUNCTION flagtree.a() RETURNS int RETURN 2', 'ALTER FUNCTION flagtree.a() SET x = 2']],
    ]);
    expect([...triggers.keys()]).toEqual(['flags.u', 'tokens.u']);
  });

  it('are there for every table that is audited', () => {
    const { functions, triggers } = writtenGuards(readMigrations());
    for (const table of AUDITED)
      for (const name of [
        't1_lock_ledger',
        't1_refuse_truncate',
        't4_stamp',
        't6_write_inserts',
        't6_write_updates',
        't6_write_deletes',
      ])
        expect(triggers.has(`${table}.${name}`)).toBe(true);
    for (const name of ['write_entries', 'audit_entry_hash', 'refuse_audit_edit']) expect(functions.has(name)).toBe(true);
  });

  it('compare whichever way they are written', () => {
    expect(
      plainTrigger(`CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON flagtree.flags\n FOR EACH ROW WHEN (NEW.id <> OLD.id)`),
    ).toBe(
      plainTrigger(`CREATE TRIGGER t BEFORE INSERT OR DELETE OR UPDATE ON flagtree.flags FOR EACH ROW WHEN ((new.id <> old.id))`),
    );
  });
});
